"""Whoever guesses at a login is slowed where they are; its owner enters, and an administrator sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback.models import ACCOUNTS, Account
from huying import accounts
from huying.accounts import browsers, lockout
from tests.huying.accounts.desk import ADMINISTRATOR, CLERK, NEW_PASSWORD, PASSWORD, Person, kept
from tests.huying.accounts.test_links import LINK


class Somewhere(Person):
    """Somebody whose requests come from an address, by way of the proxy."""

    def __init__(self, app, login: str = CLERK, *, address: str = "198.51.100.7") -> None:
        super().__init__(app, login)
        self.client.environ_base |= {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": address}


def _guess(app, moment, *, times: int = 5, address: str = "203.0.113.9") -> Somewhere:
    attacker = Somewhere(app, address=address)
    for _n in range(times):
        assert attacker.gives("wrong").status == 422
        moment.shift(timedelta(seconds=10))
    assert attacker.gives().status == 429
    return attacker


def test_the_owner_enters_from_elsewhere_while_an_attacker_waits(app, moment):
    attacker = _guess(app, moment)
    owner = Somewhere(app)
    owner.gives()
    assert owner.is_in
    assert attacker.gives().status == 429, "the owner's success opens no door to others"


def test_a_forged_first_hop_gains_nothing(app, moment):
    attacker = _guess(app, moment)
    attacker.client.environ_base["HTTP_X_FORWARDED_FOR"] = "192.0.2.1, 203.0.113.77"
    assert attacker.gives().status == 429


def test_a_browser_that_is_known_enters_though_its_own_network_is_closed(app, moment):
    owner = Somewhere(app, address="203.0.113.20")
    owner.gives()
    owner.press(owner.open("/account/"), "/sign-out")
    _guess(app, moment)
    owner.gives()
    assert owner.is_in


def test_a_known_browser_that_fails_five_times_waits_too(app, moment):
    owner = Somewhere(app)
    owner.gives()
    owner.press(owner.open("/account/"), "/sign-out")
    for _n in range(5):
        owner.gives("wrong")
        moment.shift(timedelta(seconds=10))
    assert owner.gives().status == 429


def test_password_and_code_together_enter_where_the_network_is_closed(app, moment):
    owner = Somewhere(app, address="203.0.113.20")
    owner.gives()
    owner.binds(owner.open("/account/second-factor"))
    stranger = Somewhere(app, address="203.0.113.21")
    stranger.secret = owner.secret
    _guess(app, moment)
    moment.shift(timedelta(minutes=1))
    page = stranger.gives()
    assert page.status == 429
    assert "连密码一起填" in page.text
    fields = {"login": CLERK, "password": PASSWORD, "code": stranger.code()}
    wrong = stranger.press(page, "/sign-in", **fields | {"password": "wrong"})
    assert "登录名或密码不对" in wrong.text
    stranger.press(page, "/sign-in", **fields)
    assert stranger.is_in


def test_a_right_password_with_a_wrong_code_is_answered_like_a_wrong_password(app, moment):
    owner = Somewhere(app)
    owner.gives()
    owner.binds(owner.open("/account/second-factor"))
    attacker = _guess(app, moment)
    moment.shift(timedelta(seconds=5))
    answers = []
    for password in (PASSWORD, "wrong"):
        closed = attacker.gives()
        assert closed.status == 429
        page = attacker.press(closed, "/sign-in", login=CLERK, password=password, code="000000")
        answers.append((page.status, page.text))
        moment.shift(timedelta(seconds=30))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


def test_an_administrator_sees_who_is_tried_and_from_how_many_networks(app, moment):
    _guess(app, moment)
    _guess(app, moment, times=5, address="2001:db8:1:2::9")
    administrator = Somewhere(app, ADMINISTRATOR)
    administrator.gives()
    page = administrator.open("/administrator/sign-ins")
    assert "有人在试密码" in page.text
    assert f"{CLERK} 10 2" in " ".join(page.text.split())


def test_a_password_set_by_link_lets_no_browser_be_known_any_more(app):
    owner, administrator = Somewhere(app), Somewhere(app, ADMINISTRATOR)
    owner.gives()
    administrator.gives()
    assert len(kept(app, "browser")) == 2
    page = administrator.press(administrator.open("/administrator/accounts/2"), "/link")
    path = LINK.search(page.html)[0]
    owner.press(owner.open(path), path, password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert [row.account_id for row in kept(app, "browser")] == [1]


@pytest.fixture
def person(public_db, now):
    with public_db.transaction() as session:
        return accounts.create(
            session, Account, login="wang", name="王", role="operator", password=None, now=now
        )


def test_no_token_is_stored_and_the_latest_browsers_stay(public_db, person, now):
    with public_db.transaction() as session:
        tokens = []
        for number in range(browsers.MOST + 3):
            at = now + timedelta(minutes=number)
            tokens.append(browsers.remember(session, ACCOUNTS, person, "", now=at))
        rows = session.query(ACCOUNTS.browser).all()
        later = now + timedelta(hours=1)
        known = [browsers.knows(session, ACCOUNTS, "wang", token, now=later) for token in tokens]
    assert len(rows) == browsers.MOST
    assert {len(row.digest) for row in rows} == {32}
    assert known == [False] * 3 + [True] * browsers.MOST


def test_a_token_that_somebody_planted_is_replaced(public_db, person, now):
    with public_db.transaction() as session:
        assert browsers.remember(session, ACCOUNTS, person, "planted", now=now) != "planted"
        assert not browsers.knows(session, ACCOUNTS, "wang", "planted", now=now)


def test_a_browser_is_forgotten_after_ninety_days(public_db, person, now):
    with public_db.transaction() as session:
        token = browsers.remember(session, ACCOUNTS, person, "", now=now)
        assert browsers.remember(session, ACCOUNTS, person, token, now=now) == token
        assert not browsers.knows(session, ACCOUNTS, "wang", token, now=now + browsers.KEPT)
        assert not browsers.knows(session, ACCOUNTS, "li", token, now=now)
        assert not browsers.knows(session, ACCOUNTS, "wang", "", now=now)


def _code_guesses(app, moment, *, networks: int) -> None:
    """Somebody with the password guesses codes, each from a network of its own."""
    for n in range(networks):
        thief = Somewhere(app, address=f"2001:db8:{n + 16:x}::9")
        page = thief.gives()
        assert page.path == "/sign-in/code"
        assert thief.press(page, "/sign-in/code", code="000000").status == 422
        moment.shift(timedelta(seconds=10))


def test_codes_are_not_guessed_from_many_networks_by_whoever_has_the_password(app, moment):
    owner = Somewhere(app)
    owner.gives()
    owner.binds(owner.open("/account/second-factor"))
    _code_guesses(app, moment, networks=lockout.MOST["code"])
    thief = Somewhere(app, address="2001:db8:1::9")
    held = thief.press(thief.gives(), "/sign-in/code", code=owner.code())
    assert held.status == 429
    assert "动态码试错的次数太多" in held.text
    assert not thief.is_in
    owner.press(owner.open("/account/"), "/sign-out")
    owner.press(owner.gives(), "/sign-in/code", code=owner.code(steps=1))
    assert owner.is_in, "a browser that the login knows counts by itself"


def test_beside_wrong_codes_a_right_password_is_still_not_told_from_a_wrong_one(app, moment):
    owner = Somewhere(app)
    owner.gives()
    owner.binds(owner.open("/account/second-factor"))
    _code_guesses(app, moment, networks=lockout.MOST["code"])
    attacker = _guess(app, moment)
    closed = attacker.gives()
    fields = {"login": CLERK, "code": owner.code(steps=1)}
    answers = []
    for password in (PASSWORD, "wrong"):
        page = attacker.press(closed, "/sign-in", password=password, **fields)
        answers.append((page.status, page.text))
        moment.shift(timedelta(seconds=5))
    assert answers[0] == answers[1]
    assert answers[0][0] == 422
