"""Dials claimed by hand beside the telephone system's records, for supervisors: no household, no number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from survey.fieldwork.queries import traits
from survey.fieldwork.rules import telephone_records as rules
from survey.fieldwork.rules.dials import MANUAL
from survey.fieldwork.rules.telephone_records import (
    SLACK,
    ClaimedDial,
    RecordComparison,
    SeatLine,
    SystemCall,
)
from survey.models import Account, Attempt, CaseNumber, Dial, TelephoneFile, TelephoneRecord

SHOWN_FILES = 20


@dataclass(frozen=True, slots=True)
class RecordFlags:
    """What the records and the claims say of each other; `sampled` are numbers of sampled households."""

    files: Sequence[TelephoneFile]
    found: RecordComparison
    sampled: frozenset[bytes]

    @property
    def by_interviewer(self) -> Mapping[str, tuple[int, int]]:
        """Dials without a record and records without a dial, by code; whoever has none isn't in it."""
        alone = Counter(dial.interviewer for dial in self.found.unrecorded)
        stray = Counter(call.who for call in self.found.unclaimed if call.number in self.sampled)
        return {code: (alone[code], stray[code]) for code in sorted(alone.keys() | stray.keys())}


def flags(session: Session) -> RecordFlags:
    """Return the flags of all the time that the files cover."""
    files = session.scalars(select(TelephoneFile).order_by(TelephoneFile.at.desc(), TelephoneFile.id)).all()
    claimed = [dial for dial in _claimed(session, files) if _is_covered(dial.at, files)]
    kept = session.scalars(select(TelephoneRecord).order_by(TelephoneRecord.at, TelephoneRecord.id))
    lines = traits.seat_lines(session)
    calls = [_call(row, lines) for row in kept]
    sampled = session.scalars(
        union(select(CaseNumber.blind_index), select(Dial.number_index).where(Dial.number_index.is_not(None)))
    )
    return RecordFlags(files[:SHOWN_FILES], rules.compare(claimed, calls), frozenset(sampled))


def _call(row: TelephoneRecord, lines: Sequence[SeatLine]) -> SystemCall:
    seat = rules.whose(lines, row.extension, at=row.at)
    return SystemCall(row.at, row.extension, row.number_index, row.seconds, seat=seat)


def _claimed(session: Session, files: Sequence[TelephoneFile]) -> Sequence[ClaimedDial]:
    if not files:
        return []
    since, until = min(file.covers_from for file in files), max(file.covers_until for file in files)
    rows = (
        select(Dial.started_at, Account.code, Dial.number_index, Dial.code)
        .join(Attempt, Attempt.id == Dial.attempt_id)
        .join(Account, Account.id == Attempt.interviewer_id)
        .where(
            Dial.adapter == MANUAL,
            Dial.number_index.is_not(None),
            Dial.started_at >= since,
            Dial.started_at <= until + SLACK,
        )
    )
    return [
        ClaimedDial(at, who or "", number, code) for at, who, number, code in session.execute(rows) if number
    ]


def _is_covered(at: datetime, files: Sequence[TelephoneFile]) -> bool:
    return any(file.covers_from <= at <= file.covers_until for file in files)
