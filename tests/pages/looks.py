"""What is looked at on a page, whoever came to it and however."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from demo import people
from huying.base.i18n import LANGUAGES, SOURCE
from tests.pages.every import NOBODY
from tests.support.browser import KEEPS_PICTURES, SIDEWAYS, keep, violations, window
from tests.support.examples import by_night

in_each_language = pytest.mark.parametrize(
    "language", [pytest.param(each, marks=() if each == SOURCE else pytest.mark.slow) for each in LANGUAGES]
)
"""What forms lead to is looked at in translation by night; each page that a link leads to, every time."""

NARROW = {"width": 320, "height": 640}
ZOOMED = {"width": 640, "height": 400}
"""1280 × 800 at 200 %."""

MANY = 400
A_FEW = 4
FROM_THE_TOP = """(() => {
  window.reached = new Set();
  window.unseen = [];
  window.left = false;
  window.controls = () => [...document.querySelectorAll('a[href], button, input, select, textarea, summary, '
    + '[tabindex="0"]')].filter(each => each.checkVisibility({visibilityProperty: true}) && !each.disabled
    && each.type !== 'hidden' && each.type !== 'radio' && each.offsetWidth > 0);
  const top = document.createElement('a');
  top.href = '#';
  document.body.prepend(top);
  top.focus();
  top.remove();
  document.addEventListener('focusin', ({target}) => {
    const shows = [target, target.closest('label, .choice')].some(
      each => each && getComputedStyle(each).outlineStyle !== 'none'
        && parseFloat(getComputedStyle(each).outlineWidth) >= 2);
    window.reached.add(target);
    if (!shows) window.unseen.push(target.outerHTML.slice(0, 200)); });
  document.addEventListener('focusout', ({relatedTarget}) => { window.left ||= relatedTarget === null; });
  return window.controls().length; })()"""
"""Puts the keyboard where a reader's is who has just come: on error pages it waits at what is wrong.

From then on it notes where the focus comes, whether it is seen there, on the control itself or on what stands
around a button of choice, and when it leaves the page: a question after each of hundreds of keys costs more
than the keys.
"""

MISSED = """window.controls().filter(each => !window.reached.has(each))
  .map(each => each.outerHTML.slice(0, 160))"""
TWICE = """(() => { const all = [...document.querySelectorAll('[id]')].map(each => each.id);
  return all.filter((id, place) => all.indexOf(id) !== place); })()"""
"""Names that more than one thing on the page has: a label would lead to the wrong one."""


def signed_in(browser: Browser, url: str, login: str, *, language: str = "zh") -> Page:
    """Return a window of an account, or of nobody, that speaks `language`."""
    page = window(browser, script=True).new_page()
    page.goto(f"{url}/sign-in?lang={language}")
    if login != NOBODY:
        page.locator("[name=login]").fill(login)
        page.locator("[name=password]").fill(people.PASSWORD)
        page.locator("main button[type=submit]").first.click()
    return page


def look_at(page: Page, name: str, *, language: str) -> None:
    """Hold that nothing on the page keeps anybody out; `name` is that of its picture.

    A translation changes words and their length, not what the keyboard and a reader aloud meet: there the
    width is tried every time, axe by night and the keyboard never.
    """
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("main").wait_for(state="attached")  # a page that was just pressed for may still be coming
    where = (name, page.url)
    if language == SOURCE or by_night():
        found = violations(page)
        assert found == [], (where, found)
    assert page.evaluate(TWICE) == [], where
    assert page.evaluate("document.documentElement.lang").startswith(language), where
    _fits(page, where)
    if language == SOURCE:
        _keyboard(page, where)
    _keep(page, name)


def _fits(page: Page, where: object) -> None:
    for size in (NARROW, ZOOMED):
        page.set_viewport_size(size)
        assert page.evaluate(SIDEWAYS) <= 0, (where, size)


def _keyboard(page: Page, where: object) -> None:
    """Every control is reached by Tab, its focus is seen, and Tab leaves the page again."""
    expected = page.evaluate(FROM_THE_TOP)
    pressed, more = 0, expected + 1
    while not page.evaluate("window.left"):
        assert pressed < MANY, (where, "Tab doesn't leave the page")
        for _ in range(more):
            page.keyboard.press("Tab")
        pressed, more = pressed + more, A_FEW
    assert page.evaluate("window.unseen") == [], where
    missed = page.evaluate(MISSED)
    assert not missed, (where, expected, missed[:5])


def _keep(page: Page, name: str) -> None:
    safe = re.sub(r"[^\w.-]+", "-", name)
    for width in (390, 1280) if KEEPS_PICTURES else ():
        page.set_viewport_size({"width": width, "height": 900})
        keep(page, f"every/{safe}-{width}", full_page=True, scale="css")
