"""A household rings us: its own case comes to hand by the full number, and nobody else's; never a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.base.phones import Vault
from survey import campaign
from survey.fieldwork.operations import batches, calls, claims, dials
from survey.fieldwork.queries import callers, corrections, held_cases, traits
from survey.fieldwork.queries.frozen_records import frozen_record
from survey.fieldwork.rules.return_calls import Answered, ReturnCaller, may_take, same_home
from survey.models import AccessRecord, Account, Attempt, FrameUnit, Offer, SampledCase, Wave
from survey.registry.rules.sealing import PURPOSE
from survey.waves.queries import opted_out

LOOKED_UP = "return call"
"""What the log of sights says of a number that was looked up because its household rang."""


@dataclass(frozen=True, slots=True)
class ReturnCall:
    """What came of a number that rang: the case in hand now, or why there is none."""

    answered: Answered
    case: SampledCase | None = None


def take(
    session: Session,
    caller: ReturnCaller,
    *,
    interviewer: Account,
    now: datetime,
    vault: Vault,
    tab: str = "",
) -> ReturnCall:
    """Take the case of the household that rings by its full number; each look-up is logged.

    Where several households have the number, what the caller says of where they live is compared; nothing is
    shown to choose from. Hours don't matter. Raises Conflict with a case in hand.
    """
    # One at a time with the claims, so that the order of both can be replayed.
    campaign.campaign_lock(session)
    if held_cases.held(session, interviewer=interviewer) is not None:
        raise Conflict(_("有一户已经在您手上。"))
    found = callers.cases(session, vault.index(caller.number, purpose=PURPOSE), now=now)
    _keep(session, found, by=interviewer, now=now)
    case = found[0] if len(found) == 1 else _named(session, found, said=caller.said, vault=vault)
    if case is None:
        return ReturnCall(Answered.SEVERAL if found else Answered.UNKNOWN)
    # Whoever ends a call holds its case and waits for the lock above: that household is in a hand.
    is_ours = claims.lock_unless_held(session, case)
    why_not = _why_not(session, case, interviewer=interviewer) if is_ours else Answered.BUSY
    if why_not is not None:
        return ReturnCall(why_not)
    _hold(session, case, interviewer=interviewer, tab=tab, now=now, vault=vault)
    return ReturnCall(Answered.TAKEN, case)


def _keep(session: Session, found: Sequence[SampledCase], *, by: Account, now: datetime) -> None:
    """Log the look-up: of each household that has the number, or that none has."""
    units = [case.unit for case in found] or [""]
    session.add_all(AccessRecord(at=now, by=by.login, unit=unit, what=LOOKED_UP) for unit in units)
    session.flush()


def _named(session: Session, found: Sequence[SampledCase], *, said: str, vault: Vault) -> SampledCase | None:
    records = {
        case.unit: frozen_record(session, session.get_one(Wave, case.wave_label), case.unit, vault=vault)
        for case in found
        if session.get_one(FrameUnit, case.unit).row_code is None
    }
    unit = same_home(said, addresses={unit: record.address for unit, record in records.items()})
    return next((case for case in found if case.unit == unit), None)


def _why_not(session: Session, case: SampledCase, *, interviewer: Account) -> Answered | None:
    """Why the case of a household that rings isn't taken into this hand."""
    if opted_out.has(session, case.unit):
        return Answered.SILENT
    if case.holder_id is not None:
        return Answered.BUSY
    if not may_take(case.state, outcome=corrections.outcome(session, case.wave_label, case.unit)):
        return Answered.DONE
    theirs = traits.of(session, interviewer.id, wave=case.wave_label)
    return Answered.COLLEAGUE if case.stratum in theirs.strata else None


def _hold(
    session: Session, case: SampledCase, *, interviewer: Account, tab: str, now: datetime, vault: Vault
) -> None:
    """Row 16, then row 5: the case is held, and the talk has begun, since they are on the line."""
    wave = session.get_one(Wave, case.wave_label)
    case.holder_id, case.fence, case.tab, case.state = interviewer.id, case.fence + 1, tab, "talking"
    claims.lease(case, now=now)
    session.flush()
    record = calls.opened(session, wave, case.unit, by=interviewer, vault=vault, now=now)
    before = session.scalar(select(func.max(Attempt.n)).where(Attempt.unit == case.unit)) or 0
    attempt = Attempt(
        unit=case.unit, n=before + 1, interviewer_id=interviewer.id, started_at=now, window="", is_back=True
    )
    session.add(attempt)
    # Nobody offered it: the row tells a replay that the case left the queue here.
    offer = {"at": now, "unit": case.unit, "interviewer_id": interviewer.id, "fence": case.fence}
    session.execute(insert(Offer).values(**offer))
    dials.know_numbers(session, case.unit, numbers=record.numbers, vault=vault)
    batches.seal_earlier(session, wave.label, now=now)
    calls.log_attempt(session, attempt, wave=wave, record=record, by=interviewer, now=now)
