"""The independent side of the city: registry, two waves, one of them called to its end and scored."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from typing import TypedDict

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from demo import people, tables
from demo.city import City, WaveSize
from demo.respondent import Respondent
from huying.base import clock
from huying.base.phones import Vault
from huying.deposit.periods import period_of
from huying.deposit.sealing import Opener
from huying.store.db import Database
from survey.attribution import operations as attribution
from survey.drawing import parts
from survey.fieldwork.operations import calls as fieldwork_calls
from survey.fieldwork.operations import close, interviews, outcomes, queue
from survey.fieldwork.queries import held_cases
from survey.fieldwork.rules.outcome_codes import CallOutcome
from survey.letters import operations
from survey.models import Account, FrameUnit, Outcome, SampledCase
from survey.registry.operations import margins, registry
from survey.registry.queries import margins as tables_kept
from survey.roles import ASSESSOR, INTERVIEWER
from survey.scores.operations import releasing as score
from survey.waves.operations import draw, freeze, release
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.wave_rules import APART, WaveRules

PARTIES = ("operator", "residents-committee")
DICE = 20
CONTROL = 12
"""Households of a wave whose numbers the registrar is to check."""

CRITERIA = "老旧小区：2000 年以前建成；城乡结合部：自建房过半；其余是商品房小区（虚构的标准）"
MARGINS_BY = "云川市人口抽样调查（虚构）"
SHIFTS = (timedelta(hours=10), timedelta(hours=15), timedelta(hours=19))
FIELD_DAYS = 18
A_CALL = timedelta(seconds=50)


Told = Callable[[float, int], object]
"""Hears which share of a field is over, and after how many calls: often, and tells as often as it likes."""


def silent(_share: float, _calls: int) -> None:
    """Tell nobody."""


class DemoSeat(TypedDict):
    """Who does something to a case in hand, under which fence, when."""

    interviewer: Account
    fence: int
    now: datetime


@dataclass(frozen=True, slots=True)
class Bench:
    """What every step of the demo's independent side works with."""

    database: Database
    vault: Vault
    opener: Opener
    city: City


def found(bench: Bench, *, now: datetime) -> None:
    """Make the accounts and import the household registry."""
    with bench.database.transaction() as session:
        people.enrol_survey(session, now=now)
        data = tables.households(bench.city, recorded=now)
        registry.import_households(
            session, data, vault=bench.vault, allowed="invented", by="registrar", now=now
        )
        counts = tables.margins(bench.city)
        margins.keep(session, counts, source=MARGINS_BY, day=clock.local(now).date(), by="registrar", now=now)


def ceremony(bench: Bench, label: str, *, now: datetime, asked: WaveSize | None = None) -> datetime:
    """Freeze a wave, seal, announce, open and draw; release the main sample; return when that was done."""
    event, asked = now + timedelta(days=1), asked or bench.city.size.waves[-1]
    kept = {party: _bytes(bench.city, f"{label}/{party}").hex() for party in PARTIES}
    with bench.database.transaction() as session:
        freeze_and_seal(session, bench, label, kept=kept, now=now, event=event, asked=asked)
    with bench.database.transaction() as session:
        thrown = str(int.from_bytes(_bytes(bench.city, f"{label}/dice"), "big"))[:20]
        open_and_draw(session, label, kept=kept, thrown=thrown, event=event)
    return event


def freeze_and_seal(
    session: Session,
    bench: Bench,
    label: str,
    *,
    kept: Mapping[str, str],
    now: datetime,
    event: datetime,
    asked: WaveSize,
) -> None:
    """Freeze a wave that dice decide at the event; every party seals the part it keeps."""
    freeze.freeze(
        session,
        FreezeRequest(
            label=label,
            sizes=_sizes(bench.city, asked),
            rules=rules(asked),
            beacon_source=f"dice:{clock.stamp(event)},{DICE}d10",
            field_ends_at=field_ends(event),
            margins=tables_kept.every(session)[0].sha256,
        ),
        vault=bench.vault,
        now=now,
        codes=_codes(bench.city, label),
        frame_secret=_bytes(bench.city, f"{label}/secret"),
        opener=bench.opener,
    )
    for party, part in kept.items():
        draw.commit(session, label, party=party, commitment=parts.seal(part), now=now)


def open_and_draw(
    session: Session, label: str, *, kept: Mapping[str, str], thrown: str, event: datetime
) -> None:
    """Announce what was thrown, open the parts, draw, and release the main sample."""
    draw.announce(session, label, value=thrown, now=event)
    for party, part in kept.items():
        draw.reveal(session, label, party=party, part=part, now=event)
    draw.draw(session, label, now=event)
    release.open_field(session, label, now=event)


def field_ends(event: datetime) -> datetime:
    """The first instant after the field's last day."""
    first = clock.local(event).replace(hour=0, minute=0, second=0, microsecond=0)
    return first + timedelta(days=FIELD_DAYS + 1)


def attribute(bench: Bench, *, of: datetime, now: datetime) -> None:
    """Tell whose hours those of the week before a deposit were."""
    period = period_of(clock.local(of).date() - timedelta(weeks=1))
    with bench.database.transaction() as session:
        attribution.attribute(session, period, by=ASSESSOR, now=now)


def letter(bench: Bench, *, now: datetime) -> str:
    """Return the code on the letter of one invented household, so that a visitor can ask for it."""
    with bench.database.transaction() as session:
        first, *_others = operations.issue(session, grid=bench.city.workers[0].grid, now=now)
    return first.code


def rules(asked: WaveSize) -> WaveRules:
    """Return the rules that a wave of the city is frozen with."""
    return WaveRules(
        attempts=3,
        plan=asked.plan,
        most=2,
        windows=1,
        days=1,
        hours="any",
        control=CONTROL,
        criteria=CRITERIA,
        lists=APART,
        # The city's homes are few and their field is short: what a real wave bounds is left open here.
        unworked=1000,
        armcap=1000,
    )


def _sizes(city: City, asked: WaveSize) -> dict[str, tuple[int, int]]:
    """Where a worker handed in a list, enough are drawn to compare the listed with the others."""
    where_listed = city.size.sample_where_listed
    return {
        worker.grid: (where_listed if worker.listed else asked.sample, asked.replicate)
        for worker in city.workers
    }


@dataclass(frozen=True, slots=True)
class Called:
    """What it took to call a wave."""

    calls: int
    completes: int


def call(bench: Bench, label: str, *, begin: datetime, tell: Told = silent) -> Called:
    """Call a wave to its end, shift by shift; close and score it. `tell` hears every call."""
    calls = 0
    with bench.database.reading() as session:
        theirs = homes(session, bench, label)
    first_day = clock.local(begin).replace(hour=0, minute=0, second=0, microsecond=0)
    end = begin
    for day in range(1, FIELD_DAYS + 1):
        for shift in SHIFTS:
            for over in _shift(bench, theirs, at=first_day + timedelta(days=day) + shift):
                calls += 1
                # Calls may last past the next shift's beginning: nothing goes out before the last of them.
                end = max(end, over)
                tell((day - 1) / FIELD_DAYS, calls)
        with bench.database.transaction() as session:
            release.release_due(session, label, now=end)
        tell(day / FIELD_DAYS, calls)
    with bench.database.transaction() as session:
        ends = field_ends(begin)
        close.close(session, label, now=ends)
        score.estimate_and_publish(session, label, keys=bench.vault.keys, now=ends)
        coded = select(func.count()).select_from(Outcome).join(SampledCase, SampledCase.unit == Outcome.unit)
        return Called(
            calls,
            session.scalar(coded.where(SampledCase.wave_label == label, Outcome.code == "complete")) or 0,
        )


def _shift(bench: Bench, homes: dict[str, Respondent], *, at: datetime) -> Iterator[datetime]:
    """Call until nothing is left to be called now; yield when each call is over."""
    with bench.database.transaction() as session:
        by_role = select(Account).where(Account.role == INTERVIEWER).order_by(Account.login)
        seats = cycle(session.scalars(by_role).all())
        while _one_call(session, bench, homes, interviewer=next(seats), at=at):
            at += A_CALL
            yield at


def _one_call(
    session: Session, bench: Bench, homes: dict[str, Respondent], *, interviewer: Account, at: datetime
) -> bool:
    case = queue.next_case(session, interviewer=interviewer, now=at)
    if case is None:
        return False
    home, unit = homes[case.unit], case.unit
    attempt = held_cases.attempt_in_hand(session, case).n
    seat = DemoSeat(interviewer=interviewer, fence=case.fence, now=at)
    if not fieldwork_calls.dial(session, unit, vault=bench.vault, **seat):
        return True
    if not home.picks_up(attempt):
        fieldwork_calls.not_reached(session, unit, code=home.miss(attempt), **seat)
        return True
    fieldwork_calls.reached(session, unit, **seat)
    if not home.lives_there:
        outcomes.finish(session, unit, CallOutcome("not_resident"), **seat)
        return True
    if not home.willing():
        interviews.save_answer(session, unit, item="C1", raw="3", **seat)
        outcomes.finish(session, unit, CallOutcome("refusal_household"), **seat)
        return True
    item: str | None = "C1"
    while item is not None:
        item = interviews.save_answer(session, unit, item=item, raw=home.answer(item), **seat)
    outcomes.finish(session, unit, CallOutcome("complete"), **seat)
    return True


def homes(session: Session, bench: Bench, label: str) -> dict[str, Respondent]:
    """Return who answers for each unit of a wave's frame."""
    columns = select(FrameUnit.unit, FrameUnit.household_code).where(FrameUnit.wave_label == label)
    households = bench.city.households
    return {
        unit: Respondent(households[code], bench.city.seed)
        for unit, code in session.execute(columns)
        if code is not None
    }


ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def _codes(city: City, label: str) -> dict[str, str]:
    """Codes that stay the same for a seed: a real wave draws them afresh."""
    return {code: "H" + _letters(_bytes(city, f"{label}/{code}")) for code in city.households}


def _letters(raw: bytes) -> str:
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in raw[:13])


def _bytes(city: City, what: str) -> bytes:
    return hashlib.sha256(f"demo/{city.seed}/{what}".encode()).digest()
