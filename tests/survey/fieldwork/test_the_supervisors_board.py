"""The board reads counts and the seats' last rows: no look grows with the cases, none shows a household."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from huying.base.errors import Invalid, NotFound
from huying.base.phones import Vault
from huying.store.db import Database
from survey.fieldwork.operations import lapses, seat_messages
from survey.fieldwork.queries.board import look, messages, seat_records
from survey.models import Account, SampledCase
from survey.roles import INTERVIEWER
from tests.conftest import NOW as BEGAN
from tests.survey import world
from tests.survey.browsing import Visitor
from tests.survey.stories import Interviewer, enrol, in_field, supervisor

MINUTE = timedelta(minutes=1)
NOW = BEGAN + 30 * MINUTE
STATEMENTS = 20
GROWING = ("sampled_case", "attempt", "appointment", "dial", "answer", "attempt_answer", "offer", "outcome")
BOUNDED = re.compile(
    r"ix_appointment_open_at|ix_attempt_seat_ended \(interviewer_id=\?\)|\((unit|attempt_id|holder_id)=\?"
)
"""An appointment by its time, a seat's last attempt, what belongs to one household in hand."""


@contextmanager
def asked(database: Database) -> Iterator[list[tuple[str, Any]]]:
    """Yield what is sent to the database, with its values."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        sent.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


@pytest.fixture
def field(survey_db: Database, vault: Vault) -> Database:
    """Three seats: one talks, one waits, one never came."""
    in_field(survey_db, {"G1": (12, 9, 0)}, vault=vault)
    people = [Interviewer(survey_db, each, vault=vault) for each in enrol(survey_db, interviewers=3)]
    people[1].takes_next(NOW - 20 * MINUTE)
    people[1].reaches_somebody(NOW - 19 * MINUTE)
    people[1].ends("appointment_respondent", NOW - 18 * MINUTE, appointment=NOW + 60 * MINUTE)
    people[0].takes_next(NOW - 4 * MINUTE)
    people[0].reaches_somebody(NOW - 3 * MINUTE)
    return survey_db


def test_seats_queue_and_appointments_stand_on_the_board(field: Database) -> None:
    with field.reading() as session:
        board = look.board(session, now=NOW)
    assert [(each.code, each.state, each.lasts(NOW)) for each in board.seats] == [
        ("800", "talking", 3 * MINUTE),
        ("801", "waiting", 18 * MINUTE),
        ("802", "off", timedelta()),
    ]
    assert board.queue.states == {"queued": 7, "resting": 1, "talking": 1}
    assert board.queue.open_now == 7
    assert {wait: several.count for wait, several in board.queue.waits.items()} == {"appointment": 1}
    assert list(board.coming.values()) == [1]
    assert [each.kind for each in board.alerts] == ["idle"]
    assert board.today[board.seats[1].account].appointments == 1
    assert board.rates.still_open == 9
    assert board.plan.forecast is None


def test_no_statement_of_the_board_goes_through_the_cases(field: Database) -> None:
    if field.engine.dialect.name != "sqlite":
        pytest.skip("the plan is SQLite's")
    with field.reading() as session, asked(field) as sent:
        look.board(session, now=NOW)
        seat_records.every(session, measure="refusal", now=NOW)
        messages.recent(session, now=NOW)
    raw = field.engine.raw_connection()
    plans = [
        (step[3], statement)
        for statement, values in sent
        if statement.startswith("SELECT")
        for step in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values).fetchall()
    ]
    raw.close()
    touched = [
        (step, statement)
        for step, statement in plans
        if re.match(rf"(SCAN|SEARCH) ({'|'.join(GROWING)})\b", step)
    ]
    assert touched
    assert [each for each in touched if not BOUNDED.search(each[0])] == []
    assert [step for step, _statement in plans if step.startswith("SCAN field_count")] == []


def test_a_look_sends_as_few_statements_whatever_there_is(field: Database) -> None:
    with field.reading() as session, asked(field) as sent:
        look.board(session, now=NOW)
    assert len(sent) <= STATEMENTS


def test_a_message_lies_at_each_seat_until_it_is_read(field: Database) -> None:
    boss = supervisor(field)
    with field.transaction() as session:
        message = seat_messages.send(session, " 三点开会 ", to=None, by=boss, now=NOW)
        first, second, _third = look.seats(session, now=NOW)
        alone = seat_messages.send(session, "请喝水", to=first.account, by=boss, now=NOW)
        assert [each.text for each in messages.unread(session, first.account)] == ["三点开会", "请喝水"]
        assert [each.text for each in messages.unread(session, second.account)] == ["三点开会"]
    (reader, *_others) = enrolled(field)
    for _twice in range(2):
        with field.transaction() as session:
            seat_messages.confirm(session, message.id, interviewer=reader, now=NOW)
    with field.reading() as session:
        last, earlier = messages.recent(session, now=NOW)
        assert (last.number, last.to, last.unread) == (alone.id, ["800"], ["800"])
        assert (earlier.is_for_all, earlier.unread) == (True, ["801", "802"])
        assert [each.text for each in messages.unread(session, reader.id)] == ["请喝水"]


def enrolled(database: Database) -> list[Account]:
    with database.reading() as session:
        return list(
            session.scalars(select(Account).where(Account.role == INTERVIEWER).order_by(Account.code))
        )


def test_nobody_confirms_what_lies_at_another_seat(field: Database) -> None:
    boss, (first, second, _third) = supervisor(field), enrolled(field)
    with field.transaction() as session:
        message = seat_messages.send(session, "请喝水", to=first.id, by=boss, now=NOW)
    for number in (message.id, 2**70):
        with pytest.raises(NotFound), field.transaction() as session:
            seat_messages.confirm(session, number, interviewer=second, now=NOW)
    for text, to, error in (("", None, Invalid), ("x" * 301, None, Invalid), ("x", 2**70, NotFound)):
        with pytest.raises(error), field.transaction() as session:
            seat_messages.send(session, text, to=to, by=boss, now=NOW)


def test_a_case_taken_back_is_counted_at_its_seat(field: Database, vault: Vault) -> None:
    second = Interviewer(field, enrolled(field)[1], vault=vault)
    second.takes_next(NOW)
    boss = supervisor(field)
    with field.transaction() as session:
        lapses.hand_back_from(session, second.account.id, by=boss, reason="不在", now=NOW)
    with field.reading() as session:
        record = seat_records.one(session, second.account.id, now=NOW)
        assert (record.today.hand_backs, record.seat.state) == (1, "waiting")
        with pytest.raises(NotFound):
            seat_records.one(session, 2**70, now=NOW)


def test_no_page_of_the_supervisor_shows_a_household_or_a_number(visit) -> None:
    boss = visit("open", "supervisor")
    interviewer = Visitor(boss.app, "interviewer")
    page = interviewer.send(interviewer.open("/interview/"), "/next")
    interviewer.send(page, "/dial")
    installation = boss.app.extensions["huying"]
    with installation.database.reading() as session:
        secret = set(session.scalars(select(SampledCase.unit)))
        secret |= world.numbers_of(session, installation.vault)
        (held,) = session.scalars(select(SampledCase.holder_id).where(SampledCase.holder_id.is_not(None)))
    pages = ["", "board", "seats/", "seats/?of=refusal", "seats/messages", f"seats/{held}", "two-ends"]
    for path in pages:
        shown = boss.open(f"/supervisor/{path}")
        assert shown.status == 200
        assert not [each for each in secret if each in shown.html]
    assert "<main" not in boss.open("/supervisor/board").html, "the script fetches a fragment"


def test_without_a_script_the_board_refreshes_where_somebody_asks_for_it(visit) -> None:
    boss = visit("open", "supervisor")
    assert "Refresh" not in boss.open("/supervisor/").response.headers
    live = boss.open("/supervisor/?live=y")
    assert live.response.headers["Refresh"] == "30; url=/supervisor/?live=y"
    assert "停下来" in live.text


def test_a_message_stands_first_at_the_desk_and_goes_once_it_is_read(visit) -> None:
    boss = visit("open", "supervisor")
    faulty = boss.send(boss.open("/supervisor/seats/messages"), "/messages", text=" ")
    assert faulty.status == 422
    assert "口信还是空的" in faulty.text
    boss.send(boss.open("/supervisor/seats/messages"), "/messages", text="四点换班，谢谢大家")
    assert "还没看的" in boss.open("/supervisor/seats/messages").text
    interviewer = Visitor(boss.app, "interviewer")
    desk = interviewer.open("/interview/")
    assert "四点换班，谢谢大家" in desk.text
    desk = interviewer.send(desk, "/read")
    assert "四点换班" not in desk.text
    assert "看过 1 位" in boss.open("/supervisor/seats/messages").text
