"""Counts of the headline answers per stratum, whether they may be published, and the score they give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from survey.drawing import tables
from survey.drawing.answers import OPTIONS
from survey.drawing.design import DesignRow
from survey.drawing.fields import STRATUM, decimal

TallyCounts = tuple[int, int, int, int, int]
Tally = Mapping[str, TallyCounts]
NONE: TallyCounts = (0, 0, 0, 0, 0)
PEOPLE = lazy("人数")
LEAST_COMPLETES = 10
LEAST_COUNT = 5


def count(answers: Iterable[tuple[str, int]]) -> dict[str, TallyCounts]:
    """Return how often each option 1…5 was answered in each stratum, from pairs (stratum, answer)."""
    found: dict[str, list[int]] = {}
    for stratum, answer in answers:
        if answer not in OPTIONS:
            raise Invalid(_("只有 1 到 5 的回答才计入。"))
        found.setdefault(stratum, [0] * len(OPTIONS))[answer - 1] += 1
    return {stratum: _counts(numbers) for stratum, numbers in found.items()}


def _counts(numbers: Sequence[int]) -> TallyCounts:
    one, two, three, four, five = numbers
    return one, two, three, four, five


def build(tally: Tally, *, design: Sequence[DesignRow]) -> bytes:
    """Return `tally.tsv`: every stratum of the design in its order, zeros too."""
    strata = [row.stratum for row in design]
    if unknown := sorted(set(tally) - set(strata)):
        raise Invalid(_("层 %(unknown)s 不在设计里，却有回答。", unknown=unknown[0]))
    return tables.build((stratum, *tally.get(stratum, NONE)) for stratum in strata)


def parse(data: bytes) -> dict[str, TallyCounts]:
    """Return the counts of `tally.tsv` by stratum; raise Invalid naming the first wrong line."""
    return dict(tables.parse(data, name="tally.tsv", width=6, read=_row, order=lambda row: (row[0],)))


def _row(fields: Sequence[str]) -> tuple[str, TallyCounts]:
    return STRATUM.check(fields[0]), _counts([decimal(field, name=PEOPLE) for field in fields[1:]])


def is_publishable(tally: Tally, *, least: int = LEAST_COMPLETES) -> bool:
    """Whether every stratum has 0 or ≥ `least` completes and no option was chosen by 1 to 4 people."""
    totals = [sum(counts) for counts in tally.values()]
    numbers = [n for counts in tally.values() for n in counts]
    return not any(0 < n < least for n in totals) and not any(0 < n < LEAST_COUNT for n in numbers)


def mean(tally: Tally, *, design: Sequence[DesignRow]) -> Fraction | None:
    """Return Σ N_h·mean_h / Σ N_h over the strata with a complete, exact; None without any complete."""
    answered = [(row.units, tally[row.stratum]) for row in design if sum(tally.get(row.stratum, NONE))]
    if not answered:
        return None
    weighted = sum(units * _mean(counts) for units, counts in answered)
    return Fraction(weighted) / sum(units for units, _ in answered)


def _mean(counts: TallyCounts) -> Fraction:
    return Fraction(sum(option * n for option, n in zip(OPTIONS, counts, strict=True)), sum(counts))


def mean_text(mean: Fraction | None) -> str:
    """Return the score as the log writes it: `p/q` in lowest terms, or `none`."""
    return "none" if mean is None else f"{mean.numerator}/{mean.denominator}"
