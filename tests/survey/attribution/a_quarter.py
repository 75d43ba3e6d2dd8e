"""A quarter played by chance: cases, calls, visits and posters of three streets, and what is true."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from survey.attribution.rules.inputs import (
    AskedRow,
    AttributionInputs,
    HeldPost,
    PlaceName,
    ReleasedShare,
    RemitRow,
    SoundedWhistle,
    ToldCase,
    TriedRow,
)
from survey.attribution.rules.periods import attributed_period
from survey.attribution.rules.release import attribution, body_of
from survey.attribution.rules.sharing import allowed_hours
from survey.attribution.rules.weights import WEIGHTS
from survey.campaigns.rules.standing import RowStanding
from survey.models import AttributionRelease

PERIOD = attributed_period("2026Q3", tz=UTC)
STREETS, GRIDS = 3, 4
CASES, CALLED, VISITS = 360, 40, 60
FALSE, REACHED, SATISFIED = 0.2, 0.9, 0.7
AGREED = {"dept:water": 72.0, "dept:urban": 120.0}
STANDS = (
    ("confirmed", RowStanding.CONFIRMED),
    ("contested", RowStanding.DENIED),
    ("unconfirmed", RowStanding.SILENT),
    ("unconfirmed", RowStanding.SILENT),
    ("answered", RowStanding.OVERDUE),
    ("unconfirmed", RowStanding.DENIED),
    ("ended", None),
)


def street(number: int) -> str:
    return f"S{number}"


def grid(number: int) -> str:
    return f"G{number:02d}"


def above(code: str) -> str:
    return street(int(code[1:]) % STREETS)


PLACES: Mapping[str, PlaceName] = {
    "C": PlaceName("city", "云川市", None),
    **{street(n): PlaceName("street", f"{street(n)}街道", "C") for n in range(STREETS)},
    **{grid(n): PlaceName("grid", f"{grid(n)}网格", above(grid(n))) for n in range(STREETS * GRIDS)},
}


def case(code: str, of: str = "G00", state: str = "contested", **more: object) -> ToldCase:
    """A case of these fields; unless told otherwise contested, five hours a worker's, declared by them."""
    hours: dict[str, float] = {"worker": 5.0} | more.pop("hours", {})  # type: ignore[operator, assignment]
    opened = PERIOD.start + timedelta(days=2)
    standing = {
        "contested": RowStanding.DENIED,
        "confirmed": RowStanding.CONFIRMED,
        "unconfirmed": RowStanding.SILENT,
        "answered": RowStanding.OVERDUE,
    }
    given = {
        "category": "楼道堆物",
        "is_staffs": False,
        "by_receipt": False,
        "standing": standing.get(state),
        "opened": opened,
        "until": opened + timedelta(days=3),
        "allowed": allowed_hours(AGREED, hours),
        "declared_by": "worker" if state in ("contested", "confirmed", "unconfirmed") else "",
        "whistles": (),
        "returned": {},
    } | more
    return ToldCase(code, of, above(of), state=state, hours=hours, **given)  # type: ignore[arg-type]


def quarter(seed: int) -> AttributionInputs:
    """A quarter by chance: workers mostly in time, departments often slow, some silent ones called."""
    chance = random.Random(seed)
    cases = [_case(chance, f"K{n:04d}") for n in range(CASES)]
    silent = [each.code for each in cases if each.standing is RowStanding.SILENT]
    drawn = set(chance.sample(silent, CALLED))
    street_of = {each.code: each.street for each in cases}
    return world(
        cases=cases,
        asked={
            code: AskedRow(
                f"f1/{street_of[code]}", code in drawn, _found(chance, SATISFIED) if code in drawn else None
            )
            for code in silent[: len(silent) - 5]
        },
        visits=visits(chance),
        test_calls=[
            TriedRow(f"P{n}", grid(n), above(grid(n)), "", AskedRow(f"t1/{above(grid(n))}", True, n % 4 > 0))
            for n in range(STREETS * GRIDS)
        ],
    )


def visits(chance: random.Random, *, drawn: int = VISITS // 2) -> list[TriedRow]:
    """Claims of every street, of which a fifth is false, half of them asked about."""
    found = []
    for at in range(STREETS):
        called = set(chance.sample(range(VISITS), drawn))
        false = set(chance.sample(range(VISITS), round(FALSE * VISITS)))
        for n in range(VISITS):
            of = grid(at + STREETS * (n % GRIDS))
            said = n not in false if n in called else None
            row = AskedRow(f"v1/{street(at)}", n in called, said)
            found.append(TriedRow(f"V{at}{n:03d}", of, street(at), f"W{of[1:]}", row))
    return found


def world(**more: object) -> AttributionInputs:
    """Inputs of a quarter: every grid has one worker; the rest is as given."""
    posts = [HeldPost(grid(n), f"W{n:02d}", PERIOD.start, None) for n in range(STREETS * GRIDS)]
    given = {
        "deposits": (("2026W40", "0" * 64),),
        "campaigns": {},
        "wave": None,
        "cases": [],
        "posts": posts,
        "asked": {},
        "visits": [],
        "test_calls": [],
        "remit": [RemitRow("水电气热", "C", "water", PERIOD.start - timedelta(days=9), None)],
        "places": PLACES,
        "conduct": {},
        "departments": {},
        "weights": WEIGHTS,
    } | more
    return AttributionInputs(period=PERIOD, **given)  # type: ignore[arg-type]


def conduct(estimate: float = 0.78) -> dict[str, ReleasedShare]:
    return {"G00": ReleasedShare(estimate, estimate - 0.08, estimate + 0.08)}


def _case(chance: random.Random, code: str) -> ToldCase:
    state, standing = chance.choice(STANDS)
    hours = {"worker": chance.expovariate(1 / 14), "resident": chance.expovariate(1 / 60)}
    opened = PERIOD.start + timedelta(days=chance.uniform(0, 80))
    whistles: tuple[SoundedWhistle, ...] = ()
    if chance.random() < 0.5:
        department = chance.choice(("water", "urban"))
        hours[f"dept:{department}"] = chance.expovariate(1 / 90)
        whistles = (_whistle(chance, department, opened),)
    if chance.random() < 0.1:
        hours["pause:weather"] = 200.0
    declared = chance.choice(("worker", "worker", "")) if state != "answered" else ""
    return case(
        code,
        grid(chance.randrange(STREETS * GRIDS)),
        state,
        standing=standing,
        hours=hours,
        category=chance.choice(("楼道堆物", "水电气热")),
        opened=opened,
        until=opened + timedelta(days=5),
        declared_by=declared,
        whistles=whistles,
        is_staffs=chance.random() < 0.05,
    )


def _whistle(chance: random.Random, department: str, at: datetime) -> SoundedWhistle:
    answered = at + timedelta(hours=chance.uniform(1, 48))
    return SoundedWhistle(department, at, at + timedelta(hours=24), answered)


def _found(chance: random.Random, share: float) -> bool | None:
    return chance.random() < share if chance.random() < REACHED else None


def kept(inputs: AttributionInputs, *, now: datetime) -> AttributionRelease:
    """Return a release of these inputs, as it would be stored."""
    body = json.dumps(body_of(attribution(inputs)), sort_keys=True, ensure_ascii=False)
    made = {"period": inputs.period.name, "number": 1, "made_at": now, "made_by": "assessor", "why": ""}
    return AttributionRelease(**made, inputs_sha256="0" * 64, body=body)
