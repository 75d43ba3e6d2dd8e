"""A real Chromium, as a resident's telephone and an office's screen; pages can be kept as pictures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.postgres import missing

ARGUMENTS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first is the same browser without a window's work: a quarter less of CPU."""

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
SCREENS = Path(__file__).parents[2] / "var" / "screens"
KEEPS_PICTURES = bool(os.environ.get("HUYING_PICTURES"))
"""A picture says nothing to a test, only to whoever looks at it, and drawing it takes a third of the time."""

AXE = Axe().axe_script
"""Half a megabyte, given to each window once: the browser keeps what it compiled of it."""

RUN = """axe.run({resultTypes: ['violations'], preload: document.querySelector('audio, video') !== null})
  .then(all => all.violations)"""
"""Only rules about sound and film want files fetched beforehand."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def _executable() -> str | None:
    found = (shutil.which(name) for name in NAMES)
    return os.environ.get("HUYING_CHROMIUM") or next(filter(None, found), None)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Chromium; skip loudly where there is none, fail in CI."""
    executable = _executable()
    if executable is None:
        missing("Chromium")
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*ARGUMENTS, *sandbox])
        yield browser
        browser.close()


def window(browser: Browser, *, script: bool = False) -> BrowserContext:
    """Open a window with its own cookies, without JavaScript: every page must do without.

    With `script`, a checker may look into the page.
    """
    opened = browser.new_context(
        viewport=PHONE,
        device_scale_factor=2 if KEEPS_PICTURES else 1,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        java_script_enabled=script,
        bypass_csp=script,
        accept_downloads=True,
    )
    if script:
        opened.add_init_script(AXE)
    return opened


def violations(page: Page) -> list[str]:
    """Return what axe finds on the page that keeps people out, each with where it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RUN)
    return [f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']]}" for each in found]


def picture(page: Page, name: str) -> None:
    """Keep the page as a picture at both widths, if pictures are wanted."""
    for size in (DESK, PHONE) if KEEPS_PICTURES else ():
        page.set_viewport_size(size)
        keep(page, f"{name}-{size['width']}", full_page=True)


def keep(page: Page, name: str, **how: bool | str) -> None:
    """Keep the page as a picture, if pictures are wanted."""
    if KEEPS_PICTURES:
        path = SCREENS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=path, **how)
