"""The owner of the tables blanks answers: a wave's when nobody can appeal any more, and dropped ones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from huying.base.clock import local
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.store.insert_only import lifted
from survey.drawing import result_entries
from survey.models import (
    Answer,
    AnswerCommitment,
    Attempt,
    CallBack,
    CallNote,
    DroppedAnswer,
    InterviewBinding,
    SampledCase,
    Wave,
)
from survey.waves.queries import waves
from survey.waves.rules import deadlines


def erase(session: Session, label: str, *, now: datetime) -> int:
    """Blank all answers and notes of a wave and what opens its frame, and log it; return how many interviews.

    Refused before the score, and while somebody may appeal.
    """
    wave = waves.locked(session, label, states=("closed",))
    over = local((wave.closed_at or now) + deadlines.APPEAL)
    if now < over:
        raise Refused(_("申诉期到 %(over)s 才满，在那以前不能销毁。", over=f"{over:%Y-%m-%d}"))
    found = _blank(session, AnswerCommitment.wave_label == label) + _blank_silent(session, label)
    if not found:
        raise Conflict(_("%(label)s 这一轮没有还没销毁的回答。", label=label))
    _blank_notes(session, label)
    wave.frame_secret = None
    wave.ledger.append(session, result_entries.erase(wave=label, n=found), at=now)
    return found


def overdue(session: Session, *, now: datetime) -> list[str]:
    """Return the waves whose answers are all still there though nobody can appeal any more."""
    kept = select(AnswerCommitment.wave_label).where(AnswerCommitment.nonce != "")
    over = select(Wave.label).where(
        Wave.state == "closed", Wave.closed_at <= now - deadlines.APPEAL, Wave.label.in_(kept)
    )
    return list(session.scalars(over.order_by(Wave.first_entry)))


def erase_dropped(session: Session, label: str) -> int:
    """Blank the answers of a wave that corrections dropped: their entries say so already."""
    dropped = select(DroppedAnswer.commitment)
    mine = AnswerCommitment.commitment.in_(dropped) & (AnswerCommitment.wave_label == label)
    return _blank(session, mine)


def _blank(session: Session, which: ColumnElement[bool]) -> int:
    """Blank answers, nonces and all that was said; return how many weren't blank yet."""
    units = list(session.scalars(select(AnswerCommitment.unit).where(which, AnswerCommitment.nonce != "")))
    with lifted(session, AnswerCommitment.__tablename__, Answer.__tablename__, CallBack.__tablename__):
        blank = {"nonce": "", "answer": 0, "binding_nonce": None}
        session.execute(update(AnswerCommitment).where(AnswerCommitment.unit.in_(units)).values(blank))
        _blank_words(session, units)
    return len(units)


def _blank_silent(session: Session, label: str) -> int:
    """Blank the interviews of a wave that rated nothing; return how many weren't blank yet."""
    mine = (InterviewBinding.wave_label == label) & (InterviewBinding.nonce != "")
    units = list(session.scalars(select(InterviewBinding.unit).where(mine)))
    with lifted(session, InterviewBinding.__tablename__, Answer.__tablename__, CallBack.__tablename__):
        session.execute(update(InterviewBinding).where(InterviewBinding.unit.in_(units)).values(nonce=""))
        _blank_words(session, units)
    return len(units)


def _blank_words(session: Session, units: Sequence[str]) -> None:
    """Blank what households said, in the interview and when they were called back about it."""
    session.execute(update(Answer).where(Answer.unit.in_(units)).values(value=""))
    told = CallBack.unit.in_(units) & CallBack.said.is_not(None)
    session.execute(update(CallBack).where(told).values(said=""))


def _blank_notes(session: Session, label: str) -> None:
    """Blank what interviewers wrote about the households of a wave."""
    units = select(SampledCase.unit).where(SampledCase.wave_label == label)
    session.execute(update(Attempt).where(Attempt.unit.in_(units), Attempt.note != "").values(note=""))
    with lifted(session, CallNote.__tablename__):
        session.execute(update(CallNote).where(CallNote.unit.in_(units), CallNote.text != "").values(text=""))
