"""A week through deposits: what workers and departments did, and a follow-up that was called and counted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from huying.base.phones import Vault
from huying.store.db import Database
from survey.kinds import CASE_FOLLOWUP
from survey.models import Deposit
from tests.survey.campaigns import deposited
from tests.survey.campaigns.deposited import MADE, asked, case, finish, in_field, work
from tests.survey.stories import END, enrol

PERIOD = "2026W47"
HOUR = 3600
SILENT, CALLED = 14, 12
LATER = END + timedelta(days=1)


def posts() -> list[dict[str, str]]:
    """The worker of each grid, since long ago."""
    return [
        {
            "code": f"D{n}",
            "area": f"G{n}",
            "staff": f"W{n}",
            "valid_from": "2026-01-01T00:00:00Z",
            "valid_to": "",
            "stale_hours": "0",
            "contact": "",
        }
        for n in (1, 2)
    ]


def held(
    code: int,
    state: str,
    hours: Mapping[str, int],
    *,
    allowed: Mapping[str, int] | None = None,
    **more: str,
) -> dict[str, str]:
    """A case with the hours of its holders."""
    seconds = {holder: hours[holder] * HOUR for holder in sorted(hours)}
    return case(
        code,
        state,
        custody_seconds=json.dumps(seconds, separators=(",", ":")),
        allowed_hours="" if allowed is None else json.dumps(allowed, separators=(",", ":")),
        **more,
    )


def own_cases() -> list[dict[str, str]]:
    """What is known without a call: water was slow, a worker closed falsely, two were solved."""
    whistle = {
        "answered": "2026-11-04T02:00:00Z",
        "department": "water",
        "due": "2026-11-05T02:00:00Z",
        "sounded": "2026-11-03T06:00:00Z",
    }
    slow = {"dept:water": 360, "worker": 4}
    agreed = {"dept:water": 72, "worker": 24}
    whistled = json.dumps([whistle], separators=(",", ":"))
    return [
        held(1, "answered", slow, allowed=agreed, whistles=whistled),
        held(2, "contested", {"worker": 5}, word="link", declared_by="worker"),
        held(3, "confirmed", {"worker": 6}, word="link", declared_by="worker"),
        held(4, "confirmed", {"worker": 30}, grid="G2", word="link", declared_by="worker"),
        held(5, "ended", {"worker": 1}),
        held(6, "confirmed", {"worker": 1}, source="staff"),
        held(7, "confirmed", {"worker": 1}, word="receipt"),
    ]


def take(session: Session, vault: Vault, **more: object) -> Deposit:
    """Accept the week's deposit."""
    remit = {
        "code": "R1",
        "category": "楼道堆物",
        "area": "C",
        "lead": "urban",
        "supporting": "[]",
        "valid_from": "2026-01-01T00:00:00Z",
        "valid_to": "",
        "agreed_by": "市里",
    }
    silent = [case(1000 + place, "unconfirmed", vault=vault, declared_by="worker") for place in range(SILENT)]
    given = {"cases": [*silent, *own_cases()]}
    return deposited.take(session, posts=posts(), remit=[remit], **(given | more))  # type: ignore[arg-type]


def lead(database: Database, vault: Vault) -> None:
    """Take the week in, call its silent ones, count."""
    with database.transaction() as session:
        take(session, vault)
        in_field(session, asked(CASE_FOLLOWUP, sample=CALLED), vault=vault)
    enrol(database)
    work(database, vault)
    finish(database, vault.keys)


def told_again(session: Session, cases: list[dict[str, str]]) -> Deposit:
    """Accept the deposit of a later week that tells some cases anew."""
    return deposited.take(
        session,
        period="2026W49",
        made_at=MADE + timedelta(days=7),
        now=LATER,
        cases=cases,
        posts=posts(),
    )
