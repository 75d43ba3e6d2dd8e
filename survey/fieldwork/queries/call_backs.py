"""Call-backs: which one is next for whom, which are over, and how far they agree with their interviews."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, aliased

from survey.fieldwork.queries import traits, voided
from survey.fieldwork.queries.interviews import so_far
from survey.fieldwork.questionnaire.items import Item
from survey.fieldwork.rules import call_backs as rules
from survey.fieldwork.rules.call_backs import CheckedTalk
from survey.fieldwork.rules.corrections import COMPLETES
from survey.models import Account, Attempt, CallBack, CallBackDraw, Dial, Dispute, SampledCase, Wave
from survey.waves.queries import in_force, opted_out, waves


def taken(session: Session, *, interviewer: Account) -> Sequence[CallBack]:
    """Return what an interviewer took and didn't finish, however long ago."""
    return session.scalars(select(CallBack).where(CallBack.holder_id == interviewer.id)).all()


def held(session: Session, *, interviewer: Account, now: datetime) -> CallBack | None:
    """Return the call-back that an interviewer has in hand; None where there is none, or for too long."""
    mine = select(CallBack).where(
        CallBack.holder_id == interviewer.id, CallBack.taken_at > now - rules.IN_HAND
    )
    return session.scalar(mine)


def next_of(session: Session, *, interviewer: Account, now: datetime) -> CallBack | None:
    """Return whom this interviewer may call back now: an interview of somebody else's that stands."""
    labels = [wave.label for wave in waves.in_field(session)]
    away = [stratum for label in labels for stratum in traits.of(session, interviewer.id, wave=label).strata]
    waiting = (
        select(CallBack)
        .join(SampledCase, SampledCase.unit == CallBack.unit)
        .where(SampledCase.wave_label.in_(labels), SampledCase.stratum.not_in(away))
        .where(CallBack.verdict.is_(None), CallBack.interviewer_id != interviewer.id)
        .where(CallBack.next_due <= now, ~opted_out.wished(CallBack.unit))
        .where(in_force.outcome().in_(COMPLETES), ~voided.ever(CallBack.unit))
        .where(or_(CallBack.holder_id.is_(None), CallBack.taken_at <= now - rules.IN_HAND))
        .order_by(CallBack.tries, CallBack.entry, CallBack.unit)
    )
    return session.scalar(waiting.limit(1))


def is_any_left(session: Session, *, interviewer: Account, now: datetime) -> bool:
    """Whether a household waits to be called back by this interviewer, or is in hand."""
    return (
        held(session, interviewer=interviewer, now=now) is not None
        or next_of(session, interviewer=interviewer, now=now) is not None
    )


def position(session: Session, row: CallBack) -> int:
    """Return which of the household's numbers the interview was held at, counted from 1."""
    rows = select(Dial.position).where(Dial.attempt_id == row.attempt_id)
    return session.scalar(rows.order_by(Dial.started_at.desc(), Dial.ulid.desc()).limit(1)) or 1


@dataclass(frozen=True, slots=True)
class CallBackInHand:
    """A household to be called back: when its interview was, what is asked again, whether it was dialled."""

    unit: str
    interviewed: datetime
    facts: Sequence[Item]
    is_dialled: bool


def in_hand(session: Session, row: CallBack) -> CallBackInHand:
    """Return what the interviewer sees of a call-back: never what was answered before."""
    attempt, talk = session.get_one(Attempt, row.attempt_id), so_far(session, row.unit)
    asked = rules.asked_again(talk.answers)
    facts = [item for code in asked if (item := talk.form.item(code)) is not None]
    return CallBackInHand(
        row.unit, attempt.dialled_at or attempt.started_at, facts, row.dialled_at is not None
    )


@dataclass(frozen=True, slots=True)
class DifferingTalk:
    """A call-back that doesn't agree: the interview's case, interviewer and time, and what differs.

    `disputed` tells whether somebody has doubted the interview already.
    """

    unit: str
    interviewer: str
    interviewed: datetime
    called_by: str
    called: datetime
    differs: Sequence[str]
    disputed: bool


@dataclass(frozen=True, slots=True)
class WaveCallBacks:
    """The call-backs of a wave: how many wait, how they ended, what each told beside its interview."""

    waiting: int
    verdicts: Mapping[str, int]
    reasons: Mapping[str, int]
    checked: Sequence[CheckedTalk]
    differing: Sequence[DifferingTalk]


def of_wave(session: Session, label: str) -> WaveCallBacks:
    """Return how a wave's call-backs stand."""
    mine = select(CallBack).join(CallBackDraw, CallBackDraw.entry == CallBack.entry)
    rows = session.scalars(mine.where(CallBackDraw.wave_label == label).order_by(CallBack.unit)).all()
    told = {row.unit: rules.read(row.said) for row in rows if row.said}
    return WaveCallBacks(
        waiting=sum(row.verdict is None for row in rows),
        verdicts=Counter(row.verdict for row in rows if row.verdict is not None),
        reasons=Counter(row.reason for row in rows),
        checked=[told[unit] for unit in sorted(told)],
        differing=_differing(session, label, told),
    )


def _differing(session: Session, label: str, told: Mapping[str, CheckedTalk]) -> list[DifferingTalk]:
    first, second = aliased(Account), aliased(Account)
    disputed = exists().where(Dispute.unit == CallBack.unit)
    rows = (
        select(CallBack.unit, first.code, Attempt.dialled_at, second.code, CallBack.ended_at, disputed)
        .join(Attempt, Attempt.id == CallBack.attempt_id)
        .join(first, first.id == CallBack.interviewer_id)
        .join(second, second.id == CallBack.by_id)
        .join(SampledCase, SampledCase.unit == CallBack.unit)
        .where(SampledCase.wave_label == label, CallBack.verdict == "differs")
        .order_by(CallBack.ended_at, CallBack.unit)
    )
    return [
        DifferingTalk(unit, by or "", at, again or "", ended, told[unit].differing, is_disputed)
        for unit, by, at, again, ended, is_disputed in session.execute(rows)
        if at is not None and ended is not None and unit in told
    ]


def wave_in_question(session: Session) -> Wave | None:
    """Return the wave that is drawn and not yet scored; None where there is none."""
    return session.scalar(
        select(Wave).where(Wave.state == "drawn").order_by(Wave.first_entry.desc()).limit(1)
    )
