"""The steps of a sign-in that no crawl reaches: no axe violation, and nothing to scroll sideways."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from huying.accounts import history, lockout
from huying.accounts.lockout import Knock
from huying.base import clock
from tests.feedback.browsing import ORIGIN
from tests.huying.accounts.desk import ADMINISTRATOR, LINK, PASSWORD, Person, database
from tests.support.browser import SIDEWAYS, chromium, picture, violations, window

pytestmark = pytest.mark.browser

LANGUAGES = ("zh", "en")
TYPED = "三单元楼道灯坏了三天，老人上下楼不方便，请电工来看。"


@pytest.fixture(autouse=True)
def moment() -> None:
    """Time goes on here, as it does for the browser."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def _shows(browser: Browser, person: Person) -> Page:
    """Open a window in which one sees what the person's browser is answered."""

    def answer(route: Route) -> None:
        parts = urlsplit(route.request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        with person.client.get(path, base_url=ORIGIN) as got:
            route.fulfill(status=got.status_code, headers=dict(got.headers), body=got.data)

    page = window(browser, script=True).new_page()
    page.route(f"{ORIGIN}/**", answer)
    return page


def _check(page: Page, path: str, name: str) -> None:
    for language in LANGUAGES:
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(f"{ORIGIN}{path}?lang={language}")
        picture(page, f"account-{name}-{language}")
        assert violations(page) == [], name
        page.set_viewport_size({"width": 320, "height": 640})
        assert page.evaluate(SIDEWAYS) <= 0, name


def test_the_second_step_and_binding(browser, survey):
    person = Person(survey)
    enrolment = person.gives()
    _check(_shows(browser, person), "/sign-in/enrol", "enrol")
    person.binds(enrolment)
    _check(_shows(browser, person), "/account/", "own")
    person.gives()
    _check(_shows(browser, person), "/sign-in/code", "code")


def test_setting_a_password_and_looking_after_an_account(browser, app):
    administrator = Person(app, ADMINISTRATOR)
    administrator.gives()
    Person(app).gives()
    page = administrator.press(administrator.open("/administrator/accounts/2"), "/link")
    _check(_shows(browser, administrator), "/administrator/accounts/2", "one")
    _check(_shows(browser, administrator), "/administrator/sign-ins", "log")
    _check(_shows(browser, Person(app)), LINK.search(page.text)[0], "link")


def test_what_was_typed_too_late_and_a_door_that_is_closed(browser, app):
    person, administrator = Person(app), Person(app, ADMINISTRATOR)
    person.gives()
    token = person.open("/account/").form("/sign-out").hidden["csrf_token"]
    with database(app).transaction() as session:
        session.query(app.extensions["huying.accounts"].session).delete()
    fields = {"csrf_token": token, "text": TYPED, "name": TYPED}
    for address in ("/switchboard/HAPPY7CM", "/administrator/accounts"):
        person.client.post(address, data=fields, base_url=ORIGIN, headers={"Referer": f"{ORIGIN}/"})
    person.gives()
    _check(_shows(browser, person), "/account/unsent", "unsent")
    attacker = Person(app)
    with database(app).transaction() as session:
        knock, keys = Knock("bob"), app.extensions["huying"].keys
        for second in range(60, 0, -15):
            at = clock.now() - timedelta(seconds=second)
            lockout.reserve(session, app.extensions["huying.accounts"], knock, keys=keys, now=at)
    pages = [attacker.gives("wrong") for _n in range(2)]
    shown = window(browser, script=True).new_page()
    shown.route(f"{ORIGIN}/static/**", lambda route: route.fulfill(body=_static(person, route)))
    shown.route(
        f"{ORIGIN}/sign-in", lambda route: route.fulfill(body=pages[-1].html, content_type="text/html")
    )
    shown.goto(f"{ORIGIN}/sign-in")
    picture(shown, "account-held")
    assert violations(shown) == []
    with database(app).transaction() as session:
        for _n in range(12):
            history.write(
                session, app.extensions["huying.accounts"], login="bob", outcome="wrong", now=clock.now()
            )
    administrator.gives()
    _check(_shows(browser, administrator), "/administrator/sign-ins", "tried")


def test_recovery_codes_and_a_link_that_is_shown_once(browser, app):
    person = Person(app)
    person.gives()
    page = person.open("/account/second-factor")
    with_codes = person.binds(page)
    shown = window(browser, script=True).new_page()
    shown.route(f"{ORIGIN}/static/**", lambda route: route.fulfill(body=_static(person, route)))
    shown.route(
        f"{ORIGIN}/account/recovery",
        lambda route: route.fulfill(body=with_codes.html, content_type="text/html"),
    )
    shown.goto(f"{ORIGIN}/account/recovery")
    picture(shown, "account-recovery")
    assert violations(shown) == []
    assert PASSWORD not in with_codes.html


def _static(person: Person, route: Route) -> bytes:
    with person.client.get(urlsplit(route.request.url).path, base_url=ORIGIN) as got:
        return got.data
