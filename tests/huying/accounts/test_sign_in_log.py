"""The sign-in log: what happened with accounts, added to alone, without what people mistype."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feedback.models import ACCOUNTS
from huying.accounts import history
from tests.huying.accounts.desk import ADMINISTRATOR, PASSWORD, Person, kept
from tests.support.owner import as_owner


@given(st.ip_addresses())
def test_of_an_address_its_network_stays(address):
    coarse = history.coarse(str(address))
    is_v4 = address.version == 4 or address.ipv4_mapped is not None
    assert coarse.endswith("/24" if is_v4 else "/48")
    assert history.coarse(coarse) == ""


def test_what_is_no_address_is_none():
    assert history.coarse("unix:") == ""


@pytest.mark.parametrize("statement", ["UPDATE sign_in SET outcome = 'in'", "DELETE FROM sign_in"])
def test_it_is_only_added_to(public_db, now, statement):
    with public_db.transaction() as session:
        history.write(session, ACCOUNTS, login="x", outcome="wrong", now=now)
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(public_db) as session:
        session.execute(text(statement))


def test_a_password_typed_as_a_login_is_not_written_down(app):
    Person(app).gives("whatever", login=PASSWORD)
    (line,) = kept(app, "sign_in")
    assert (line.login, line.outcome) == ("", "wrong")


def test_it_tells_what_happened_in_order(app, moment):
    person = Person(app)
    person.gives("wrong")
    moment.shift(timedelta(seconds=5))
    person.gives()
    person.press(person.open("/account/"), "/sign-out")
    assert [(line.login, line.outcome) for line in kept(app, "sign_in")] == [
        ("bob", "wrong"),
        ("bob", "in"),
        ("bob", "out"),
    ]


def test_every_outcome_that_is_written_has_words(app):
    administrator = Person(app, ADMINISTRATOR)
    administrator.gives()
    Person(app).gives()
    page = administrator.open("/administrator/accounts/2")
    for deed in ("/link", "/end", "/stop"):
        page = administrator.press(page, deed)
    administrator.press(page, "/resume")
    assert {line.outcome for line in kept(app, "sign_in")} <= set(history.OUTCOMES)
    page = administrator.open("/administrator/sign-ins")
    for said in ("登录被结束", "发出重设密码的链接", "停用账号", "恢复账号", "ann"):
        assert said in page.text


def test_older_lines_are_a_page_further(app):
    from tests.huying.accounts.desk import database

    administrator = Person(app, ADMINISTRATOR)
    administrator.gives()
    with database(app).transaction() as session:
        tables = app.extensions["huying.accounts"]
        for minute in range(60):
            at = kept(app, "sign_in")[0].at + timedelta(minutes=minute)
            session.add(tables.sign_in(at=at, login="bob", outcome="out", address="", by=""))
    page = administrator.open("/administrator/sign-ins")
    older = page.html.partition('href="?before=')[2].partition('"')[0]
    assert "更早的" in page.text
    assert "更早的" not in administrator.open(f"/administrator/sign-ins?before={older}").text
    for odd in ("x", "-1", "9" * 30, ""):
        assert administrator.open(f"/administrator/sign-ins?before={odd}").status == 200
