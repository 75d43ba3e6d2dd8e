"""A case's place in the queue: set when it begins to wait, drawn anew for all when a window opens."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from huying.base.clock import local
from survey.campaign import campaign_lock
from survey.fieldwork.operations import field_counts
from survey.fieldwork.queries import field_rules, histories
from survey.fieldwork.queries import queue as waiting
from survey.fieldwork.rules import hours
from survey.fieldwork.rules.fit import Season
from survey.fieldwork.rules.placing import QueuePlace, placed
from survey.fieldwork.rules.queue import APPOINTED, FieldRules, WaitingCase
from survey.models import Appointment, Attempt, FitRefresh, Offer, Placement, SampledCase, Wave


def place(session: Session, case: SampledCase) -> None:
    """Put a case that waits from now on into the queue: by its class, its due time and what it went through.

    Called by whatever lets go of a case, once `next_due`, `priority` and `counted` say how it is to go on.
    """
    session.flush()
    # Placements and offers have one order, which the log keeps.
    campaign_lock(session)
    wave = session.get_one(Wave, case.wave_label)
    rules = field_rules.of(session, wave)
    history = histories.of_units(session, [case.unit]).get(case.unit, ())
    refresh = field_rules.last_refresh(session, wave.label)
    season = field_rules.season(refresh, seed=rules.seed) if refresh else None
    released = case.released_at or case.next_due
    known = WaitingCase(case.unit, case.priority, case.next_due, released, history)
    (found,) = placed([known], rules=rules, stamp=refresh.stamp if refresh else None, season=season)
    case.opens_at, case.fit, case.theta = found.opens_at, found.fit, found.theta
    case.pinned_id = _pinned(session, case) if case.priority == APPOINTED else None
    _log(session, case)
    session.flush()


def refresh(session: Session, wave: Wave, *, rules: FieldRules, stamp: str, now: datetime) -> None:
    """Draw the fits of the waiting cases for the slot that `now` lies in, and log that.

    `now` may be the slot's beginning, shortly before: what opens then stands in line already.
    """
    midnight = local(now).replace(hour=0, minute=0, second=0, microsecond=0)
    counts = field_rules.window_counts(session, wave.label, before=midnight)
    session.execute(
        insert(FitRefresh).values(
            wave_label=wave.label,
            at=now,
            after_offer=_last_offer(session),
            stamp=stamp,
            counts=json.dumps({window: astuple(each) for window, each in counts.items()}, sort_keys=True),
        )
    )
    season = Season(rules.seed, stamp.split(maxsplit=1)[0], counts)
    until = hours.slot_stop(now, calendar=rules.calendar)
    cases = waiting.ordinary(session, wave, until=None if rules.ends else until)
    store(session, placed(cases, rules=rules, stamp=stamp, season=season, after=now), now=now)


def place_new(session: Session, wave: Wave, *, rules: FieldRules, now: datetime) -> None:
    """Place the cases that nobody placed yet: those that were released since.

    They stand as if they had waited when fits were last drawn: who places them, and when, is all one.
    """
    last = field_rules.last_refresh(session, wave.label)
    season = field_rules.season(last, seed=rules.seed) if last else None
    cases = waiting.ordinary(session, wave, new=True)
    stamp, after = (last.stamp, last.at) if last else (None, None)
    store(session, placed(cases, rules=rules, stamp=stamp, season=season, after=after), now=now)


def store(session: Session, found: Sequence[QueuePlace], *, now: datetime) -> None:
    """Write places down."""
    rows: list[Mapping[str, object]] = [
        {
            "unit": each.unit,
            "opens_at": each.opens_at,
            "fit": each.fit,
            "theta": each.theta,
            "state": "queued" if each.opens_at and each.opens_at <= now else "resting",
        }
        for each in found
    ]
    if rows:
        session.execute(update(SampledCase), rows)
        session.expire_all()
        field_counts.gather(session)


def _pinned(session: Session, case: SampledCase) -> int | None:
    wanted = select(Appointment.pinned_id).where(
        Appointment.unit == case.unit, Appointment.ended_at.is_(None)
    )
    return session.scalar(wanted)


def _log(session: Session, case: SampledCase) -> None:
    made = session.scalar(select(func.max(Attempt.n)).where(Attempt.unit == case.unit)) or 0
    session.execute(
        insert(Placement).values(
            unit=case.unit,
            after_offer=_last_offer(session),
            priority=case.priority,
            due=case.next_due,
            counted=case.counted,
            attempts=made,
            pinned_id=case.pinned_id,
            language=case.language,
        )
    )


def _last_offer(session: Session) -> int:
    return session.scalar(select(func.max(Offer.seq))) or 0
