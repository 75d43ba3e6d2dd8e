"""Who takes two locks takes them in one order: two at once wait in turn, never each for the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from huying.base.phones import Vault
from huying.store.db import Database
from survey.campaign import campaign_lock
from survey.fieldwork.operations import claims, disputes, lapses, return_calls
from survey.fieldwork.rules.return_calls import Answered, ReturnCaller
from survey.models import LEDGER, Dispute, SampledCase
from tests.conftest import NOW
from tests.survey.fieldwork.test_a_household_rings_us import number_of
from tests.survey.fieldwork.test_call_backs import CHECKER, NEXT, NONE, called_back, doubted, field, heard
from tests.survey.stories import Interviewer, enrol, in_field

__all__ = ["field"]

Step = Callable[[Session], object]
LATE = NOW + timedelta(hours=1)
WAITING = """
    SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))
"""


def meanwhile(database: Database, first: Step, second: Step, last: Step) -> list[BaseException]:
    """Do `first`, let `second` begin beside it until it waits, then do `last`; return what failed."""
    failed: list[BaseException] = []

    def beside() -> None:
        try:
            with database.transaction() as session:
                second(session)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test tells it
            failed.append(error)

    thread = threading.Thread(target=beside)
    with database.transaction() as session:
        first(session)
        thread.start()
        # On SQLite a writer holds the whole file: the other waits from its first word on.
        while session.get_bind().dialect.name == "postgresql" and thread.is_alive() and not _waits(session):
            thread.join(0.01)
        last(session)
    thread.join()
    return failed


def _waits(session: Session) -> bool:
    """Whether another transaction waits for this one."""
    return bool(session.scalar(text(WAITING)))


def test_an_interview_is_voided_while_lots_are_drawn(field: Database, vault: Vault) -> None:
    number = doubted(field, called_back(field, vault, NONE))
    heard(field, number)
    failed = meanwhile(
        field,
        campaign_lock,
        lambda session: disputes.decide(session, number, "voided", by=CHECKER, now=NEXT),
        lambda session: LEDGER.append(session, b'{"t":"test"}', at=NEXT),
    )
    assert failed == []
    with field.reading() as session:
        assert session.get_one(Dispute, number).decision == "voided"


def test_a_call_ends_while_silent_seats_are_swept(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (4, 2, 0)}, vault=vault)
    someone = Interviewer(survey_db, enrol(survey_db)[0], vault=vault)
    someone.takes_next()
    swept: list[int] = []

    def ends(session: Session) -> None:
        case = session.get_one(SampledCase, someone.unit)
        claims.free(session, case, next_due=LATE, priority=case.priority)

    failed = meanwhile(
        survey_db,
        lambda session: session.get_one(SampledCase, someone.unit, with_for_update=True),
        lambda session: swept.append(lapses.sweep(session, now=LATE)),
        ends,
    )
    assert (failed, swept) == ([], [0])


def test_a_household_rings_while_its_own_call_is_ending(survey_db: Database, vault: Vault) -> None:
    in_field(survey_db, {"G1": (4, 2, 0)}, vault=vault)
    caller, other = (Interviewer(survey_db, each, vault=vault) for each in enrol(survey_db, interviewers=2))
    caller.takes_next()
    ringing = ReturnCaller(number_of(survey_db, caller.unit))
    answers: list[Answered] = []

    def ends(session: Session) -> None:
        case = session.get_one(SampledCase, caller.unit)
        claims.free(session, case, next_due=LATE, priority=case.priority)

    def rings(session: Session) -> None:
        taken = return_calls.take(session, ringing, interviewer=other.account, now=NOW, vault=vault)
        answers.append(taken.answered)

    failed = meanwhile(
        survey_db,
        lambda session: session.get_one(SampledCase, caller.unit, with_for_update=True),
        rings,
        ends,
    )
    assert failed == []
    # Where writers wait for one another, the call has ended by the time that the number is looked up.
    assert answers in ([Answered.BUSY], [Answered.TAKEN])
