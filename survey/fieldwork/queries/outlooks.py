"""What an empty seat is told: counted from the queue's index, no case is read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import field_rules, traits
from survey.fieldwork.queries.queue import WAITING, parameters, why_not
from survey.fieldwork.queries.traits import Traits
from survey.fieldwork.rules import outlook
from survey.fieldwork.rules.outlook import QueueOutlook, WaitingCount
from survey.fieldwork.rules.queue import CLOSED, NOT_PLACED
from survey.models import Account, SampledCase, Wave
from survey.waves.queries import opted_out, waves


def of(session: Session, *, interviewer: Account, now: datetime) -> QueueOutlook:
    """Return what an interviewer to whom nothing could be given may expect, over all waves in the field."""
    counts, others = list[WaitingCount](), Counter[str]()
    resumes = list[datetime | None]()
    for wave in waves.in_field(session):
        rules = field_rules.of(session, wave)
        counts += _waiting(session, wave, now=now)
        resumes.append(None if rules.may_dial(now) else rules.next_call(now))
        if rules.may_dial(now):
            theirs = traits.of(session, interviewer.id, wave=wave.label)
            others += _not_theirs(session, wave, who=theirs, now=now)
    later = [at for at in resumes if at is not None]
    return QueueOutlook(
        resumes=min(later) if later and None not in resumes else None,
        waiting=outlook.waiting(counts),
        others=others,
    )


def _waiting(session: Session, wave: Wave, *, now: datetime) -> Sequence[WaitingCount]:
    """Count the waiting cases that don't open yet, those alike together."""
    rows = session.execute(_counted(), {"wave": wave.label, "now": now})
    return [WaitingCount(priority, bool(apart), n, at) for priority, apart, n, at in rows]


@cache
def _counted() -> Select[*tuple[Any, ...]]:
    later = SampledCase.opens_at > SampledCase.next_due
    is_placed = SampledCase.opens_at.is_(None) & (SampledCase.fit > NOT_PLACED)
    return (
        select(SampledCase.priority, later, func.count(), func.min(SampledCase.opens_at))
        .where(SampledCase.wave_label == bindparam("wave"), SampledCase.state.in_(WAITING))
        .where((SampledCase.opens_at > bindparam("now")) | is_placed)
        .group_by(SampledCase.priority, later)
    )


def _not_theirs(session: Session, wave: Wave, *, who: Traits, now: datetime) -> Counter[str]:
    """Count the cases that may be called now, though not by this interviewer, by reason."""
    found = session.execute(_by_reason(), {"wave": wave.label, **parameters(who, now=now)})
    return Counter({reason: n for reason, n in found if reason})


@cache
def _by_reason() -> Select[str | None, int]:
    why = why_not()
    return (
        select(why, func.count())
        .where(SampledCase.wave_label == bindparam("wave"), SampledCase.state == "queued")
        .where(SampledCase.fit < CLOSED, SampledCase.holder_id.is_(None))
        .where(SampledCase.opens_at <= bindparam("now"), ~opted_out.wished(SampledCase.unit))
        .group_by(why)
    )
