"""Scores asked for by page: made at once, or left to the background; held, stopped, ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.base.keys import Keyring
from survey.models import ScoreMaking
from survey.scores.operations import releasing
from survey.scores.queries import making as queries
from survey.scores.queries import releases
from survey.scores.rules import making
from survey.waves.queries import waves
from survey.waves.rules.early_ending import check_reason

MOST = 200


@dataclass(frozen=True, slots=True)
class MakingRequest:
    """Whose scores are wanted, by whom, and why again; `why` is None of the first ones."""

    label: str
    by: str
    why: str | None = None


def ask(session: Session, wanted: MakingRequest, *, keys: Keyring, origin: str, now: datetime) -> None:
    """Make the scores of a wave within this transaction if it is small, else leave them to the background.

    Refused where they can't be made; Conflict where they are, or are being made.
    """
    if not making.is_made_at_once(queries.households(session, wanted.label)):
        start(session, wanted, now=now)
    elif wanted.why is None:
        releasing.estimate_and_publish(session, wanted.label, keys=keys, now=now, origin=origin)
    else:
        releasing.correct(session, wanted.label, why=wanted.why, by=wanted.by, now=now)


def start(session: Session, wanted: MakingRequest, *, now: datetime) -> ScoreMaking:
    """Leave the scores of a wave to the background; see `ask`."""
    reason = None if wanted.why is None else check_reason(wanted.why)
    if reason is None:
        releasing.ended_wave(session, wanted.label)
        if releases.first(session, wanted.label) is not None:
            raise Conflict(_("这一轮的得分已经算出来了。"))
    else:
        waves.locked(session, wanted.label, states=("closed",))
        releasing.correctable(session, wanted.label)
    row = ScoreMaking(wave_label=wanted.label, why=reason, asked_by=wanted.by, asked_at=now)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as fault:
        raise Conflict(_("这一轮的得分正在计算，不用再开始。")) from fault
    return row


def claim(session: Session, number: int, *, holder: str, now: datetime) -> bool:
    """Let `holder` compute what was asked for; tell whether nobody else does, and it isn't over.

    What was begun three times and never ended is given up.
    """
    row = session.get(ScoreMaking, number, with_for_update=True, populate_existing=True)
    if row is None or row.ended_at is not None or not making.may_begin(row.state, row.beat_at, now=now):
        return False
    if row.tries >= making.MOST_TRIES:
        end(row, making.FAILED, now=now, failure=_("开始了三次，都没有算完。"))
        return False
    row.state, row.holder, row.beat_at, row.tries = making.RUNNING, holder, now, row.tries + 1
    row.step, row.step_done, row.step_of = "", 0, 0
    return True


def beat(session: Session, number: int, *, holder: str, at: tuple[str, int, int], now: datetime) -> bool:
    """Give a sign of life with the step `at`, done and of how much; tell whether it is still the holder's."""
    step, done, of = at
    mine = update(ScoreMaking).where(ScoreMaking.id == number, ScoreMaking.holder == holder)
    held = session.execute(mine.values(beat_at=now, step=step, step_done=done, step_of=of))
    return bool(getattr(held, "rowcount", 0))


def held(session: Session, number: int, *, holder: str) -> ScoreMaking | None:
    """Return what the holder holds, locked until the transaction's end; None where it was taken away."""
    mine = select(ScoreMaking).where(ScoreMaking.id == number, ScoreMaking.holder == holder)
    return session.scalar(mine.with_for_update())


def put_back(row: ScoreMaking) -> None:
    """Let it be computed anew: what it is computed from has changed since it was read."""
    row.state, row.holder, row.beat_at = making.WAITING, None, None
    row.step, row.step_done, row.step_of = "", 0, 0


def stop(session: Session, label: str, *, by: str, now: datetime) -> None:
    """Stop the making of a wave's scores, whoever is at it; raise Conflict where it is over."""
    alive = select(ScoreMaking).where(ScoreMaking.wave_label == label, ScoreMaking.ended_at.is_(None))
    row = session.scalar(alive.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise Conflict(_("这一轮的得分没有在计算，不用停。"))
    end(row, making.STOPPED, now=now)
    row.ended_by = by


def end(row: ScoreMaking, state: str, *, now: datetime, failure: str = "") -> None:
    """Note how it ended."""
    row.state, row.holder, row.ended_at, row.failure = state, None, now, failure[:MOST] or None
