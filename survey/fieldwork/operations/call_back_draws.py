"""Each day's lots: whom a second person calls back, drawn by the checkpoint that sealed the day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey.campaign import campaign_lock
from survey.drawing import callbacks
from survey.drawing.answers import new_nonce
from survey.drawing.callbacks import Final, SealedDay
from survey.drawing.canonical import parse_canonical
from survey.fieldwork.queries import held_talks
from survey.fieldwork.queries.held_talks import HeldTalk
from survey.fieldwork.questionnaire import versions
from survey.models import (
    LEDGER,
    AnswerBatch,
    AnswerCommitment,
    CallBack,
    CallBackDraw,
    LogCosignature,
    Wave,
)
from survey.waves.queries import sealed, waves
from survey.waves.rules import wave_rules

LOT = "lot"


def draw_due(session: Session, *, now: datetime) -> int:
    """Draw whom to call back of every day that was sealed since; return how many households.

    Where a wave has witnesses, a day waits for the first checkpoint that enough of them signed. Campaigns
    are checks themselves: nobody is called back about them.
    """
    of_registry = [wave for wave in waves.in_field(session) if not wave.is_campaign]
    return sum(_of_wave(session, wave, now=now) for wave in of_registry if _is_due(session, wave))


def _is_due(session: Session, wave: Wave) -> bool:
    """Whether a day was sealed after the last draw: the log is read only then."""
    batches = select(func.max(AnswerBatch.entry)).join(
        AnswerCommitment, AnswerCommitment.commitment == AnswerBatch.commitment
    )
    newest = session.scalar(batches.where(AnswerCommitment.wave_label == wave.label))
    last = session.scalar(select(func.max(CallBackDraw.after)).where(CallBackDraw.wave_label == wave.label))
    return newest is not None and (last is None or newest > last)


def _of_wave(session: Session, wave: Wave, *, now: datetime) -> int:
    # One at a time, and what is drawn goes into the log as it was read.
    campaign_lock(session)
    LEDGER.hold(session)
    lines = enumerate(map(parse_canonical, sealed.lines(session, wave)), start=wave.first_entry)
    drawn = 0
    for day in callbacks.sealed_days(lines):
        size = _checkpoint(session, wave, after=day.after)
        if size is None:
            break
        drawn += _draw(session, wave, day, size=size, now=now)
    return drawn


def _checkpoint(session: Session, wave: Wave, *, after: int) -> int | None:
    """Return the size whose root draws: right after the day's answers, or the first that witnesses signed."""
    quorum = wave_rules.read(wave.rules).quorum
    if not quorum:
        return after + 1
    signed = select(LogCosignature.size).where(LogCosignature.size > after).group_by(LogCosignature.size)
    return session.scalar(signed.having(func.count() >= quorum).order_by(LogCosignature.size).limit(1))


def _draw(session: Session, wave: Wave, day: SealedDay, *, size: int, now: datetime) -> int:
    root = LEDGER.root(session, size).hex()
    talks = {talk.unit: talk for talk in held_talks.of_units(session, [unit for unit, _by in day.completes])}
    chosen = callbacks.chosen(root, _finals(wave, day, talks))
    lot = [unit for unit, reason in chosen.items() if reason == LOT]
    line = callbacks.entry(
        after=day.after, size=size, root=root, lot=lot, more=len(chosen) - len(lot), s=new_nonce()
    )
    number = LEDGER.append(session, line, at=now)
    session.add(
        CallBackDraw(entry=number, wave_label=wave.label, after=day.after, size=size, root=root, at=now)
    )
    session.flush()
    # A complete that was put right meanwhile was drawn all the same; there is nothing left to ask about.
    rows = [
        _row(talks[unit], reason, entry=number, now=now) for unit, reason in chosen.items() if unit in talks
    ]
    session.add_all(rows)
    session.flush()
    return len(rows)


def _finals(wave: Wave, day: SealedDay, talks: Mapping[str, HeldTalk]) -> Sequence[Final]:
    scales = sorted(versions.of(wave_rules.read(wave.rules).wording).five_level)
    return [_final(unit, by, talks.get(unit), scales=scales) for unit, by in day.completes]


def _final(unit: str, by: str, talk: HeldTalk | None, *, scales: Sequence[str]) -> Final:
    if talk is None:
        return Final(unit, "complete", by, seconds=callbacks.UNKNOWN)
    return Final(unit, "complete", by, seconds=int(talk.seconds), even=bool(talk.is_even(scales)))


def _row(talk: HeldTalk, reason: str, *, entry: int, now: datetime) -> CallBack:
    return CallBack(
        unit=talk.unit,
        entry=entry,
        reason=reason,
        interviewer_id=talk.interviewer_id,
        attempt_id=talk.attempt_id,
        next_due=now,
    )
