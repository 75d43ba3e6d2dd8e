"""A call to a dialled code, event by event: repeated or late, it is one call and at most one case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from feedback import codes
from feedback.calls import rules as ivr
from feedback.calls.rules import Heard
from feedback.cases.operations import opening, receipts
from feedback.cases.rules.categories import UNREACHED
from feedback.contacts.queries import answer as contacts
from feedback.models import Area, Call, CallLeg, CallRecord, Case, Poster
from feedback.posters.operations import posters
from feedback.reach.operations import reports
from huying.base.errors import NotFound
from huying.base.i18n import _
from huying.base.phones import Vault
from huying.store import locks
from huying.telephony import steps, voice
from huying.telephony.voice import CallStep, Connect, Gather, HangUp

GRACE = timedelta(seconds=20)
"""How long after somebody hung up while it rang the word on that leg may still arrive."""
SILENT = frozenset({"end", "progress"})
"""Kinds of events that nobody listens to an answer of."""
LOST = timedelta(hours=2)
"""After so long a call that never ended is taken for ended."""


@dataclass(frozen=True, slots=True)
class CallLine:
    """Where calls are taken: `operator` is who gets those that can't be led on, E.164 or a short code.

    `reaches` tells whether a number can be rung from here.
    """

    operator: str
    reaches: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Missed:
    """A call that nobody answered, and how its case stands."""

    at: datetime
    poster: str
    grid_code: str | None
    state: str


def handle(
    session: Session, event: voice.CallEvent, *, line: CallLine, vault: Vault, now: datetime
) -> CallStep | None:
    """Take an event and return what the caller is told next; a repetition is told what it was told before."""
    locks.hold(session, "call", event.provider, event.call)
    call = _call(session, event, vault=vault, now=now)
    known = session.scalar(_event(event))
    if known is not None:
        return _told(known, call, vault=vault)
    row = CallRecord(
        provider=event.provider,
        call=event.call,
        key=event.key,
        kind=event.kind,
        at=now,
        raw=event.raw,
    )
    session.add(row)
    _take(session, call, event, line=line, vault=vault, now=now)
    session.flush()
    step = None if event.kind in SILENT else _step(session, call, operator=line.operator, vault=vault)
    if step is not None:
        row.reply = vault.seal(steps.dump(step), where=_place("reply", call.id))
        session.flush()
    return step


def settle(session: Session, *, vault: Vault, now: datetime) -> int:
    """Make cases of the calls that ended without anybody answering; return how many.

    Their clock runs from the call's first second.
    """
    over = select(Call).where(
        Call.settled_at.is_(None),
        or_(
            Call.ended_at <= now - GRACE,
            Call.ended_at.is_not(None) & Call.stage.in_(("missed", "over")),
            Call.ended_at.is_(None) & (Call.began_at <= now - LOST),
        ),
    )
    opened = 0
    for call in session.scalars(over.order_by(Call.id).with_for_update()):
        call.settled_at = now
        if heard(call).missed:
            _open(session, call, vault=vault)
            opened += 1
    session.flush()
    return opened


def heard(call: Call) -> Heard:
    """Return a call as the policy knows it."""
    return Heard(
        stage=call.stage,  # type: ignore[arg-type]
        wrong=call.wrong,
        leg=call.leg,
        answered=call.answered,
        declined=call.declined,
    )


def missed_lately(session: Session, *, since: datetime) -> Sequence[Missed]:
    """Return the calls since an instant that became cases, the latest first."""
    query = (
        select(Call.began_at, Poster.code, Case.grid_code, Case.state)
        .join(Case, Case.id == Call.case_id)
        .join(Poster, Poster.id == Call.poster_id)
        .where(Call.began_at >= since)
    )
    rows = session.execute(query.order_by(Call.began_at.desc()))
    return [Missed(at, poster, grid, state) for at, poster, grid, state in rows]


def _told(known: CallRecord, call: Call, *, vault: Vault) -> CallStep | None:
    """Return what an event was answered when it came first."""
    if known.reply is None:
        return None
    return steps.load(vault.open(known.reply, where=_place("reply", call.id)))


def _event(event: voice.CallEvent) -> Select[CallRecord]:
    return select(CallRecord).where(
        CallRecord.provider == event.provider, CallRecord.call == event.call, CallRecord.key == event.key
    )


def _call(session: Session, event: voice.CallEvent, *, vault: Vault, now: datetime) -> Call:
    """Return the call of an event; whichever event comes first begins it."""
    query = select(Call).where(Call.provider == event.provider, Call.call == event.call)
    call = session.scalar(query)
    if call is None:
        call = Call(provider=event.provider, call=event.call, began_at=now)
        session.add(call)
        session.flush()
    if call.sealed_caller is None and event.caller:
        call.sealed_caller = vault.seal(event.caller, where=_place("caller", call.id))
    return call


def _take(
    session: Session, call: Call, event: voice.CallEvent, *, line: CallLine, vault: Vault, now: datetime
) -> None:
    if event.kind == "end":
        call.ended_at = call.ended_at or now
        return
    if event.kind == "digits":
        call.turn += 1
        _heard(session, call, event.digits, line=line, vault=vault, now=now)
    elif event.kind == "leg":
        _leg_ended(session, call, event, now=now)


def _heard(session: Session, call: Call, digits: str, *, line: CallLine, vault: Vault, now: datetime) -> None:
    before = heard(call)
    poster = _poster(session, digits) if before.stage == "code" else None
    after = ivr.keyed(before, digits, known=poster is not None)
    if after.stage == "place":
        call.poster_id = poster.id if poster else None
    elif after.stage == "code":
        call.poster_id = None
    if before.stage == "place" and after.stage == "ringing":
        rung = _fix_legs(session, call, line=line, vault=vault, now=now)
        after = after if rung else ivr.unreachable(after)
    _keep(call, after)


def _leg_ended(session: Session, call: Call, event: voice.CallEvent, *, now: datetime) -> None:
    legs = _legs(session, call)
    leg = next((each for each in legs if each.position == event.leg), None)
    answered = event.result == "answered"
    if leg is not None and leg.result is None:
        leg.result = event.result
        _learn(session, leg, now=now)
    _keep(call, ivr.leg_ended(heard(call), leg=event.leg, answered=answered, legs=len(legs)))


def _learn(session: Session, leg: CallLeg, *, now: datetime) -> None:
    """An answered call proves a number, and one that nobody has is dead; silence says nothing."""
    if leg.contact_id is None:
        return
    if leg.result == "answered":
        reports.prove(session, leg.contact_id, now=now)
    elif leg.result == "vacant":
        reports.fail(session, leg.contact_id, now=now)


def _keep(call: Call, after: Heard) -> None:
    call.stage, call.wrong, call.leg = after.stage, after.wrong, after.leg
    call.answered, call.declined = after.answered, after.declined


def _poster(session: Session, digits: str) -> Poster | None:
    dial = codes.normalise_dial(digits)
    if dial is None or not codes.is_dial_code(dial):
        return None
    try:
        poster = posters.find(session, dial)
    except NotFound:
        return None
    return poster if poster.retired_at is None else None


def _fix_legs(session: Session, call: Call, *, line: CallLine, vault: Vault, now: datetime) -> int:
    """Write down whom this call rings, as of now: persons, then an institution; return how many."""
    poster = session.get_one(Poster, call.poster_id)
    answer = contacts.answer(session, poster.grid_code, at=now, vault=vault)
    numbers = [number for number in ivr.legs(answer.line) if line.reaches(number)]
    for position, number in enumerate(numbers, start=1):
        contact = reports.of_number(session, vault.index(number, purpose="staff"))
        session.add(
            CallLeg(
                call_id=call.id,
                position=position,
                contact_id=contact.id if contact else None,
                sealed_number=vault.seal(number, where=_place(f"leg{position}", call.id)),
            )
        )
    session.flush()
    return len(numbers)


def _legs(session: Session, call: Call) -> list[CallLeg]:
    query = select(CallLeg).where(CallLeg.call_id == call.id)
    return list(session.scalars(query.order_by(CallLeg.position)))


def _step(session: Session, call: Call, *, operator: str, vault: Vault) -> CallStep | None:
    """Return what a call is told where it stands now."""
    stage = call.stage
    if stage == "code":
        again = _("编号不对，") if call.wrong else _("您好，这里是找网格员热线。")
        return Gather(again + _("请按海报上的编号，按井号结束。"), digits=ivr.LONGEST_CODE, turn=call.turn)
    if stage == "place":
        place = _place_of(session, call)
        return Gather(_("%(place)s，对请按 1，不对请按 2。", place=place), digits=1, turn=call.turn)
    if stage == "ringing":
        leg = next(each for each in _legs(session, call) if each.position == call.leg)
        number = vault.open(leg.sealed_number, where=_place(f"leg{leg.position}", call.id))
        said = _("正在接通。没有人接的话，会登记您的号码，请人给您回电。") if call.leg == 1 else ""
        return Connect(said or _("没有人接，正在换一个电话。"), number, leg=call.leg)
    if stage == "operator":
        return Connect(_("正在转接话务员。"), operator, leg=0)
    if stage == "missed":
        said = _("没有人接听。我们已经登记，会请人给您回电。不要登记您的号码，请按 9。")
        return Gather(said, digits=1, wait_s=5, turn=call.turn)
    return None if call.answered else HangUp(_("再见。有急事请拨 12345，有生命危险请拨 110、119、120。"))


def _place_of(session: Session, call: Call) -> str:
    poster = session.get_one(Poster, call.poster_id)
    area = session.get_one(Area, poster.grid_code)
    above = session.get(Area, area.parent_code) if area.parent_code else None
    return f"{above.name if above else ''}{area.name}"


def _open(session: Session, call: Call, *, vault: Vault) -> None:
    """Open the case of a missed call; its contact is the caller's number, unless withheld or declined."""
    number = None
    if call.sealed_caller is not None and not call.declined:
        number = vault.open(call.sealed_caller, where=_place("caller", call.id))
    opened = opening.open_case(
        session,
        poster=session.get_one(Poster, call.poster_id),
        category=UNREACHED,
        text=_("打电话找网格员，没有人接。请回电。"),
        place="",
        urgency="ordinary",
        contact=number,
        once=f"call-{call.provider}-{call.id:012d}",
        source="voice",
        vault=vault,
        now=call.began_at,
    )
    call.case_id = opened.case.id
    if number is not None:
        now = call.settled_at or call.began_at
        receipts.send(session, opened.case, opened.receipt, number=number, vault=vault, now=now)


def _place(what: str, call_id: int) -> str:
    return f"call.{what}:{call_id}"
