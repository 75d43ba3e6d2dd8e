"""A call is recorded from the respondent's consent on, and no longer: each start and stop is logged."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.store.db import Database
from huying.telephony.dialler import Dialler
from huying.telephony.voice import Placed
from survey.fieldwork.queries import interviews, lines
from survey.fieldwork.queries.lines import OpenLine
from survey.fieldwork.rules.recording import STARTED, STOPPED, UNSURE, is_wanted, may_run
from survey.models import CaseEvent

EVENTS = (STARTED, STOPPED, UNSURE)


def follow_consent(database: Database, dialler: Dialler, unit: str, *, now: datetime) -> None:
    """Record or stop, as whoever speaks now agreed to; nothing where the carrier can't record.

    The carrier is asked outside any transaction.
    """
    with database.reading() as session:
        line = lines.open_line(session, unit)
        if line is None or line.adapter != dialler.name or not (line.records and line.sid):
            return
        wanted, runs = is_wanted(interviews.so_far(session, unit).call), _runs(session, line)
    if wanted and not runs:
        placed = dialler.start_recording(line.ulid, sid=line.sid)
        if placed is not Placed.REFUSED:
            _log(database, line, STARTED if placed is Placed.ACCEPTED else UNSURE, now=now)
    elif not wanted:
        stop(database, dialler, line, now=now)


def stop(database: Database, dialler: Dialler, line: OpenLine, *, now: datetime) -> None:
    """Let no recording of a line run on."""
    with database.reading() as session:
        runs = _runs(session, line)
    if runs:
        placed = dialler.stop_recording(line.ulid, sid=line.sid)
        _log(database, line, STOPPED if placed is Placed.ACCEPTED else UNSURE, now=now)


def _runs(session: Session, line: OpenLine) -> bool:
    last = (
        select(CaseEvent.what)
        .where(CaseEvent.attempt_id == line.attempt_id, CaseEvent.what.in_(EVENTS))
        .order_by(CaseEvent.id.desc())
    )
    return may_run(session.scalar(last.limit(1)))


def _log(database: Database, line: OpenLine, what: str, *, now: datetime) -> None:
    with database.transaction() as session:
        session.add(
            CaseEvent(unit=line.unit, attempt_id=line.attempt_id, at=now, by=line.interviewer, what=what)
        )
