"""A password is set by a one-time link: for 72 hours, once, and other sessions end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from feedback.models import ACCOUNTS, Account
from huying import accounts
from huying.accounts import links
from huying.base.errors import Conflict, Gone, Invalid
from tests.huying.accounts.desk import ADMINISTRATOR, LINK, NEW_PASSWORD, PASSWORD, Person, account_of, kept


@pytest.fixture
def person(public_db, now):
    with public_db.transaction() as session:
        return accounts.create(
            session, Account, login="wang", name="王", role="operator", password=None, now=now
        ).id


def _make(session, person, keys, now):
    return links.make(session, ACCOUNTS, session.get_one(Account, person), keys=keys, by="ann", now=now)


def _follow(session, token, keys, now, password=NEW_PASSWORD):
    return links.follow(session, ACCOUNTS, token, password=password, keys=keys, address="", now=now)


def test_it_is_good_for_72_hours(public_db, person, keys, now):
    with public_db.transaction() as session:
        token = _make(session, person, keys, now)
        links.opened(session, ACCOUNTS, token, keys=keys, now=now + timedelta(hours=72, seconds=-1))
        with pytest.raises(Gone):
            links.opened(session, ACCOUNTS, token, keys=keys, now=now + timedelta(hours=72))


def test_it_is_good_once(public_db, person, keys, now):
    with public_db.transaction() as session:
        token = _make(session, person, keys, now)
        _follow(session, token, keys, now)
        with pytest.raises(Gone):
            _follow(session, token, keys, now, password="a third sentence")
        assert accounts.verified(session, Account, login="wang", password=NEW_PASSWORD)


def test_a_newer_one_makes_it_void(public_db, person, keys, now):
    with public_db.transaction() as session:
        old, new = (_make(session, person, keys, now) for _n in range(2))
        with pytest.raises(Gone):
            _follow(session, old, keys, now)
        _follow(session, new, keys, now)


def test_a_weak_password_uses_nothing_up(public_db, person, keys, now):
    with public_db.transaction() as session:
        token = _make(session, person, keys, now)
        with pytest.raises(Invalid):
            _follow(session, token, keys, now, password="1234567890")
        _follow(session, token, keys, now)


def test_only_a_keyed_digest_of_it_is_stored(public_db, person, keys, now, tmp_path):
    from huying.base.keys import Keyring

    with public_db.transaction() as session:
        token = _make(session, person, keys, now)
        with pytest.raises(Gone):
            links.opened(session, ACCOUNTS, token, keys=Keyring(tmp_path / "other"), now=now)


def test_an_account_out_of_use_gets_none(public_db, person, keys, now):
    with public_db.transaction() as session:
        session.get_one(Account, person).active = False
        session.flush()
        with pytest.raises(Conflict):
            _make(session, person, keys, now)


def test_without_a_password_nobody_signs_in(public_db, person):
    with public_db.reading() as session:
        assert accounts.verified(session, Account, login="wang", password="") is None


def test_a_reset_ends_every_session_and_cannot_be_repeated(app):
    person, administrator = Person(app), Person(app, ADMINISTRATOR)
    person.gives()
    administrator.gives()
    page = administrator.press(administrator.open("/administrator/accounts/2"), "/link")
    link = LINK.search(page.text)[0]
    other = Person(app)
    page = other.press(other.open(link), link, password=NEW_PASSWORD, again=NEW_PASSWORD)
    assert "密码设好了" in page.text
    assert not person.is_in
    again = other.open(link)
    assert again.status == 410
    assert "已经用过或过了期" in again.text
    assert not Person(app).gives(PASSWORD).path.startswith("/desk")
    other.gives(NEW_PASSWORD)
    assert other.is_in


def test_two_that_differ_are_a_fault_of_the_field(app):
    administrator = Person(app, ADMINISTRATOR)
    administrator.gives()
    link = LINK.search(administrator.press(administrator.open("/administrator/accounts/2"), "/link").text)[0]
    page = administrator.press(administrator.open(link), link, password=NEW_PASSWORD, again=PASSWORD)
    assert page.status == 422
    assert "两遍填的密码不一样" in page.text
    page = administrator.press(page, link, password="bobbobbobbob", again="bobbobbobbob")
    assert "太常见" in page.text


def test_a_made_up_link_is_gone_like_a_used_one(app):
    assert Person(app).open("/sign-in/link/made-up").status == 410


def test_an_account_put_out_of_use_has_no_open_link(app):
    administrator = Person(app, ADMINISTRATOR)
    administrator.gives()
    page = administrator.press(administrator.open("/administrator/accounts/2"), "/link")
    link = LINK.search(page.text)[0]
    page = administrator.press(page, "/stop")
    administrator.press(page, "/resume")
    assert account_of(app, "bob").active
    assert Person(app).open(link).status == 410
    assert kept(app, "link") == []
