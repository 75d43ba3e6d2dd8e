"""Sessions are rows: seen, ended, run out; and none that was there before the sign-in survives it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback.models import ACCOUNTS, Account
from huying import accounts
from huying.accounts import sessions
from tests.huying.accounts.desk import ADMINISTRATOR, NEW_PASSWORD, PASSWORD, Person, kept

COOKIES = {"public": "huying_public", "survey": "huying_survey"}


def _cookie(person) -> str:
    found = person.client.get_cookie(person.app.config["SESSION_COOKIE_NAME"], domain="hy.example.cn")
    return found.value if found else ""


def _wears(person, cookie: str) -> None:
    name = person.app.config["SESSION_COOKIE_NAME"]
    person.client.set_cookie(name, cookie, domain="hy.example.cn", secure=True)


def test_a_session_planted_before_the_sign_in_is_worth_nothing_after(app):
    victim, thief = Person(app), Person(app)
    thief.open("/sign-in")
    _wears(victim, _cookie(thief))
    victim.gives()
    assert victim.is_in
    assert not thief.is_in
    assert _cookie(victim) != _cookie(thief)


def test_signing_in_anew_gives_a_new_session_and_ends_the_old(app):
    person = Person(app)
    person.gives()
    old = _cookie(person)
    person.gives()
    assert _cookie(person) != old
    assert len(kept(app, "session")) == 1
    copy = Person(app)
    _wears(copy, old)
    assert not copy.is_in


def test_a_copied_cookie_is_dead_once_its_owner_leaves(app):
    person, copy = Person(app), Person(app)
    person.gives()
    _wears(copy, _cookie(person))
    assert copy.is_in
    person.press(person.open("/account/"), "/sign-out")
    assert not copy.is_in
    assert kept(app, "session") == []


def test_no_token_is_stored(app):
    person = Person(app)
    person.gives()
    with person.client.session_transaction(base_url="https://hy.example.cn") as cookie:
        token = cookie["_user_id"]
    (row,) = kept(app, "session")
    assert len(row.token_digest) == 32
    assert token.encode() not in row.token_digest
    assert sessions.is_of(row, token)


def test_it_ends_when_nobody_uses_it(app, moment):
    person = Person(app)
    person.gives()
    moment.shift(sessions.IDLE - timedelta(seconds=1))
    assert person.is_in
    moment.shift(sessions.IDLE)
    assert not person.is_in


def test_it_ends_after_a_shift_however_much_it_is_used(app, moment):
    person = Person(app)
    person.gives()
    lasted = timedelta()
    while person.is_in:
        moment.shift(timedelta(hours=1))
        lasted += timedelta(hours=1)
    assert lasted == sessions.LONGEST


def test_reading_pages_writes_a_row_every_five_minutes_at_most(app, moment):
    person = Person(app)
    person.gives()
    seen = set()
    for _n in range(20):
        moment.shift(timedelta(minutes=1))
        assert person.is_in
        seen.add(kept(app, "session")[0].seen_at)
    assert len(seen) == 1 + 4


def test_an_account_put_out_of_use_is_signed_out_everywhere(app):
    person, administrator = Person(app), Person(app, ADMINISTRATOR)
    person.gives()
    administrator.gives()
    administrator.press(administrator.open("/administrator/accounts/2"), "/stop")
    assert not person.is_in
    administrator.press(administrator.open("/administrator/accounts/2"), "/resume")
    assert not person.is_in
    person.gives()
    assert person.is_in


def test_the_owner_sees_and_ends_the_others(app):
    here, there = Person(app), Person(app)
    there.client.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36"
    there.gives()
    here.gives()
    page = here.open("/account/")
    assert "Chrome · Windows" in page.text
    assert "就是这里" in page.text
    row = next(each for each in kept(app, "session") if each.client)
    here.press(page, f"/sessions/{row.id}/end")
    assert here.is_in
    assert not there.is_in


def test_the_owner_ends_all_others_at_once(app):
    people = [Person(app) for _n in range(3)]
    for person in people:
        person.gives()
    here = people[0]
    here.press(here.open("/account/"), "/sessions/end")
    assert [person.is_in for person in people] == [True, False, False]


def test_anothers_session_is_not_found(app):
    here, administrator = Person(app), Person(app, ADMINISTRATOR)
    here.gives()
    administrator.gives()
    row = kept(app, "session")[-1]
    token = here.open("/account/").form("/sign-out").hidden["csrf_token"]
    answer = here.post(f"/account/sessions/{row.id}/end", csrf_token=token)
    assert answer.status_code == 404
    assert administrator.is_in


def test_an_administrator_ends_somebodys_sessions(app):
    person, administrator = Person(app), Person(app, ADMINISTRATOR)
    person.gives()
    administrator.gives()
    administrator.press(administrator.open("/administrator/accounts/2"), "/end")
    assert not person.is_in
    assert administrator.is_in


def test_a_changed_password_ends_the_other_sessions(app):
    here, there = Person(app), Person(app)
    here.gives()
    there.gives()
    fields = {"present": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    page = here.press(here.open("/account/"), "/password", **fields)
    assert "密码改好了" in page.text
    assert here.is_in
    assert not there.is_in
    there.gives(NEW_PASSWORD)
    assert there.is_in


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"present": "wrong"}, "现在的密码不对"),
        ({"password": "1234567890", "again": "1234567890"}, "太常见"),
        ({"again": PASSWORD}, "两遍填的密码不一样"),
    ],
)
def test_a_password_is_changed_by_its_owner_alone_and_to_a_good_one(app, fields, sentence):
    person = Person(app)
    person.gives()
    sound = {"present": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    page = person.press(person.open("/account/"), "/password", **sound | fields)
    assert page.status == 422
    assert sentence in page.text
    assert Person(app).gives().path != "/sign-in"


def test_whoever_finds_a_browser_open_cannot_guess_the_password_there(app, moment):
    person = Person(app)
    person.gives()
    for _n in range(5):
        page = person.open("/account/")
        person.press(page, "/password", present="wrong", password=NEW_PASSWORD, again=NEW_PASSWORD)
        moment.shift(timedelta(seconds=10))
    sound = {"present": PASSWORD, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
    page = person.press(person.open("/account/"), "/password", **sound)
    assert "15 分钟" in page.text


def test_sessions_that_ran_out_are_cleared_away(public_db, now):
    with public_db.transaction() as session:
        person = accounts.create(
            session, Account, login="wang", name="王", role="operator", password=None, now=now
        )
        for hours in (0, 1, 20):
            at = now + timedelta(hours=hours)
            sessions.begin(session, ACCOUNTS, person, settled=True, client="", now=at)
        assert session.query(ACCOUNTS.session).count() == 1
