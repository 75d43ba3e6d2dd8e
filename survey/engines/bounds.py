"""How far up the tickets of a stratum to look, so that one pass over a frame keeps a few rows of each.

The rows with the smallest tickets are found among those whose ticket begins below a bound, wherever the
bound lies, as long as enough rows do: a stratum in which too few did is looked through again without one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import isqrt

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing.design import DesignRow
from survey.drawing.sample import DrawnUnit

SPACE = 2**32
SLACK = 9
"""Standard deviations of a Poisson count by which more rows are kept than wanted."""

EngineRow = tuple[str, int, str, str]
"""Stratum, rank from 1, ticket (64 hex digits), unit."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A stratum, the rows wanted of it, and the first 8 hex digits that a ticket may have at most."""

    stratum: str
    wanted: int
    prefix: str

    @property
    def everything(self) -> Bound:
        """The same without a bound."""
        return replace(self, prefix="f" * 8)


Scan = Callable[[Sequence[Bound]], Iterable[EngineRow]]
"""One pass over a frame: of each bound's stratum the `wanted` smallest tickets among those within it."""


def bounds(
    design: Iterable[DesignRow],
    *,
    replicates: int = 0,
    late: int = 0,
    expected: Callable[[int], int] | None = None,
) -> tuple[Bound, ...]:
    """Return a bound for every stratum of a design, for the main sample, so many replicates and late units.

    `expected` gives how many rows should lie within the bound where m are wanted; any number gives the same
    draw, since a stratum left short is looked through again.
    """
    rows = expected or generous
    return tuple(
        _bound(row.stratum, row.released(replicates, late=late), units=row.units, rows=rows) for row in design
    )


def generous(wanted: int) -> int:
    """m + 9√m: of a million strata of ten, some two hundredths fall short."""
    return wanted + isqrt(SLACK * SLACK * wanted)


def _bound(stratum: str, wanted: int, *, units: int, rows: Callable[[int], int]) -> Bound:
    return Bound(stratum, wanted, f"{min(SPACE - 1, rows(wanted) * SPACE // units):08x}")


def draw(scan: Scan, *, design: Sequence[DesignRow], within: Sequence[Bound]) -> tuple[DrawnUnit, ...]:
    """Return the sample by stratum, then rank: one pass, and another over the strata left short.

    Raises Invalid where a stratum of the frame holds fewer units than the design draws.
    """
    found = list(scan(within))
    held = Counter(stratum for stratum, *_rest in found)
    if short := [bound.everything for bound in within if held[bound.stratum] < bound.wanted]:
        again = {bound.stratum for bound in short}
        found = [row for row in found if row[0] not in again] + list(scan(short))
        held = Counter(stratum for stratum, *_rest in found)
    for bound in within:
        if held[bound.stratum] != bound.wanted:
            raise Invalid(
                _(
                    "层 %(stratum)s 要抽 %(wanted)s 户，抽样框里只找到 %(found)s 户。",
                    stratum=bound.stratum,
                    wanted=bound.wanted,
                    found=held[bound.stratum],
                )
            )
    plan = {row.stratum: row for row in design}
    return tuple(
        DrawnUnit(stratum, rank, ticket, unit, replicate=plan[stratum].replicate_of(rank))
        for stratum, rank, ticket, unit in sorted(found)
    )
