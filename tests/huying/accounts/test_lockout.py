"""Guessing ends where it comes from: delays grow, five failures close, nobody learns which logins exist."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.models import ACCOUNTS
from huying.accounts import lockout
from huying.accounts.lockout import Knock
from tests.huying.accounts.desk import ADMINISTRATOR, PASSWORD, Person, database, kept

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
times = st.lists(st.integers(0, 3600), max_size=12).map(
    lambda found: [START + timedelta(seconds=each) for each in found]
)


@given(times, st.sampled_from(sorted(lockout.MOST)))
def test_whoever_waits_a_quarter_of_an_hour_may_always_try(failures, kind):
    now = max(failures, default=START) + lockout.WINDOW
    assert lockout.held_until(failures, kind=kind, now=now) is None


@given(times, st.sampled_from(sorted(lockout.MOST)), st.integers(0, 3600))
def test_waiting_as_long_as_it_says_is_enough(failures, kind, later):
    now = max([*failures, START]) + timedelta(seconds=later)
    until = lockout.held_until(failures, kind=kind, now=now)
    assert until is None or (until > now and lockout.held_until(failures, kind=kind, now=until) is None)


@given(times, st.sampled_from(sorted(lockout.MOST)), st.integers(3601, 10**7))
def test_what_a_clock_ahead_has_noted_locks_nobody_once_it_is_right(failures, kind, ahead):
    later = [at + timedelta(seconds=ahead) for at in failures]
    assert lockout.held_until(later, kind=kind, now=START) is None


def test_delays_grow_and_the_fifth_failure_locks_for_a_quarter_of_an_hour():
    waits = []
    for count in range(1, 6):
        until = lockout.held_until([START] * count, kind="pair", now=START)
        waits.append((until - START).total_seconds() if until else 0)
    assert waits == [0, 1, 2, 4, 900]


def _try(session, keys, at, *, login="x", address="203.0.113.9"):
    return lockout.reserve(session, ACCOUNTS, Knock(login, address), keys=keys, now=at)


def test_of_attempts_at_once_no_more_are_checked_than_may_fail(public_db, keys, now):
    reserved = 0
    for number in range(20):
        try:
            with public_db.transaction() as session:
                _try(session, keys, now + 20 * number * SECOND)
            reserved += 1
        except lockout.LockedOut:
            continue
    assert reserved == 5


def test_an_address_is_locked_after_thirty_logins(public_db, keys, now):
    with public_db.transaction() as session:
        for number in range(30):
            _try(session, keys, now, login=f"login{number}")
        with pytest.raises(lockout.LockedOut, match="15 分钟"):
            _try(session, keys, now, login="another")
        with pytest.raises(lockout.LockedOut, match="15 分钟"):
            _try(session, keys, now, login="another", address="203.0.113.10")
        _try(session, keys, now, login="another", address="203.0.114.9")


@pytest.mark.parametrize("site", ["2001:db8:1:2::{:x}", "2001:db8:1:{:x}::9"])
def test_forty_logins_from_one_subscribers_many_addresses_are_limited_as_one(public_db, keys, now, site):
    reserved = 0
    for number in range(40):
        try:
            with public_db.transaction() as session:
                _try(session, keys, now, login=f"login{number}", address=site.format(number))
            reserved += 1
        except lockout.LockedOut:
            continue
    assert reserved == 30


def test_what_one_network_has_used_up_no_other_has_and_no_other_login(public_db, keys, now):
    with public_db.transaction() as session:
        for number in range(5):
            _try(session, keys, now + 20 * number * SECOND)
        later = now + timedelta(minutes=3)
        assert lockout.is_held(session, ACCOUNTS, Knock("x", "203.0.113.200"), keys=keys, now=later)
        for knock in (Knock("x", "203.0.114.9"), Knock("y", "203.0.113.9"), Knock("x", browser="known")):
            assert not lockout.is_held(session, ACCOUNTS, knock, keys=keys, now=later)
        assert lockout.failures_of(session, ACCOUNTS, login="x", keys=keys, now=later) == 5
        lockout.lift(session, ACCOUNTS, login="x", keys=keys, now=later)
        assert not lockout.is_held(session, ACCOUNTS, Knock("x", "203.0.113.9"), keys=keys, now=later)


def test_neither_login_nor_address_can_be_read_from_the_rows(public_db, keys, now):
    with public_db.transaction() as session:
        _try(session, keys, now, login="what if this was the password")
        rows = session.query(ACCOUNTS.failure).all()
    assert {len(row.subject) for row in rows} == {32}


def test_old_failures_are_cleared_away(public_db, keys, now):
    with public_db.transaction() as session:
        _try(session, keys, now)
        kept_now = session.query(ACCOUNTS.failure).count()
        _try(session, keys, now + timedelta(hours=1))
        assert session.query(ACCOUNTS.failure).count() == kept_now


def test_a_place_that_failed_five_times_waits_though_the_password_is_right_then(app, moment):
    person = Person(app)
    for _n in range(5):
        assert "登录名或密码不对" in person.gives("wrong").text
        moment.shift(timedelta(seconds=10))
    refused = person.gives()
    assert refused.status == 429
    assert "15 分钟" in refused.text
    moment.shift(timedelta(minutes=15))
    person.gives()
    assert person.is_in


def test_too_fast_is_too_soon(app):
    person = Person(app)
    answers = [person.gives("wrong").status for _n in range(3)]
    assert answers == [422, 422, 429]


def test_who_signs_in_starts_anew(app, moment):
    person = Person(app)
    for _n in range(3):
        for _m in range(3):
            person.gives("wrong")
            moment.shift(timedelta(seconds=10))
        assert person.gives().status == 200
        assert {row.kind for row in kept(app, "failure")} == {lockout.TRIED}


@pytest.mark.parametrize("login", ["bob", "nobody"])
def test_logins_that_exist_and_those_that_do_not_are_answered_alike(app, moment, login):
    person = Person(app, login)
    said = []
    for _n in range(6):
        page = person.gives("wrong")
        said.append((page.status, page.text))
        moment.shift(timedelta(seconds=10))
    assert [status for status, _text in said] == [422] * 5 + [429]
    assert login not in said[-1][1]
    assert len({text for _status, text in said}) == 2


def test_a_login_that_exists_costs_as_many_checks_as_one_that_does_not(app, monkeypatch):
    checked = []
    from huying.accounts import passwords

    real = passwords.fits
    monkeypatch.setattr(passwords, "fits", lambda *given: checked.append(given[0][:7]) or real(*given))
    Person(app).gives("wrong")
    Person(app, "nobody").gives("wrong")
    assert len(checked) == 2


def test_an_administrator_lifts_it(app, moment):
    person, administrator = Person(app), Person(app, ADMINISTRATOR)
    for _n in range(5):
        person.gives("wrong")
        moment.shift(timedelta(seconds=10))
    administrator.gives()
    page = administrator.open("/administrator/accounts/2")
    assert "有 5 次输错密码" in page.text
    page = administrator.press(page, "/unlock")
    assert "已放行" in page.text
    assert person.gives().status == 200
    assert person.is_in


def test_an_address_is_what_the_proxy_beside_us_heard(app):
    for believed, peer, claimed in (
        ("198.51.100.0/24", "127.0.0.1", "203.0.113.9, 198.51.100.7"),
        ("203.0.113.0/24", "203.0.113.9", "198.51.100.7"),
        ("", "127.0.0.1", ""),
    ):
        person = Person(app)
        token = person.open("/sign-in").form("/sign-in").hidden["csrf_token"]
        person.client.post(
            "/sign-in",
            data={"login": "bob", "password": PASSWORD, "csrf_token": token},
            base_url="https://hy.example.cn",
            headers={"Referer": "https://hy.example.cn/", "X-Forwarded-For": claimed},
            environ_base={"REMOTE_ADDR": peer},
        )
        assert kept(app, "sign_in")[-1].address == believed
    with database(app).reading() as session:
        assert session.query(app.extensions["huying.accounts"].sign_in).count() == 3
