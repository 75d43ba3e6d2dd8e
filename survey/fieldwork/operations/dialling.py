"""A carrier rings a household: stored and committed first, asked outside any transaction, never twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.store.db import Database
from huying.store.installation import Installation
from huying.telephony import choice, pacing
from huying.telephony.dialler import Dialler, DialResult, ProviderEvent, refused
from huying.telephony.voice import NotServed, Placed
from survey.fieldwork.operations import calls, claims, provider_events, recordings
from survey.fieldwork.queries import dials as dials_of
from survey.fieldwork.queries import held_cases, histories, lines
from survey.fieldwork.queries.lines import GIVEN_UP, LOST, OpenLine
from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules.dials import DialLine
from survey.fieldwork.rules.provider_results import PROVIDER, later_state, provider_code, refusal
from survey.models import Account, Dial, SampledCase, Wave
from survey.waves.queries import opted_out
from survey.waves.rules import wave_rules

BY_RULE = "rule"
CAUSES_OF = {"technical_ours": "ours"}


@dataclass(frozen=True, slots=True)
class DialDesk:
    """What places dials: the database, the keys, who carries them. `records`: after consent, where it can."""

    database: Database
    vault: Vault
    dialler: Dialler
    records: bool = False
    now: Callable[[], datetime] = clock.now
    wait: pacing.Wait = time.sleep

    @property
    def line(self) -> DialLine:
        """What a dial is told of whoever carries it."""
        return DialLine(
            self.dialler.name, self.records and self.dialler.abilities.records, self.dialler.serves
        )


def desk_of(installation: Installation) -> DialDesk:
    """Return what places the dials of an installation, as its settings say."""
    resolve = lines.resolver(installation.database, installation.vault)
    settings = installation.settings
    made = choice.dialler(settings.dialler, resolve, base_url=settings.base_url)
    records = settings.dialler.recording_days > 0
    return DialDesk(installation.database, installation.vault, made, records)


def ring(desk: DialDesk, unit: str, *, interviewer: Account, fence: int) -> Dial | None:
    """Ring the next number of a household for its interviewer; a second press rings nobody.

    Returns None where nothing may be dialled: the case is closed then.
    """
    with desk.database.transaction() as session:
        begun, is_new = begin(desk, session, unit, interviewer=interviewer, fence=fence)
    if begun is not None and is_new:
        place(desk, begun, interviewer=interviewer, fence=fence)
    return begun


def begin(
    desk: DialDesk, session: Session, unit: str, *, interviewer: Account, fence: int
) -> tuple[Dial | None, bool]:
    """Store that a number is dialled; tell whether it wasn't before. Commit before anything rings."""
    now = desk.now()
    claims.seat(session, unit, interviewer=interviewer, fence=fence, now=now)
    before = dials_of.open_of(session, unit)
    if before is None and lines.is_down(session, desk.dialler.name, now=now):
        raise Refused(_("拨出去的电话大多打不通，多半是线路的故障，已经停拨。请告诉督导。"), status=503)
    begun = calls.start(
        session, unit, interviewer=interviewer, fence=fence, now=now, vault=desk.vault, line=desk.line
    )
    return begun, before is None


def place(desk: DialDesk, dial: Dial, *, interviewer: Account, fence: int) -> None:
    """Check a stored dial once more, ask the carrier for it outside any transaction, store what came back.

    Raises Refused where it may not ring any more: it is over then, and nobody was asked.
    """
    try:
        with desk.database.transaction() as session:
            recheck(session, dial.ulid, interviewer=interviewer, fence=fence, now=desk.now())
    except Refused:
        with desk.database.transaction() as session:
            _close(session, dial.ulid, code="cancelled_by_us", now=desk.now())
        raise
    result = _asked(desk, dial, interviewer=interviewer)
    with desk.database.transaction() as session:
        note(session, dial.ulid, result, now=desk.now())


def _asked(desk: DialDesk, dial: Dial, *, interviewer: Account) -> DialResult:
    """Ask the carrier; where it had no room, again after a while."""
    ask = partial(
        desk.dialler.dial, dial.ulid, number_ref=dial.number_ref, interviewer=interviewer.code or ""
    )
    try:
        return pacing.place(ask, dial_id=dial.ulid, wait=desk.wait)
    except NotServed:
        return refused("not_served")


def recheck(session: Session, ulid: str, *, interviewer: Account, fence: int, now: datetime) -> None:
    """Raise Refused where what was stored may not ring now: fence, hours, wishes, limits."""
    dial = session.get_one(Dial, ulid)
    case = claims.seat(session, dial.unit, interviewer=interviewer, fence=fence, now=now)
    calls.check_now(session, case, now=now)
    wished = opted_out.has(session, dial.unit) or dial.position in opted_out.barred(session, dial.unit)
    if wished or dial.code is not None or case.state != "held":
        raise Conflict(_("这一户现在不能拨打，没有拨出去。"))
    _check_limits(session, case)


def _check_limits(session: Session, case: SampledCase) -> None:
    """Raise Conflict above all that rules and wishes of a household can add up to."""
    effort = wave_rules.read(session.get_one(Wave, case.wave_label).rules).effort
    history = histories.of_units(session, [case.unit]).get(case.unit, [])
    if len(policy.counted(history)) >= effort.attempts + effort.asked_extra + policy.SECOND_LOOKS:
        raise Conflict(_("这一户已经打够次数了，没有拨出去。"))


def note(session: Session, ulid: str, result: DialResult, *, now: datetime) -> None:
    """Store what came back of a dial; events may have told more already.

    Refused is over; of an unknown one a callback tells, or `settle` asks. It is never dialled again.
    """
    case, dial = _locked(session, ulid)
    if result.placed is Placed.REFUSED:
        told = refusal(result)
        dial.cause, dial.state = dial.cause or told.cause, later_state(dial.state, told.status)
        dial.line_ended_at = dial.line_ended_at or now
        health = lines.health(session, dial, cause=told.cause, now=now)
        if dial.code is None:
            code = provider_code(told, health=health) or "technical_ours"
            provider_events.end(session, case, dial, code=code, set_by=PROVIDER, now=now)
    elif dial.state == "requested":
        dial.state = "unknown" if result.placed is Placed.UNKNOWN else "queued"
    provider_events.name_line(session, dial, sid=result.sid)
    if case.holder_id is not None and held_cases.attempt_in_hand(session, case).id == dial.attempt_id:
        claims.lease(case, now=now)
    session.flush()


def settle(desk: DialDesk, *, patient: bool = True) -> int:
    """Ask the carrier of every dial that it should have told of; return how many are settled.

    One of which it knows nothing after a while never arrived: our fault, and no attempt. A line whose call
    was coded here is hung up.
    """
    with desk.database.reading() as session:
        found = lines.to_settle(session, desk.dialler.name, now=desk.now(), patient=patient)
    return sum(_settle(desk, line) for line in found)


def _settle(desk: DialDesk, line: OpenLine) -> bool:
    if line.code is not None and line.sid:
        desk.dialler.hang_up(line.ulid, sid=line.sid)
    told = desk.dialler.reconcile(
        line.ulid, number_ref=line.number_ref, interviewer=line.interviewer, since=line.started_at
    )
    now = desk.now()
    with desk.database.transaction() as session:
        provider_events.keep(session, told or (), vault=desk.vault, now=now)
        provider_events.take(session, line.ulid, now=now)
        is_lost = told == () and now - line.started_at >= LOST and not lines.events_of(session, line.ulid)
        if is_lost or now - line.started_at >= GIVEN_UP:
            _close(session, line.ulid, code="technical_ours", now=now)
        return session.get_one(Dial, line.ulid).line_ended_at is not None


def _close(session: Session, ulid: str, *, code: str, now: datetime) -> None:
    """A dial is over, as a rule says: nothing of it rings, or nobody can tell."""
    case, dial = _locked(session, ulid)
    dial.line_ended_at = dial.line_ended_at or now
    if dial.code is None and case.state == "held":
        dial.cause = dial.cause or CAUSES_OF.get(code, "")
        provider_events.end(session, case, dial, code=code, set_by=BY_RULE, now=now)
    session.flush()


def _locked(session: Session, ulid: str) -> tuple[SampledCase, Dial]:
    unit = session.get_one(Dial, ulid).unit
    case = session.get_one(SampledCase, unit, with_for_update=True, populate_existing=True)
    return case, session.get_one(Dial, ulid, populate_existing=True)


def hear(desk: DialDesk, events: Sequence[ProviderEvent]) -> None:
    """Store verified events, then bring each dial up to them: what was stored isn't lost with a fault."""
    with desk.database.transaction() as session:
        provider_events.keep(session, events, vault=desk.vault, now=desk.now())
    for ulid in sorted({event.dial_id for event in events}):
        with desk.database.transaction() as session:
            provider_events.take(session, ulid, now=desk.now())


def hang_up(desk: DialDesk, line: OpenLine | None) -> None:
    """End the line of a call that was coded; what is being recorded ends before it."""
    if line is None or line.adapter != desk.dialler.name:
        return
    recordings.stop(desk.database, desk.dialler, line, now=desk.now())
    desk.dialler.hang_up(line.ulid, sid=line.sid)
