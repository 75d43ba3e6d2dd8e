"""Every page, in both languages: no axe violation, nothing to scroll sideways, all of it by keyboard."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from demo import people
from demo.place import Place
from huying.i18n import LANGUAGES
from tests.pages.every import NOBODY, WHO, pages
from tests.support.browser import SCREENS, window

pytestmark = [pytest.mark.browser, pytest.mark.server]

NARROW = {"width": 320, "height": 640}
ZOOMED = {"width": 640, "height": 400}
"""1280 × 800 at 200 %."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
MANY = 400
FROM_THE_TOP = """(() => {
  window.reached = new Set();
  window.controls = () => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, '
    + '[tabindex="0"]')].filter(each => each.checkVisibility({visibilityProperty: true}) && !each.disabled
    && each.type !== 'hidden' && each.type !== 'radio' && each.offsetWidth > 0);
  const top = document.createElement('a');
  top.href = '#';
  document.body.prepend(top);
  top.focus();
  top.remove();
  return window.controls().length; })()"""
"""Puts the keyboard where a reader's is who has just come: on error pages it waits at what is wrong."""

FOCUSED = """(() => { const here = document.activeElement; window.reached.add(here);
  return here && here !== document.body; })()"""
MISSED = """window.controls().filter(each => !window.reached.has(each))
  .map(each => each.outerHTML.slice(0, 160))"""
SHOWS_FOCUS = """(() => [document.activeElement, document.activeElement.closest('label, .choice')].some(
  each => each && getComputedStyle(each).outlineStyle !== 'none'
    && parseFloat(getComputedStyle(each).outlineWidth) >= 2))()"""
"""The control itself shows it, or what stands around a button of choice."""


def _signed_in(browser: Browser, url: str, login: str) -> Page:
    page = window(browser, script=True).new_page()
    if login != NOBODY:
        page.goto(f"{url}/sign-in?lang=zh")
        page.get_by_label("登录名").fill(login)
        page.get_by_label("密码").fill(people.PASSWORD)
        page.locator("main button[type=submit]").first.click()
    return page


@pytest.mark.parametrize(("side", "login"), WHO)
def test_every_page_is_accessible(place: Place, browser: Browser, side: str, login: str) -> None:
    url = getattr(place, f"{side}_url")
    page = _signed_in(browser, url, login)
    for address in pages(place, side, login):
        for language in LANGUAGES:
            page.set_viewport_size({"width": 390, "height": 844})
            mark = "&" if "?" in address.path else "?"
            page.goto(f"{url}{address.path}{mark}lang={language}")
            where = (login, address.path, language)
            found = Axe().run(page)
            assert found.violations_count == 0, (where, found.generate_report())
            _fits(page, where)
            _keyboard(page, where)
            _keep(page, f"{side}-{login}-{address.route}-{language}")
    page.context.close()


def _fits(page: Page, where: object) -> None:
    for size in (NARROW, ZOOMED):
        page.set_viewport_size(size)
        assert page.evaluate(SIDEWAYS) <= 0, (where, size)


def _keyboard(page: Page, where: object) -> None:
    """Every control is reached by Tab, its focus is seen, and Tab leaves the page again."""
    expected = page.evaluate(FROM_THE_TOP)
    for _ in range(MANY):
        page.keyboard.press("Tab")
        if not page.evaluate(FOCUSED):
            break
        assert page.evaluate(SHOWS_FOCUS), (where, page.evaluate("document.activeElement.outerHTML")[:200])
    missed = page.evaluate(MISSED)
    assert not missed, (where, expected, missed[:5])


def _keep(page: Page, name: str) -> None:
    folder = SCREENS / "every"
    folder.mkdir(parents=True, exist_ok=True)
    safe = name.replace("/", "_").replace("<", "").replace(">", "").replace(":", "_")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=folder / f"{safe}-{width}.png", full_page=True, scale="css")
