"""What stands first on every page of a wave: what it lacks, and its figures, all of them together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from survey.drawing import late_difference
from survey.drawing.canonical import Object, parse_canonical
from survey.drawing.late_difference import LateRow
from survey.models import SampledCase, Wave, WaveArea, WaveResult
from survey.waves.queries import calendar, cosigning, early_ending, in_force, sealed, waves
from survey.waves.queries.sealed import EndedEarly

EVERYTHING = "all"
"""The one group of a wave whose map knows no streets."""
NEVER_CALLED = "not_attempted"
NAMED = 3
"""So many parts of a group are named; of more the first one."""


@dataclass(frozen=True, slots=True)
class NamedLateRow:
    """Late minus the rest of a group, and the group's name."""

    name: str
    row: LateRow


@dataclass(frozen=True, slots=True)
class Figures:
    """Share, mean and direct as the score states them, or `none`; `late` is None where none was sealed."""

    share: str
    mean: str
    direct: str
    covered: int
    late: Sequence[NamedLateRow] | None


@dataclass(frozen=True, slots=True)
class WaveHead:
    """What a wave lacks, if anything, and its figures once they are public.

    `reason` are the words of an early end, `unsigned` the witnesses that were waited for in vain;
    `never_called` counts the households of a field that ended which nobody ever dialled.
    """

    unwitnessed: bool
    early: EndedEarly | None
    reason: str
    unannounced: bool
    unsigned: Sequence[str]
    figures: Figures | None
    never_called: int = 0


def of(session: Session, label: str, *, now: datetime) -> WaveHead:
    """Return what stands first on a page of the wave."""
    wave = waves.find(session, label)
    early = sealed.ended_early(session, wave)
    words = early_ending.words(session, wave) if early else None
    return WaveHead(
        unwitnessed=not json.loads(wave.rules).get("quorum"),
        early=early,
        reason=json.loads(words)["why"] if words else "",
        unannounced=not calendar.is_announced(session, wave),
        unsigned=cosigning.missing(session, wave) if cosigning.is_over(wave, now=now) else (),
        figures=published(session, wave),
        never_called=never_called(session, label) if wave.ended_at else 0,
    )


def never_called(session: Session, label: str) -> int:
    """Return how many released households ended without a single call, though they might be called."""
    mine = SampledCase.wave_label == label, in_force.outcome() == NEVER_CALLED
    return session.scalar(select(func.count()).select_from(SampledCase).where(*mine)) or 0


def published(session: Session, wave: Wave) -> Figures | None:
    """Return the figures of a wave whose score is in the ledger; None before, and of version 1."""
    kept = session.get(WaveResult, wave.label)
    if kept is None or wave.last_entry is None:
        return None
    line = parse_canonical(wave.ledger.lines(session, wave.last_entry, wave.last_entry + 1)[0])
    return figures(session, wave, line, late=None if kept.late is None else kept.late.encode())


def figures(session: Session, wave: Wave, score: Object, *, late: bytes | None) -> Figures:
    """Return the figures of a `score` entry, with late minus the rest as `late.tsv` has it."""
    share, mean, direct = (str(score[name]) for name in ("share", "mean", "direct"))
    rows = None if late is None else _named(session, wave, late_difference.parse(late))
    return Figures(share, mean, direct, int(str(score["covered"])), rows)


def _named(session: Session, wave: Wave, rows: Sequence[LateRow]) -> list[NamedLateRow]:
    columns = select(WaveArea.code, WaveArea.name).where(WaveArea.wave_label == wave.label)
    names = {EVERYTHING: _("全部"), **dict(session.execute(columns).all())}
    return [NamedLateRow(_name([_part(each, names) for each in row.group.split("+")]), row) for row in rows]


def _part(group: str, names: Mapping[str, str]) -> str:
    """Return a group's name: its street's, with the place of its type where a street has several groups."""
    street, dot, place = group.rpartition(".")
    if group in names or street not in names:
        return names.get(group, group)
    return f"{names[street]}{dot}{place}"


def _name(parts: Sequence[str]) -> str:
    return (
        "、".join(parts) if len(parts) <= NAMED else _("%(first)s等 %(n)s 组", first=parts[0], n=len(parts))
    )
