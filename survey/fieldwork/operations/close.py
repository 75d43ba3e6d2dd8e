"""The end of the field: every released unit gets its outcome, the answers are sealed, the score is logged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from huying.base.clock import civil_minute, day
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from survey.drawing import entries, tally
from survey.fieldwork.operations import outcomes
from survey.fieldwork.rules.dispositions import UNREACHED
from survey.models import LEDGER, AnswerCommitment, Attempt, SampledCase, Wave
from survey.waves.queries import field_progress, terms, waves
from survey.waves.rules import wave_rules

BY_RULE = "rule"
UNTRIED = UNREACHED | {"not_attempted", "unknown_if_household"}


def close(session: Session, label: str, *, now: datetime) -> Wave:
    """End the field of a wave: log the answers' commitments, the close and the score, its last entry.

    Refused before the field was opened, while anybody holds a case, and before the field's end while cases
    wait. Whoever still waits at the end gets the outcome that the log gives.
    """
    wave = waves.locked(session, label, states=("drawn",))
    waiting = _waiting(session, wave, now=now)
    for case in waiting:
        outcomes.close(session, case, now=now, by=BY_RULE)
    _seal_answers(session, label, now=now)
    line = entries.close(
        result="done",
        why="field_ended" if waiting else "all_worked",
        short=_short(session, wave),
        unworked=_unworked(session, wave),
    )
    LEDGER.append(session, line, at=now)
    wave.last_entry = LEDGER.append(session, _score(session, label), at=now)
    wave.state, wave.closed_at = "closed", now
    session.flush()
    return wave


def _waiting(session: Session, wave: Wave, *, now: datetime) -> Sequence[SampledCase]:
    """Return the cases without an outcome, held by this transaction; raise where the field can't end."""
    cases = select(SampledCase).where(SampledCase.wave_label == wave.label).order_by(SampledCase.unit)
    everyone = session.scalars(cases.with_for_update()).all()
    if not everyone:
        raise Refused(_("首批还没有放出，不能结束这一轮。"))
    if any(case.holder_id is not None for case in everyone):
        raise Conflict(_("还有访问员正在访问，请等他们做完手上的一户再结束。"))
    waiting = [case for case in everyone if case.final_code is None]
    if waiting and wave.field_ends_at is not None and now < wave.field_ends_at:
        raise Refused(_("还没有到访问截止时间，还有 %(n)s 户没有结果。", n=len(waiting)))
    return waiting


def _seal_answers(session: Session, label: str, *, now: datetime) -> None:
    """Log all commitments as one batch: nothing ties a commitment to a day or a unit."""
    waiting = select(AnswerCommitment.stratum, AnswerCommitment.commitment).where(
        AnswerCommitment.wave_label == label, AnswerCommitment.logged.is_(False)
    )
    batch: dict[str, list[str]] = {}
    for stratum, commitment in session.execute(waiting):
        batch.setdefault(stratum, []).append(commitment)
    if batch:
        LEDGER.append(session, entries.answers(day=day(now), c=batch), at=now)
    session.execute(update(AnswerCommitment).where(AnswerCommitment.wave_label == label).values(logged=True))


def _short(session: Session, wave: Wave) -> list[str]:
    """Strata whose next replicate the rule still asks for."""
    rule = wave_rules.read(wave.rules).release
    progress = field_progress.progress_of(session, wave.label)
    rows = waves.design_rows(session, wave.label)
    return [row.stratum for row in rows if rule.holds(row, progress=progress[row.stratum])]


def _unworked(session: Session, wave: Wave) -> list[str]:
    """Units that nobody reached and that were tried less often than was sealed."""
    minutes: dict[str, set[str]] = {}
    tried = (
        select(SampledCase.unit, Attempt.dialled_at)
        .outerjoin(Attempt, Attempt.unit == SampledCase.unit)
        .where(SampledCase.wave_label == wave.label, SampledCase.final_code.in_(UNTRIED))
    )
    for unit, at in session.execute(tried):
        minutes.setdefault(unit, set()).update({civil_minute(at)} if at else ())
    least = wave_rules.read(wave.rules).attempts
    return [unit for unit, times in minutes.items() if len(times) < least]


def _score(session: Session, label: str) -> bytes:
    counts = waves.tally_of(session, label)
    mean = tally.mean(counts, design=waves.design_rows(session, label))
    # A tally of an arm would tell what those on a list said, whom its worker knows by name.
    publishable = tally.is_publishable(counts) and not terms.split(session, label)
    return entries.score(mean=mean, publishable=publishable)
