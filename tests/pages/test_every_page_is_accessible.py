"""Every page, in both languages: no axe violation, nothing to scroll sideways, all of it by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from demo.place import DemoFolder
from huying.base.i18n import LANGUAGES
from tests.pages.every import WHO, EveryPage
from tests.pages.looks import look_at, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.mark.parametrize(("side", "login"), WHO)
def test_every_page_is_accessible(
    place: DemoFolder, every_page: EveryPage, browser: Browser, side: str, login: str
) -> None:
    url = getattr(place, f"{side}_url")
    page = signed_in(browser, url, login)
    for address in every_page.of(side, login).pages:
        for language in LANGUAGES:
            mark = "&" if "?" in address.path else "?"
            page.goto(f"{url}{address.path}{mark}lang={language}")
            look_at(page, f"{side}-{login}-{address.endpoint}-{language}", language=language)
    page.context.close()
