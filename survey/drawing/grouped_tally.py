"""`tally.tsv` of groups: joined until no cell tells of few people, and the score that follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from survey.drawing import tables
from survey.drawing.groups import Groups
from survey.drawing.tally import LEAST_COMPLETES, LEAST_COUNT, NONE, TallyCounts

State = Literal["full", "few", "none"]
NOTHING = "none"


@dataclass(frozen=True, slots=True)
class TallyRow:
    """A group: how many answered each option, and for how many households they stand, in tens."""

    group: str
    counts: TallyCounts
    households: TallyCounts

    @property
    def total(self) -> int:
        """How many answered."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class GroupedTally:
    """The rows that may be published: `full`, `few` where options had to be joined, or `none` at all."""

    rows: tuple[TallyRow, ...]
    state: State

    def tsv(self) -> bytes:
        """Return `tally.tsv`."""
        return tables.build((row.group, row.total, *row.counts, *row.households) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Score:
    """Mean (three digits) and share satisfied (per cent, one digit), or `none`; per mille of households."""

    mean: str
    share: str
    covered: int


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    strata: tuple[str, ...]
    counts: TallyCounts

    def joined(self, other: _Group) -> _Group:
        return _Group(
            f"{self.name}+{other.name}", self.strata + other.strata, _added(self.counts, other.counts)
        )


def tells_of_few(counts: TallyCounts) -> bool:
    """Whether fewer than ten answered, or one to four said the same."""
    return sum(counts) < LEAST_COMPLETES or any(0 < n < LEAST_COUNT for n in counts)


def count(tally: Mapping[str, TallyCounts], *, groups: Groups, sizes: Mapping[str, int]) -> GroupedTally:
    """Return the tally of groups from the counts of strata, each with so many households."""
    held = _joined(
        [_Group(name, tuple(strata), _sum(strata, tally)) for name, strata in sorted(groups.items())]
    )
    rows = tuple(TallyRow(one.name, one.counts, _households(one.strata, tally, sizes)) for one in held)
    if not any(tells_of_few(row.counts) for row in rows):
        return GroupedTally(rows, "full")
    fewer = tuple(TallyRow(row.group, _options(row.counts), _options(row.households)) for row in rows)
    if not any(tells_of_few(row.counts) for row in fewer):
        return GroupedTally(fewer, "few")
    return GroupedTally((), "none")


def _joined(held: list[_Group]) -> list[_Group]:
    """From the top: the first that tells of few joins its successor, the last its predecessor; again."""
    while len(held) > 1:
        few = [place for place, one in enumerate(held) if tells_of_few(one.counts)]
        if not few:
            break
        first = min(few[0], len(held) - 2)
        held[first : first + 2] = [held[first].joined(held[first + 1])]
    return held


def _sum(strata: Sequence[str], tally: Mapping[str, TallyCounts]) -> TallyCounts:
    total = NONE
    for stratum in strata:
        total = _added(total, tally.get(stratum, NONE))
    return total


def _added(one: TallyCounts, other: TallyCounts) -> TallyCounts:
    a, b, c, d, e = (x + y for x, y in zip(one, other, strict=True))
    return a, b, c, d, e


def _options(counts: TallyCounts) -> TallyCounts:
    """Join 1 with 2 and 4 with 5."""
    one, two, three, four, five = counts
    return one + two, 0, three, four + five, 0


def _households(
    strata: Sequence[str], tally: Mapping[str, TallyCounts], sizes: Mapping[str, int]
) -> TallyCounts:
    sums = [Fraction(0)] * 5
    for stratum in strata:
        counts = tally.get(stratum, NONE)
        for option, n in enumerate(counts):
            sums[option] += Fraction(sizes[stratum] * n, sum(counts) or 1)
    # Python rounds fractions half to even.
    a, b, c, d, e = (10 * round(each / 10) for each in sums)
    return a, b, c, d, e


def score(
    tally: GroupedTally, *, groups: Groups, sizes: Mapping[str, int], completes: Mapping[str, int]
) -> Score:
    """Return the score of a tally; `completes` tells in which strata somebody answered."""
    covered = {
        name: sum(sizes[stratum] for stratum in strata if completes.get(stratum))
        for name, strata in groups.items()
    }
    total, mean, share = 0, Fraction(0), Fraction(0)
    for row in tally.rows:
        weight = sum(covered[name] for name in row.group.split("+"))
        of = row.households if sum(row.households) else row.counts
        total += weight
        mean += weight * Fraction(sum(option * n for option, n in enumerate(of, start=1)), sum(of))
        share += weight * Fraction(of[3] + of[4], sum(of))
    return Score(
        mean=decimal(mean / total, digits=3) if tally.state == "full" else NOTHING,
        share=decimal(100 * share / total, digits=1) if total else NOTHING,
        covered=round(Fraction(1000 * sum(covered.values()), sum(sizes.values()))),
    )


def decimal(number: Fraction, *, digits: int) -> str:
    """Return a number with so many digits after the point, ties to the even digit."""
    whole, rest = divmod(round(number * 10**digits), 10**digits)
    return f"{whole}.{rest:0{digits}d}"
