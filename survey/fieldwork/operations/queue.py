"""The next case: nobody chooses it, and two never hold it."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from hashlib import sha256

from sqlalchemy import Update, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from survey import campaign
from survey.fieldwork.operations import claims, placing
from survey.fieldwork.queries import field_rules, held_cases
from survey.fieldwork.queries import queue as waiting
from survey.fieldwork.queries.queue import NextCase, QueueGlance
from survey.fieldwork.rules.hours import window
from survey.fieldwork.rules.queue import FieldRules
from survey.models import Account, Attempt, Offer, SampledCase, Wave
from survey.waves.queries import waves


def next_case(session: Session, *, interviewer: Account, now: datetime) -> SampledCase | None:
    """Claim the next case for the interviewer: the one already held, else the first that may be called now.

    There is no choice and no list. Returns None where nothing may be called now.
    """
    # One claim at a time: with clock and log the order of offers can be replayed.
    campaign.campaign_lock(session)
    return held_cases.held(session, interviewer=interviewer) or next_free(
        session, interviewer=interviewer, now=now
    )


def next_free(session: Session, *, interviewer: Account, now: datetime) -> SampledCase | None:
    """Claim the first case that may be called now, for somebody without one, under the campaign's lock."""
    for wave in waves.in_field(session):
        rules = field_rules.of(session, wave)
        if not rules.may_dial(now):
            continue
        _refresh(session, wave, rules=rules, now=now)
        if (seen := waiting.glance(session, wave, now=now)).is_empty:
            continue
        _make_ready(session, wave, seen, rules=rules, now=now)
        found = waiting.next_of(session, wave, rules=rules, interviewer=interviewer, now=now)
        if found is not None:
            return _claim(session, found, wave=wave, rules=rules, interviewer=interviewer, now=now)
    return None


def prepare(session: Session, *, now: datetime) -> int:
    """Draw fits before their window begins and place new cases; return of how many waves.

    A claim that comes before this was done does it itself, and finds the same cases.
    """
    campaign.campaign_lock(session)
    behind = waiting.behind(session, now=now)
    for wave, rules in behind:
        _draw(session, wave, rules=rules, now=now)
    return len(behind)


def _draw(session: Session, wave: Wave, *, rules: FieldRules, now: datetime) -> None:
    _refresh(session, wave, rules=rules, now=now)
    if waiting.has_new(session, wave):
        placing.place_new(session, wave, rules=rules, now=now)


def _refresh(session: Session, wave: Wave, *, rules: FieldRules, now: datetime) -> None:
    at = waiting.draw_due(session, wave, rules=rules, now=now)
    stamp = rules.stamp(at) if at else None
    if at and stamp:
        placing.refresh(session, wave, rules=rules, stamp=stamp, now=at)


def _make_ready(session: Session, wave: Wave, seen: QueueGlance, *, rules: FieldRules, now: datetime) -> None:
    """Let the cases whose time has come stand in line: new ones placed, due ones queued."""
    if seen.new:
        placing.place_new(session, wave, rules=rules, now=now)
    if seen.due:
        given = {"wave": wave.label, "now": now}
        session.execute(_queued(), given, execution_options={"synchronize_session": False})


@cache
def _queued() -> Update:
    due = SampledCase.state == "resting", SampledCase.opens_at <= bindparam("now")
    return update(SampledCase).where(SampledCase.wave_label == bindparam("wave"), *due).values(state="queued")


def _claim(
    session: Session,
    found: NextCase,
    *,
    wave: Wave,
    rules: FieldRules,
    interviewer: Account,
    now: datetime,
) -> SampledCase:
    unit = found.case.unit
    claimed = session.execute(
        update(SampledCase)
        .where(SampledCase.unit == unit, SampledCase.holder_id.is_(None))
        .values(
            holder_id=interviewer.id,
            lease_until=now + claims.LEASE,
            fence=SampledCase.fence + 1,
            state="held",
            tab="",
        )
        .returning(SampledCase.fence)
    ).scalar_one_or_none()
    if claimed is None:
        raise Conflict(_("这一户刚被别的访问员接走了，请再按一次。"))
    session.execute(
        insert(Offer).values(**_offer(found, wave, now), interviewer_id=interviewer.id, fence=claimed)
    )
    before = select(func.coalesce(func.max(Attempt.n), 0) + 1).where(Attempt.unit == unit).scalar_subquery()
    session.execute(
        insert(Attempt).values(
            unit=unit,
            n=before,
            interviewer_id=interviewer.id,
            started_at=now,
            window=window(now, calendar=rules.calendar) or "",
        )
    )
    return session.get_one(SampledCase, unit, populate_existing=True)


def _offer(found: NextCase, wave: Wave, now: datetime) -> dict[str, object]:
    """What decided that this case is offered now, as the log keeps it."""
    case = found.case
    return {
        "at": now,
        "unit": case.unit,
        "offered_as": case.offered_as(now),
        "due": case.due,
        "fit": case.fit,
        "counted": case.counted,
        "rank": case.rank,
        "theta": case.theta,
        "filtered": json.dumps(dict(found.filtered), sort_keys=True),
        "rules_hash": sha256(wave.rules.encode()).hexdigest(),
    }
