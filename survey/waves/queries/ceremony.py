"""A wave's ceremony as the ledger tells it: what is done, when, in which entry, and what comes next."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from huying.base.i18n import Lazy, lazy
from survey.models import OF_REGISTRY, Party, SampledCase, Wave
from survey.waves.queries import in_force, waves

READ_AT_MOST = 200
"""Entries from the freeze to the draw: two, a pair for each party, the public value, the draw."""


@dataclass(frozen=True, slots=True)
class CeremonyEntry:
    """A line of the ledger that a step wrote."""

    number: int
    at: datetime
    line: dict[str, Any]

    @property
    def party(self) -> str:
        """Who the line speaks of."""
        return str(self.line.get("by", ""))


@dataclass(frozen=True, slots=True)
class CeremonyStep:
    """A step of the ceremony; `key` names its form on the page."""

    key: str
    title: Lazy
    state: Literal["done", "next", "later"]
    entries: tuple[CeremonyEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """Where the calls of a wave stand, as counts."""

    is_open: bool = False
    released: int = 0
    closed: int = 0
    completes: int = 0


@dataclass(frozen=True, slots=True)
class Ceremony:
    """A wave with its steps, its parties, its sizes and the counts of its field."""

    wave: Wave
    rules: dict[str, Any]
    steps: tuple[CeremonyStep, ...]
    parties: tuple[str, ...]
    revealed_by: tuple[str, ...]
    grids: int
    sample: int
    field: Field = field(default_factory=Field)

    @property
    def unopened(self) -> tuple[str, ...]:
        """Parties that sealed a part and didn't open it yet."""
        return tuple(party for party in self.parties if party not in self.revealed_by)

    @property
    def waiting(self) -> int:
        """How many released households have no outcome yet."""
        return self.field.released - self.field.closed

    @property
    def next(self) -> str | None:
        """The key of the one step to do next."""
        return next((step.key for step in self.steps if step.state == "next"), None)


def of(session: Session, wave: Wave) -> Ceremony:
    """Return the ceremony of `wave`."""
    entries = _entries(session, wave)
    rows = list(session.scalars(select(Party).where(Party.wave_label == wave.label).order_by(Party.party)))
    field_counts = _field(session, wave)
    revealed_by = tuple(row.party for row in rows if row.part)
    parties = tuple(row.party for row in rows)
    done = _done(wave, entries, everybody=bool(parties) and revealed_by == parties, field=field_counts)
    grids, sample = waves.first_calls(session, wave.label)
    return Ceremony(
        wave, json.loads(wave.rules), _steps(done, entries), parties, revealed_by, grids, sample, field_counts
    )


def every_ceremony(session: Session) -> list[Ceremony]:
    """Return the ceremonies of all waves, the wave that was frozen last first."""
    return [of(session, wave) for wave in session.scalars(select(Wave).order_by(Wave.frozen_at.desc()))]


STEPS = (
    ("freeze", lazy("锁定名册和抽法"), ("frame", "exclude", "design")),
    ("commit", lazy("各方封存密钥份额"), ("commit",)),
    ("beacon", lazy("记下公开随机事件的结果"), ("beacon",)),
    ("reveal", lazy("各方公开密钥份额"), ("reveal",)),
    ("draw", lazy("抽签"), ("draw",)),
    ("open", lazy("放出首批，开始拨打"), ()),
    ("close", lazy("结束访问"), ()),
    ("score", lazy("算出得分，公布"), ()),
)


def _steps(done: dict[str, bool], entries: list[CeremonyEntry]) -> tuple[CeremonyStep, ...]:
    steps = []
    ahead: Literal["next", "later"] = "next"
    for key, title, kinds in STEPS:
        written = tuple(entry for entry in entries if entry.line["t"] in kinds)
        if done[key]:
            steps.append(CeremonyStep(key, title, "done", written))
        else:
            steps.append(CeremonyStep(key, title, ahead, written))
            ahead = "later"
    return tuple(steps)


def _done(wave: Wave, entries: list[CeremonyEntry], *, everybody: bool, field: Field) -> dict[str, bool]:
    return {
        "freeze": True,
        "commit": any(entry.line["t"] == "commit" for entry in entries),
        "beacon": wave.beacon_value is not None,
        "reveal": everybody,
        "draw": wave.drawn_at is not None,
        "open": field.is_open,
        "close": wave.ended_at is not None or wave.closed_at is not None,
        "score": wave.closed_at is not None,
    }


def _entries(session: Session, wave: Wave) -> list[CeremonyEntry]:
    """The wave's entries from the freeze to the draw; later ones name units and aren't read."""
    model = wave.ledger.entry
    query = select(model.idx, model.at, model.body).where(model.idx >= wave.first_entry).order_by(model.idx)
    entries = []
    for number, at, body in session.execute(query.limit(READ_AT_MOST)):
        entries.append(CeremonyEntry(number, at, json.loads(body)))
        if entries[-1].line["t"] in {"draw", "close"}:
            break
    return entries


def _field(session: Session, wave: Wave) -> Field:
    outcome = in_force.outcome()
    counts = select(func.count(), func.count(outcome), func.sum(case((outcome == "complete", 1), else_=0)))
    found = session.execute(counts.where(SampledCase.wave_label == wave.label)).one()
    released, closed, completes = (number or 0 for number in found)
    return Field(released > 0, released, closed, completes)


def first_reveal(session: Session, wave: Wave) -> int | None:
    """Return the number of the entry with the first opened part of `wave`, None before there is one."""
    # From `beacon_after` on: however many sealed a part, they stand before it.
    start = wave.beacon_after or wave.first_entry
    while lines := wave.ledger.lines(session, start, start + READ_AT_MOST):
        kinds = [json.loads(line)["t"] for line in lines]
        if "reveal" in kinds:
            return start + kinds.index("reveal")
        start += READ_AT_MOST
    return None


def closed_from(session: Session, *, campaigns: bool = False) -> int | None:
    """Return the first opened part of a wave that isn't over: with it the sample could be computed.

    It is looked for in the ledger of the registry's waves, or in that of the `campaigns`.
    """
    alike = ~OF_REGISTRY if campaigns else OF_REGISTRY
    running = session.scalar(select(Wave).where(Wave.state.in_(("called", "drawn")), alike))
    return first_reveal(session, running) if running else None


def is_closed(session: Session, *, campaigns: bool = False) -> bool:
    """Whether a ledger's lines, and their hashes, must stay closed for now."""
    return closed_from(session, campaigns=campaigns) is not None
