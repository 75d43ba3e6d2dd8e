"""Never call again: one wish, at once, for the household and its numbers, in all waves and modes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.base.ulids import new_ulid
from survey.fieldwork.operations import closing
from survey.fieldwork.queries import callers, dials
from survey.fieldwork.queries.last_steps import AFTERWARDS
from survey.fieldwork.rules.dispositions import group_of
from survey.fieldwork.rules.return_calls import UNREACHED_CLASSES, ReturnCaller
from survey.models import (
    AccessRecord,
    Account,
    Attempt,
    CaseEvent,
    DoNotCall,
    FrameUnit,
    Outcome,
    SampledCase,
    Wave,
)
from survey.registry.rules.sealing import PURPOSE
from survey.waves.queries import in_force
from survey.waves.queries.opted_out import OPTED_OUT, STANDS

SAID, TAKEN_BACK = "never call again", "never call again: undone"
WISH = 26
"""The length of a wish's name."""
BY_NUMBER, LIFTED = "never call again: by number", "never call again: lifted"
"""What the log of sights says where somebody gave a number for it."""


def say(
    session: Session, unit: str, *, interviewer: Account, now: datetime, how: str = "call", once: str = ""
) -> str:
    """Record that the household of a call wishes no call ever again: at any point of the call, or just after.

    Returns the wish, by which it is undone; sent twice under the name `once` it is one. Other open cases of
    the household close at once; the one in hand closes as its call ends, and one whose call just ended in
    the next round of work: nobody dials it, and until then the press can be taken back.
    """
    attempt, name = _call_of(session, unit, interviewer=interviewer, now=now), once[:WISH]
    if name and session.scalar(select(DoNotCall.id).where(DoNotCall.wish == name).limit(1)) is not None:
        return name
    household = session.get_one(FrameUnit, unit).household_code
    numbers = [row.blind_index for row in dials.numbers(session, unit)]
    told = {"by": interviewer.login, "how": how, "unit": unit, "wish": name}
    wish = record(session, household, numbers=numbers, now=now, waits=unit, **told)
    session.add(CaseEvent(unit=unit, attempt_id=attempt.id, at=now, by=interviewer.login, what=SAID))
    session.flush()
    return wish


def record(
    session: Session,
    household: str | None,
    *,
    by: str,
    how: str,
    now: datetime,
    numbers: Iterable[bytes] = (),
    unit: str | None = None,
    wish: str = "",
    waits: str = "",
) -> str:
    """Store the wish of a household (None: only a number is known), with the blind indexes of its numbers.

    Returns the name of the wish. The open case `waits` isn't closed yet.
    """
    wish = wish or new_ulid(now)
    told = {"wish": wish, "unit": unit, "at": now, "by": by, "how": how}
    session.add_all(DoNotCall(household_code=each, **told) for each in [household] if each)
    session.add_all(DoNotCall(number_index=each, **told) for each in numbers)
    session.flush()
    if household:
        _close_cases(session, household, by=by, now=now, waits=waits)
    return wish


def say_by_number(
    session: Session, caller: ReturnCaller, *, by: Account, how: str, now: datetime, vault: Vault
) -> bool:
    """Record the wish of whoever rings or writes by a full number, in the registry or not, in a field or not.

    Returns whether one household was known by it, or by what the caller said of the home; the number is
    barred in any case.
    """
    index = vault.index(caller.number, purpose=PURPOSE)
    household = callers.household_of(session, index, said=caller.said)
    numbers = {index} | (callers.numbers_of(session, household) if household else set())
    session.add(AccessRecord(at=now, by=by.login, unit="", what=BY_NUMBER))
    record(session, household, by=by.login, how=how, now=now, numbers=sorted(numbers))
    return household is not None


def lift_by_number(
    session: Session, caller: ReturnCaller, *, by: Account, why: str, now: datetime, vault: Vault
) -> None:
    """Lift the wishes of a number and its household, as the resident asked for in the words of `why`."""
    _check_why(why)
    index = vault.index(caller.number, purpose=PURPOSE)
    household = callers.household_of(session, index, said=caller.said)
    mine = DoNotCall.number_index == index
    if household is not None:
        mine = or_(mine, DoNotCall.household_code == household)
    named = select(DoNotCall.wish).where(mine, STANDS)
    wishes = set(session.scalars(named))
    if not wishes:
        raise NotFound(_("这个号码没有记过“不要再打”。"))
    session.add(AccessRecord(at=now, by=by.login, unit="", what=LIFTED))
    _lift(session, DoNotCall.wish.in_(wishes), by=by.login, why=why.strip(), now=now)


def _close_cases(session: Session, household: str, *, by: str, now: datetime, waits: str) -> None:
    mine = (
        select(SampledCase)
        .join(FrameUnit, FrameUnit.unit == SampledCase.unit)
        .join(Wave, Wave.label == SampledCase.wave_label)
        .where(FrameUnit.household_code == household, SampledCase.holder_id.is_(None))
        .where(Wave.state == "drawn", Wave.ended_at.is_(None))
        .where(or_(SampledCase.unit != waits, SampledCase.final_code.is_not(None)))
    )
    for case in session.scalars(mine.order_by(SampledCase.unit).with_for_update(of=SampledCase)).all():
        if case.state != "closed":
            closing.close(session, case, now=now, by="rule")
        elif group_of(_in_force(session, case)) in UNREACHED_CLASSES:
            closing.correct(session, case, to=OPTED_OUT, by=by, now=now)


def _in_force(session: Session, case: SampledCase) -> str:
    return session.scalars(select(in_force.outcome()).where(SampledCase.unit == case.unit)).one()


def undo(session: Session, unit: str, *, interviewer: Account, now: datetime, wish: str = "") -> None:
    """Take back the wish just recorded in this call, before the interviewer went on.

    A wish that is named and was taken back is left. Raises Conflict where there is none, or an outcome
    followed from it.
    """
    attempt = _call_of(session, unit, interviewer=interviewer, now=now)
    if wish and _was_lifted(session, unit, wish=wish):
        return
    last = (
        select(DoNotCall.wish, DoNotCall.at)
        .where(DoNotCall.unit == unit, STANDS, DoNotCall.at >= attempt.started_at)
        .where(DoNotCall.by == interviewer.login)
        .order_by(DoNotCall.id.desc())
    )
    found = session.execute(last.limit(1)).first()
    if found is None:
        raise Conflict(_("这次通话里没有记过“不要再打”。"))
    since = select(Outcome.id).where(Outcome.unit == unit, Outcome.at >= found.at, Outcome.code == OPTED_OUT)
    if session.scalar(since.limit(1)) is not None:
        raise Conflict(_("这一户已经按“不要再打”办结，不能撤回；住户本人要求恢复时，另行登记。"))
    _lift(session, DoNotCall.wish == found.wish, by=interviewer.login, why=TAKEN_BACK, now=now)
    session.add(CaseEvent(unit=unit, attempt_id=attempt.id, at=now, by=interviewer.login, what=TAKEN_BACK))
    session.flush()


def _was_lifted(session: Session, unit: str, *, wish: str) -> bool:
    lifted = select(DoNotCall.id).where(DoNotCall.unit == unit, DoNotCall.wish == wish)
    return session.scalar(lifted.where(DoNotCall.lifted_at.is_not(None)).limit(1)) is not None


def lift(session: Session, household: str, *, by: str, why: str, now: datetime) -> None:
    """Lift the wish of a household as its resident asked for, in the words of `why`."""
    _check_why(why)
    of_household = select(DoNotCall.wish).where(DoNotCall.household_code == household, STANDS)
    if session.scalar(of_household.limit(1)) is None:
        raise NotFound(_("这一户没有记过“不要再打”。"))
    _lift(session, DoNotCall.wish.in_(of_household), by=by, why=why.strip(), now=now)


def _check_why(why: str) -> None:
    if not why.strip():
        raise Conflict(_("只有住户本人要求才能恢复，请写明是谁、怎么提出的。"))


def lift_of_unit(session: Session, unit: str, *, by: str, why: str, now: datetime) -> None:
    """Lift what was recorded by a call whose outcome proved wrong."""
    _lift(session, DoNotCall.unit == unit, by=by, why=why, now=now)


def _lift(session: Session, which: ColumnElement[bool], *, by: str, why: str, now: datetime) -> None:
    for row in session.scalars(select(DoNotCall).where(which, STANDS)).all():
        row.lifted_at, row.lifted_by, row.lifted_why = now, by, why[:200]
    session.flush()


def _call_of(session: Session, unit: str, *, interviewer: Account, now: datetime) -> Attempt:
    """Return the interviewer's call with a household: the one in hand, or the last that just ended."""
    calls = select(Attempt).where(Attempt.unit == unit, Attempt.dialled_at.is_not(None))
    last = session.scalar(calls.order_by(Attempt.n.desc()).limit(1))
    if last is None or last.interviewer_id != interviewer.id:
        raise Conflict(_("这一户不在您手上。"))
    if last.ended_at is not None and now - last.ended_at > AFTERWARDS:
        raise Conflict(_("这次通话早已结束，请交给督导办理。"))
    return last


def close_silent(session: Session, *, now: datetime) -> int:
    """Close what waits though its household wishes no call, as one just released; return how many."""
    found = closing.silent_cases(session)
    for case in found:
        closing.close(session, case, now=now, by="rule")
    return len(found)
