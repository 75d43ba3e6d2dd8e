"""Disputed interviews: those that wait to be heard or decided, what is known of each, what came of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.fieldwork.queries import call_backs
from survey.fieldwork.rules import call_backs as checks
from survey.models import Account, Attempt, CallBack, Correction, Dispute, SampledCase

SHOWN = 50


@dataclass(frozen=True, slots=True)
class DisputedTalk:
    """A disputed interview: whose, of when, why it is doubted, what its interviewer said, what was decided.

    `differs` are the items in which a call-back told something else; `entry` is the correction's.
    """

    number: int
    unit: str
    interviewer: str
    interviewed: datetime
    cause: str
    why: str
    opened_by: str
    opened_role: str
    opened_at: datetime
    heard: str | None
    decision: str | None
    decided_by: str | None
    decided_role: str | None
    decided_at: datetime | None
    differs: Sequence[str]
    to_code: str | None
    entry: int | None


def is_open(session: Session, unit: str) -> bool:
    """Whether a dispute about a case's interview waits for its decision."""
    waiting = select(Dispute.id).where(Dispute.unit == unit, Dispute.decided_at.is_(None))
    return session.scalar(waiting) is not None


def cause_of(session: Session, unit: str) -> str:
    """Return what a dispute rests on: a call-back that doesn't agree, or else a flag that was looked into."""
    differs = select(CallBack.unit).where(CallBack.unit == unit, CallBack.verdict == checks.DIFFERS)
    return "call_back" if session.scalar(differs) is not None else "flag"


def attempts_of(session: Session, row: Dispute) -> frozenset[int]:
    """Return the attempts that a voided interview takes with it: its interviewer's up to its end."""
    last = session.get_one(Attempt, row.attempt_id)
    theirs = select(Attempt.id).where(
        Attempt.unit == row.unit, Attempt.interviewer_id == row.interviewer_id, Attempt.n <= last.n
    )
    return frozenset(session.scalars(theirs))


def of_wave(session: Session, label: str) -> list[DisputedTalk]:
    """Return a wave's disputes: those that wait first, then the last ones decided."""
    mine = _rows().where(Dispute.wave_label == label)
    waiting = mine.where(Dispute.decided_at.is_(None)).order_by(Dispute.id)
    over = mine.where(Dispute.decided_at.is_not(None)).order_by(Dispute.decided_at.desc()).limit(SHOWN)
    return [_disputed(*row) for query in (waiting, over) for row in session.execute(query)]


def to_hear(session: Session, *, interviewer: Account) -> list[DisputedTalk]:
    """Return the disputes of an interviewer's own interviews to which they said nothing yet."""
    mine = _rows().where(Dispute.interviewer_id == interviewer.id)
    waiting = mine.where(Dispute.heard_at.is_(None), Dispute.decided_at.is_(None)).order_by(Dispute.id)
    return [_disputed(*row) for row in session.execute(waiting)]


def check_own(session: Session, number: int, *, interviewer: Account) -> None:
    """Raise NotFound unless the dispute is about an interview of this interviewer's."""
    mine = select(Dispute.id).where(Dispute.interviewer_id == interviewer.id)
    # Looked up here: the number in an address may be larger than any that a database compares with.
    if number not in set(session.scalars(mine)):
        raise NotFound(_("没有这份异议。"))


def unit_of(session: Session, label: str, text: str) -> str:
    """Return the case of a wave that a code names; "" where it names none."""
    plain = text.strip().upper()
    found = select(SampledCase.unit).where(SampledCase.unit == plain, SampledCase.wave_label == label)
    return session.scalar(found) or ""


def running(session: Session) -> str | None:
    """Return the wave whose interviews can be disputed; None where there is none."""
    wave = call_backs.wave_in_question(session)
    return wave.label if wave is not None and wave.counted_at is None else None


def _rows() -> Select[Dispute, str | None, Attempt, str | None, Correction | None]:
    return (
        select(Dispute, Account.code, Attempt, CallBack.said, Correction)
        .join(Account, Account.id == Dispute.interviewer_id)
        .join(Attempt, Attempt.id == Dispute.attempt_id)
        .outerjoin(CallBack, CallBack.unit == Dispute.unit)
        .outerjoin(Correction, Correction.id == Dispute.correction_id)
    )


def _disputed(
    row: Dispute, code: str | None, attempt: Attempt, said: str | None, correction: Correction | None
) -> DisputedTalk:
    return DisputedTalk(
        number=row.id,
        unit=row.unit,
        interviewer=code or "",
        interviewed=attempt.dialled_at or attempt.started_at,
        cause=row.cause,
        why=row.why,
        opened_by=row.opened_by,
        opened_role=row.opened_role,
        opened_at=row.opened_at,
        heard=row.heard,
        decision=row.decision,
        decided_by=row.decided_by,
        decided_role=row.decided_role,
        decided_at=row.decided_at,
        differs=checks.read(said).differing if said else (),
        to_code=correction.to_code if correction else None,
        entry=correction.entry if correction else None,
    )
