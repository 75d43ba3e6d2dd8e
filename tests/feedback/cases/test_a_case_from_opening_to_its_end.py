"""A case goes from hand to hand; each step is kept, counted and written to the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedback.cases.operations import handling, log, opening, whistles
from feedback.cases.operations.handover import hand_over
from feedback.cases.queries import cases as case_queries
from feedback.cases.rules.requests import HelpRequest
from feedback.models.base import LEDGER, OutboxMessage
from feedback.models.cases import Case, CaseStep, Rating
from huying.base.errors import Conflict, Forbidden, Gone, Invalid, NotFound
from huying.ledger import canonical
from tests.feedback.town import RESIDENT, put_on_duty

HOUR = timedelta(hours=1)


def test_a_case_goes_to_who_is_on_duty(town):
    case = town.open().case
    assert (case.state, case.holder, case.worker_code) == ("registered", "worker", "W1")
    assert case.due_at == town.now + timedelta(days=7)


def test_in_a_vacant_grid_the_unit_holds_it_until_somebody_comes_on_duty(town):
    case = town.open(grid="G2").case
    assert (case.holder, case.worker_code) == ("unit", None)
    with town.database.transaction() as session:
        put_on_duty(session, "W2", "G2", start=town.now, now=town.now)
        moved = session.get_one(Case, case.id)
        assert (moved.holder, moved.keeper, moved.worker_code) == ("worker", "worker", "W2")
        assert moved.steps[-1].event == "handover"
    answered = town.answer(case, worker="W2")
    assert (answered.state, answered.holder) == ("answered", "worker")


VACANCY = HelpRequest("空岗", "")


@pytest.mark.parametrize("nowhere", ["nowhere", "M", "S", "C"])
def test_a_case_is_opened_in_a_grid_that_there_is_and_nowhere_else(town, nowhere):
    with pytest.raises(NotFound, match="没有这个网格"):
        town.open(grid=nowhere)
    with pytest.raises(NotFound, match="没有这个网格"), town.database.transaction() as session:
        opening.open_for_office(session, VACANCY, grid_code=nowhere, once=nowhere, now=town.now)
    with town.database.reading() as session:
        assert session.scalar(select(func.count(Case.id))) == 0


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_case_without_poster_or_grid_is_not_opened(town, nothing):
    with pytest.raises(NotFound, match="没有这个网格"), town.database.transaction() as session:
        opening.open_for_office(session, VACANCY, grid_code=nothing, once="a", now=town.now)
    with town.database.reading() as session:
        assert session.scalar(select(func.count(Case.id))) == 0


def test_a_planned_duty_takes_over_what_waits_once_it_begins(town):
    town.open(grid="G2")
    with town.database.transaction() as session:
        put_on_duty(session, "W2", "G2", start=town.now + HOUR, now=town.now)
        assert hand_over(session, now=town.now) == 0
        assert hand_over(session, now=town.now + HOUR) == 1
        assert hand_over(session, now=town.now + HOUR) == 0


def test_the_receipt_opens_the_case_however_it_is_typed(town):
    opened = town.open()
    assert len(opened.receipt) == 12
    with town.database.reading() as session:
        for typed in (opened.receipt, opened.receipt.lower(), " -".join(opened.receipt)):
            assert case_queries.by_receipt(session, typed, vault=town.vault).id == opened.case.id


@pytest.mark.parametrize("typed", ["", "12345", "ABCD2345EFGH", "没有", "\x00" * 12])
def test_a_wrong_receipt_opens_nothing(town, typed):
    with town.database.reading() as session, pytest.raises(NotFound, match="没有这个回执编号"):
        case_queries.by_receipt(session, typed, vault=town.vault)


def test_the_database_holds_neither_receipt_nor_number_nor_link(town):
    opened = town.open()
    town.answer(opened.case)
    case = town.declare(opened.case)
    with town.database.reading() as session:
        stored = session.scalars(select(OutboxMessage)).one()
        row = session.get_one(Case, case.id)
        everything = repr([vars(stored), vars(row), LEDGER.lines(session)])
    assert opened.receipt not in everything
    assert RESIDENT not in everything
    assert town.token(case) not in everything


def test_custody_counts_who_had_it_how_long(town):
    case = town.open().case
    town.answer(case, at=town.now + HOUR)
    whistle = town.whistle(case, at=town.now + 2 * HOUR)
    with town.database.transaction() as session:
        whistles.accept(session, whistle, department_code="water", now=town.now + 20 * HOUR)
    with town.database.transaction() as session:
        whistles.declare(
            session,
            whistle,
            department_code="water",
            note="已修",
            now=town.now + 22 * HOUR,
            vault=town.vault,
        )
    with town.database.reading() as session:
        hours = case_queries.custody_hours(session.get_one(Case, case.id), now=town.now + 25 * HOUR)
    assert hours == {"worker": 2, "dept:water": 20, "resident": 3}


def test_nobody_sees_another_workers_case(town):
    case = town.open().case
    with town.database.reading() as session:
        assert case_queries.one(session, case.id, worker_code="W1")
        with pytest.raises(NotFound):
            case_queries.one(session, case.id, worker_code="W2")
    with pytest.raises(NotFound):
        town.answer(case, worker="W2")


def test_only_the_holder_declares(town):
    case = town.open().case
    town.answer(case)
    town.whistle(case)
    with pytest.raises(Forbidden, match="不在您手里"):
        town.declare(case)


def test_a_declaration_says_what_was_done(town):
    case = town.open().case
    with town.database.transaction() as session, pytest.raises(Invalid, match="写明做了什么"):
        handling.declare(session, case.id, actor="worker", note="  ", now=town.now, vault=town.vault)


def test_withdrawing_ends_the_case_and_its_link(town):
    case = town.declared()
    with town.database.transaction() as session:
        assert handling.withdraw(session, case.id, now=town.now).state == "ended"
    with town.database.reading() as session, pytest.raises(Gone, match="已过期"):
        case_queries.rating_of_link(session, town.token(case), now=town.now)
    with town.database.transaction() as session, pytest.raises(Conflict, match="已结束"):
        handling.withdraw(session, case.id, now=town.now)


def test_silence_for_fourteen_days_leaves_it_unconfirmed(town):
    case = town.declared()
    almost = town.now + timedelta(days=14) - timedelta(seconds=1)
    with town.database.transaction() as session:
        assert handling.lapse(session, now=almost) == 0
        assert handling.lapse(session, now=town.now + timedelta(days=14)) == 1
        assert session.get_one(Case, case.id).state == "unconfirmed"
        assert handling.lapse(session, now=town.now + timedelta(days=15)) == 0


@pytest.mark.parametrize(
    ("how", "why"), [({"contact": None}, "no number"), ({"source": "staff"}, "opened by staff")]
)
def test_nobody_is_invited_without_a_number_of_their_own(town, how, why):
    town.declared(**how)
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Rating)) == 0, why


def test_a_staff_number_is_never_invited(town):
    town.declared(contact="+99913900002")
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", "长" * 1001),
        ("location", "长" * 201),
        ("category", " "),
        ("urgency", "?"),
        ("source", "import"),
    ],
)
def test_a_form_with_a_fault_opens_nothing(town, field, value):
    request = {"category": "其他", "text": "", field: value}
    source = request.pop("source", "poster")
    with pytest.raises(Invalid), town.database.transaction() as session:
        opening.open_case(
            session,
            HelpRequest(**request),
            grid_code="G1",
            once="form-0123456789ab",
            source=source,
            vault=town.vault,
            now=town.now,
        )
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0


def test_a_retired_poster_opens_nothing(town):
    from feedback.posters.operations import posters

    with town.database.transaction() as session:
        posters.retire(session, "7K3M9QDA", reason="torn", replaced_by=None, now=town.now)
    with pytest.raises(Gone, match="已停用"):
        town.open()


def test_every_step_is_a_line_of_the_ledger_and_opens_by_its_content(town):
    case = town.declared()
    with town.database.reading() as session:
        stored = session.get_one(Case, case.id)
        lines = [canonical.load(line.decode()) for line in LEDGER.lines(session)]
        written = [line for line in lines if line["t"].startswith("case.")]
        assert [line["t"] for line in written] == ["case.open", "case.answer", "case.declare"]
        assert [line["d"] for line in written] == [log.digest(stored, step) for step in stored.steps]
        stored.steps[1].note = "从没说过"
        assert written[1]["d"] != log.digest(stored, stored.steps[1])
        session.rollback()


def test_the_ledger_holds_no_name_text_or_number(town):
    town.declared()
    with town.database.reading() as session:
        text = b"\n".join(LEDGER.lines(session)).decode()
        words = ("水管", "2单元", "下午", "修好", "王秀兰", "3号楼", RESIDENT)
        assert not [word for word in words if word in text]
        assert session.scalar(select(func.count()).select_from(CaseStep)) == 3


def test_the_receipt_of_a_form_hangs_on_the_key(town, tmp_path):
    from feedback.cases.rules.codes import receipt_of
    from huying.base.keys import Keyring
    from huying.base.phones import Vault

    other = Vault(Keyring(tmp_path / "other"))
    assert receipt_of(town.vault, once="x" * 20) != receipt_of(other, once="x" * 20)
