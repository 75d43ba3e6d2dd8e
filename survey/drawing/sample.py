"""The sample: every unit's ticket under the draw's key, ranks within strata, and the person to be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from sampling.draws.select import stratified
from sampling.draws.tickets import ticket
from survey.drawing import design as designs
from survey.drawing import frame as frames
from survey.drawing import tables
from survey.drawing.design import DesignRow
from survey.drawing.fields import HASH, UNIT, whole
from survey.drawing.frame import FrameRow

ADULTS = lazy("成年人数")
TICKET_DIGITS = 15
PRINTED_DIGITS = 9


@dataclass(frozen=True, slots=True)
class DrawnUnit:
    """A unit at its rank (from 1) in its stratum; `replicate` 0 is the main sample."""

    stratum: str
    rank: int
    ticket: str
    unit: str
    replicate: int


def draw(
    frame: Sequence[FrameRow],
    *,
    design: Sequence[DesignRow],
    key: str,
    replicates: int = 0,
    late: int = 0,
) -> tuple[DrawnUnit, ...]:
    """Return main sample, first `replicates` and `late` more of every stratum, by stratum, then rank.

    Raises Invalid where the design doesn't fit the frame. The order of the frame doesn't matter.
    """
    designs.check(design, sizes=frames.sizes(frame))
    plan = {row.stratum: row for row in design}
    chosen = stratified(
        [row.unit for row in frame],
        [row.stratum for row in frame],
        {row.stratum: row.released(replicates, late=late) for row in design},
        key=HASH.check(key),
    )
    drawn = [
        _drawn_unit(plan[frame[index].stratum], unit=frame[index].unit, rank=int(rank), ticket=str(ticket))
        for index, rank, ticket in zip(chosen.index, chosen.rank, chosen.ticket, strict=True)
    ]
    return tuple(sorted(drawn, key=lambda unit: (unit.stratum, unit.rank)))


def _drawn_unit(row: DesignRow, *, unit: str, rank: int, ticket: str) -> DrawnUnit:
    return DrawnUnit(row.stratum, rank, ticket, unit, replicate=row.replicate_of(rank))


def released(
    drawn: Sequence[DrawnUnit], *, design: Sequence[DesignRow], releases: Mapping[str, int]
) -> tuple[DrawnUnit, ...]:
    """Return the released units by stratum, then rank; `releases` counts the `release` entries of each."""
    sizes = {row.stratum: row.released(releases.get(row.stratum, 0)) for row in design}
    out = [unit for unit in drawn if unit.rank <= sizes[unit.stratum]]
    if len(out) != sum(sizes.values()):
        raise Invalid(_("抽出的序号不够这些补充批使用。"))
    return tuple(sorted(out, key=lambda unit: (unit.stratum, unit.rank)))


def sample_tsv(units: Sequence[DrawnUnit]) -> bytes:
    """Return `sample.tsv` of the released units: stratum, rank, ticket, unit."""
    return tables.build((unit.stratum, unit.rank, unit.ticket, unit.unit) for unit in units)


def person(key: str, *, unit: str, adults: int) -> int:
    """Return which of the household's listed adults (1 is the oldest) is asked."""
    HASH.check(key)
    whole(adults, name=ADULTS, least=1)
    prefix = f"{UNIT.check(unit)}/"
    return min(range(1, adults + 1), key=lambda k: (ticket(key, f"{prefix}{k}"), k))


def printed(ticket: str) -> str:
    """Return a ticket for people: `0.` and nine digits, cut, not rounded."""
    number = int(HASH.check(ticket)[:TICKET_DIGITS], 16) * 10**PRINTED_DIGITS // 16**TICKET_DIGITS
    return f"0.{number:0{PRINTED_DIGITS}d}"
