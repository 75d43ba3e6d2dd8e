"""Completes are called back by the sealed day's lot, by somebody else; what differs is disputed, voided."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Conflict, Forbidden, Invalid, NotFound
from huying.base.phones import Vault
from huying.store.db import Database
from survey import ledger_key
from survey.datafiles.queries import packages
from survey.datafiles.rules.report import report
from survey.drawing import callbacks
from survey.fieldwork.operations import batches, call_back_draws, call_backs, disputes, erasing
from survey.fieldwork.queries import bound_answers, field_logs, field_rules, outcome_counts
from survey.fieldwork.queries import call_backs as queries
from survey.fieldwork.queries import disputes as disputed
from survey.fieldwork.rules.agreement import agreement_of
from survey.fieldwork.rules.call_backs import CallBackSaid
from survey.fieldwork.rules.replay import Replay
from survey.models import (
    LEDGER,
    AccessRecord,
    Account,
    CallBack,
    CallBackDraw,
    Correction,
    Dispute,
    Interview,
    SampledCase,
)
from survey.roles import AUDITOR, REGISTRAR, SUPERVISOR
from survey.scores.queries import score_inputs
from survey.scores.rules import items
from survey.waves.operations import bundle
from survey.waves.queries import opted_out, waves
from survey.waves.rules.early_ending import Signer
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.conftest import Led
from tests.survey.fieldwork.test_field_close_and_bundle import answers, lines
from tests.survey.stories import END, Interviewer, ended, enrol, in_field, works_through
from tests.survey.verify import bundles

BOSS, CHECKER, CLERK = Signer("boss", SUPERVISOR), Signer("checker", AUDITOR), Signer("clerk", REGISTRAR)
NEXT = NOW + timedelta(days=1)
HELD, NONE = CallBackSaid(1, 1, {"A3": 3, "E1": 2, "D2": 3}), CallBackSaid(2)


@pytest.fixture
def field(led: Led) -> Database:
    """Twelve completes of one interviewer, their day sealed; another interviewer beside."""
    return led("a day of twelve completes", _called)


def _called(database: Database, vault: Vault) -> None:
    in_field(database, {"G1": (30, 12, 0)}, vault=vault)
    first, _second = enrol(database, interviewers=2)
    works_through(Interviewer(database, first, vault=vault), answers(database, G1=[4, 2, 5] * 4))
    with database.transaction() as session:
        batches.seal_day(session, now=NEXT)
        assert call_back_draws.draw_due(session, now=NEXT) >= 2


def person(database: Database, login: str) -> Account:
    with database.reading() as session:
        return session.scalars(select(Account).where(Account.login == login)).one()


def takes(database: Database, *, login: str = "i1", now=NEXT) -> str:
    with database.transaction() as session:
        found = call_backs.take(session, interviewer=person(database, login), now=now)
        return found.unit if found else ""


def dials(database: Database, unit: str, vault: Vault, *, now=NEXT) -> tuple[str, ...]:
    with database.transaction() as session:
        return call_backs.dial(session, unit, interviewer=person(database, "i1"), now=now, vault=vault)


def called_back(database: Database, vault: Vault, said: CallBackSaid) -> str:
    """Call the next household back."""
    unit = takes(database)
    dials(database, unit, vault)
    with database.transaction() as session:
        call_backs.answer(session, unit, said, interviewer=person(database, "i1"), now=NEXT)
    return unit


def doubted(database: Database, unit: str, *, now=NEXT) -> int:
    with database.transaction() as session:
        return disputes.open_dispute(session, "w1", unit=unit, why="没有人接过", by=BOSS, now=now).id


def heard(database: Database, number: int) -> None:
    with database.transaction() as session:
        disputes.hear(session, number, "我打过的", interviewer=person(database, "i0"), now=NEXT)


def voided(database: Database, unit: str, *, now=NEXT) -> None:
    number = doubted(database, unit)
    heard(database, number)
    with database.transaction() as session:
        disputes.decide(session, number, "voided", by=CHECKER, now=now)


def test_the_lots_follow_from_the_log_alone_and_stand_in_it(field):
    log = list(enumerate(lines(field)))
    entry = next(each for _, each in log if each["t"] == "call_backs")
    (day,) = callbacks.sealed_days([pair for pair in log if pair[1]["t"] != "call_backs"])
    assert (entry["after"], entry["size"]) == (day.after, day.after + 1)
    with field.reading() as session:
        assert entry["root"] == LEDGER.root(session, entry["size"]).hex()
        drawn = {row.unit: row.reason for row in session.scalars(select(CallBack))}
    lots = callbacks.chosen(
        entry["root"], [callbacks.Final(unit, "complete", by) for unit, by in day.completes]
    )
    assert entry["u"] == sorted(lots) == sorted(unit for unit, why in drawn.items() if why == "lot")
    assert entry["more"] == len(drawn) - len(lots)
    assert callbacks.sealed_days(log) == []


def test_a_day_is_drawn_once(field):
    with field.transaction() as session:
        assert call_back_draws.draw_due(session, now=NEXT) == 0
    assert sum(each["t"] == "call_backs" for each in lines(field)) == 1


def test_nobody_calls_back_about_an_interview_of_their_own(field):
    assert takes(field, login="i0") == ""
    unit = takes(field)
    assert takes(field) == unit, "what is in hand stays in hand"
    with pytest.raises(DBAPIError), field.transaction() as session:
        session.execute(update(CallBack).values(holder_id=CallBack.interviewer_id))


def test_a_number_is_shown_once_the_call_back_is_in_hand_and_each_sight_is_kept(field, vault):
    unit = takes(field)
    with pytest.raises(Conflict), field.transaction() as session:
        call_backs.dial(session, unit, interviewer=person(field, "i0"), now=NEXT, vault=vault)
    (number,) = dials(field, unit, vault)
    assert number.startswith("+999")
    with field.reading() as session:
        seen = session.scalars(select(AccessRecord).where(AccessRecord.what == call_backs.SHOWN)).one()
        assert (seen.by, seen.unit, session.get_one(CallBack, unit).tries) == ("i1", unit, 1)


def test_what_agrees_and_what_differs_is_stored_once_and_counted(field, vault):
    agreed, differs = called_back(field, vault, HELD), called_back(field, vault, NONE)
    with field.reading() as session:
        found = queries.of_wave(session, "w1")
        assert (found.verdicts["agrees"], found.verdicts["differs"]) == (1, 1)
        assert [each.unit for each in found.differing] == [differs]
        assert found.differing[0].differs == ["held"]
        assert {pair.item for talk in found.checked for pair in talk.pairs} >= {"length", "A3", "E1"}
        assert agreement_of(found.checked).items == {}, "of fewer than ten no share is told"
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(field) as session:
        session.execute(update(CallBack).where(CallBack.unit == agreed).values(verdict="differs"))


@pytest.mark.parametrize("odd", [{"A3": 77}, {"Z9": 1}])
def test_an_answer_that_its_question_does_not_have_is_refused_and_nothing_is_over(field, vault, odd):
    with pytest.raises(Invalid):
        called_back(field, vault, replace(HELD, facts={**HELD.facts, **odd}))
    with field.reading() as session:
        assert queries.held(session, interviewer=person(field, "i1"), now=NEXT).verdict is None


def test_after_three_tries_a_household_is_left_in_peace(field, vault):
    unit, now = takes(field), NEXT
    for _ in range(3):
        assert takes(field, now=now) == unit
        dials(field, unit, vault, now=now)
        with field.transaction() as session:
            call_backs.end(session, unit, "no_answer", interviewer=person(field, "i1"), now=now)
            session.execute(update(CallBack).where(CallBack.unit != unit).values(next_due=END))
        now += timedelta(hours=5)
    with field.reading() as session:
        assert session.get_one(CallBack, unit).verdict == "not_reached"
        assert not queries.is_any_left(session, interviewer=person(field, "i1"), now=now)


def test_a_wish_said_when_called_back_holds_everywhere(field, vault):
    unit = takes(field)
    dials(field, unit, vault)
    with field.transaction() as session:
        call_backs.end(session, unit, "never_again", interviewer=person(field, "i1"), now=NEXT)
        assert opted_out.has(session, unit)
        assert session.get_one(CallBack, unit).verdict == "refused"


def test_what_nobody_finishes_goes_to_somebody_else(field):
    enrol(field, interviewers=1, first=2)
    unit = takes(field)
    assert takes(field, login="i2") != unit
    later = NEXT + timedelta(hours=1)
    assert takes(field, login="i2", now=later) in {unit, takes(field, now=later)}


def test_an_interview_is_voided_by_two_of_two_roles_once_its_interviewer_was_heard(field, vault):
    unit = called_back(field, vault, NONE)
    number = doubted(field, unit)
    with pytest.raises(Conflict, match="先听访问员"), field.transaction() as session:
        disputes.decide(session, number, "voided", by=CHECKER, now=NEXT)
    with pytest.raises(NotFound), field.transaction() as session:
        disputes.hear(session, number, "不是我的", interviewer=person(field, "i1"), now=NEXT)
    heard(field, number)
    for second in (BOSS, Signer("other", SUPERVISOR)):
        with pytest.raises(Conflict, match="另一种职责"), field.transaction() as session:
            disputes.decide(session, number, "voided", by=second, now=NEXT)
    with field.transaction() as session:
        disputes.decide(session, number, "voided", by=CLERK, now=NEXT)
    entry = lines(field)[-1]
    assert (entry["t"], entry["from"], entry["to"], entry["why"]) == (
        "correction",
        "complete",
        "not_attempted",
        "voided",
    )
    assert (entry["by"], len(entry["drop"])) == (["registrar:clerk", "supervisor:boss"], 1)
    with field.reading() as session:
        row = session.get_one(Dispute, number)
        assert (row.cause, row.decision) == ("call_back", "voided")
        assert session.get_one(Correction, row.correction_id).entry == len(lines(field)) - 1


def test_a_voided_interview_counts_nowhere_and_its_household_is_called_again_by_somebody_else(field, vault):
    unit = called_back(field, vault, NONE)
    voided(field, unit)
    with field.reading() as session:
        assert unit not in bound_answers.read(session, waves.find(session, "w1"))
        inputs = score_inputs.of_wave(session, "w1")
        assert inputs.units[unit].code == "not_attempted"
        assert inputs.units[unit].said == items.SILENT
        assert outcome_counts.finals(session, "w1")["complete"] == 11
        assert session.get_one(SampledCase, unit).state == "resting"
    later = NEXT + timedelta(days=2)
    again = Interviewer(field, person(field, "i1"), vault=vault)
    own = Interviewer(field, person(field, "i0"), vault=vault)
    assert own.takes_next(later) is None
    assert again.takes_next(later).unit == unit
    again.completes_briefly(2, later)
    with field.reading() as session:
        row = session.get_one(Interview, unit)
        assert row.began_at > row.voided_at > row.started_at
        assert outcome_counts.finals(session, "w1")["complete_other"] == 1
        assert unit not in bound_answers.read(session, waves.find(session, "w1"))
        wave = waves.find(session, "w1")
        log, rules = field_logs.of(session, wave), field_rules.of(session, wave)
    assert all(each.agrees for each in Replay(log, rules=rules).run())


def test_after_the_field_a_voided_interview_s_case_stays_closed(field, vault):
    unit = called_back(field, vault, NONE)
    number = doubted(field, unit)
    heard(field, number)
    with field.transaction() as session:
        session.execute(text("UPDATE wave SET field_ends_at = :at"), {"at": NEXT.replace(tzinfo=None)})
    with field.transaction() as session:
        disputes.decide(session, number, "voided", by=CHECKER, now=NEXT + timedelta(hours=1))
        assert session.get_one(SampledCase, unit).state == "closed"


def test_an_interview_that_stands_counts_on(field, vault):
    unit = called_back(field, vault, NONE)
    number = doubted(field, unit)
    with pytest.raises(Conflict, match="已经有人"):
        doubted(field, unit)
    with field.transaction() as session:
        disputes.decide(session, number, "stands", by=CHECKER, now=NEXT)
        assert unit in bound_answers.read(session, waves.find(session, "w1"))
    with pytest.raises(Conflict, match="已经决定"), field.transaction() as session:
        disputes.decide(session, number, "voided", by=CHECKER, now=NEXT)


def test_who_says_nothing_in_two_days_holds_nothing_up(field, vault):
    unit = called_back(field, vault, NONE)
    number = doubted(field, unit)
    with field.transaction() as session:
        disputes.decide(session, number, "voided", by=CHECKER, now=NEXT + timedelta(days=2))
        assert disputed.of_wave(session, "w1")[0].heard is None


@pytest.mark.parametrize(("by", "why", "fault"), [(CHECKER, "x", Forbidden), (BOSS, " ", Invalid)])
def test_a_supervisor_disputes_with_a_reason(field, vault, by, why, fault):
    unit = called_back(field, vault, NONE)
    with pytest.raises(fault), field.transaction() as session:
        disputes.open_dispute(session, "w1", unit=unit, why=why, by=by, now=NEXT)


def test_the_database_lets_nobody_decide_their_own_dispute_or_void_without_a_correction(field, vault):
    number = doubted(field, called_back(field, vault, NONE))
    mine = update(Dispute).where(Dispute.id == number)
    for changed in (
        {"decision": "stands", "decided_at": NEXT, "decided_by": "boss", "decided_role": AUDITOR},
        {"decision": "voided", "decided_at": NEXT, "decided_by": "checker", "decided_role": AUDITOR},
        {"why": "another"},
    ):
        with pytest.raises(DBAPIError), field.transaction() as session:
            session.execute(mine.values(**changed))
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(field) as session:
        session.execute(text("DELETE FROM call_back_draw"))


def test_a_bundle_with_lots_and_a_voided_interview_is_verified(field, vault, tmp_path):
    voided(field, called_back(field, vault, NONE))
    with field.transaction() as session:
        ended(session, keys=vault.keys)
        told = report(packages.of_wave(session, "w1", secret=b"s" * 32)).verification
        assert (told.doubted, told.voided, dict(told.verdicts)) == (1, 1, {"differs": 1})
        data = bundle.write(session, "w1", keys=vault.keys, now=END)
        (tmp_path / "w1.zip").write_bytes(data)
    words = [str(tmp_path / "w1.zip"), "--key", ledger_key.vkey(vault.keys), "--wave", "w1"]
    status, said = bundles.run(words)
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said
    assert "26 回访的户是抽出来的" in said


def test_what_was_said_is_erased_with_the_answers(field, vault):
    unit = called_back(field, vault, HELD)
    with field.transaction() as session:
        ended(session, keys=vault.keys)
    with as_owner(field) as session:
        erasing.erase(session, "w1", now=END + timedelta(days=91))
    with field.reading() as session:
        assert session.get_one(CallBack, unit).said == ""
        assert session.scalars(select(CallBackDraw)).one().wave_label == "w1"
        assert queries.of_wave(session, "w1").checked == []
