"""Outcomes that were put right, or wait for a second name; how many completes were undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.drawing import answers
from survey.drawing.codes import ALPHABET
from survey.fieldwork.rules import corrections as rules
from survey.models import OF_REGISTRY, AnswerCommitment, Attempt, Correction, SampledCase, Wave
from survey.waves.queries import in_force


@dataclass(frozen=True, slots=True)
class WaveCorrections:
    """A wave's corrections: those that wait, and how many stand; whether an auditor must have seen them."""

    wave: str
    waiting: Sequence[Correction]
    logged: int
    undone: int
    needs_auditor: bool


def outcome(session: Session, label: str, unit: str) -> str | None:
    """Return the outcome in force of a released household; raise NotFound for another's."""
    query = select(in_force.outcome()).where(SampledCase.unit == unit, SampledCase.wave_label == label)
    found = session.execute(query).one_or_none()
    if found is None:
        raise NotFound(_("这一轮没有抽中 %(unit)s 这一户。", unit=unit))
    return found[0]


def waits(session: Session, unit: str) -> bool:
    """Whether a correction of the household waits for a second name."""
    return session.scalar(select(Correction.id).where(Correction.unit == unit, _waiting())) is not None


def was_called(session: Session, unit: str) -> bool:
    """Whether the household was ever dialled."""
    calls = select(Attempt.id).where(Attempt.unit == unit, Attempt.dialled_at.is_not(None)).limit(1)
    return session.scalar(calls) is not None


def running(session: Session) -> WaveCorrections | None:
    """Return the corrections of the wave that is drawn and not yet counted; None where there is none."""
    open_wave = select(Wave.label).where(Wave.state == "drawn", Wave.counted_at.is_(None))
    label = session.scalar(open_wave.order_by(OF_REGISTRY.desc(), Wave.first_entry.desc()).limit(1))
    return None if label is None else of(session, label)


def of(session: Session, label: str) -> WaveCorrections:
    """Return the corrections of a wave."""
    mine = select(Correction).where(Correction.wave_label == label)
    waiting = session.scalars(mine.where(_waiting()).order_by(Correction.id)).all()
    logged = session.scalars(mine.where(~_waiting())).all()
    undone = sum(row.from_code == rules.COMPLETE for row in logged)
    finals = select(func.count()).select_from(SampledCase)
    finals = finals.where(SampledCase.wave_label == label, SampledCase.final_code == rules.COMPLETE)
    needs = rules.needs_auditor(undone, completes=session.scalar(finals) or 0)
    return WaveCorrections(label, waiting, len(logged), undone, needs)


def unit_of(session: Session, label: str, text: str) -> str:
    """Return the household that a unit's code, or the receipt of an answer, names; raise for neither."""
    plain = text.strip().upper()
    if session.scalar(select(SampledCase.unit).where(SampledCase.unit == plain)):
        return plain
    number = 0
    for symbol in answers.read_receipt(text).replace("-", ""):
        number = number << 5 | ALPHABET.index(symbol)
    sealed = select(AnswerCommitment.unit).where(
        AnswerCommitment.wave_label == label, AnswerCommitment.commitment.startswith(f"{number:020x}")
    )
    found = session.scalar(sealed)
    if found is None:
        raise NotFound(_("没有这个编码，也没有这个回执号。"))
    return found


def _waiting() -> ColumnElement[bool]:
    return Correction.entry.is_(None)
