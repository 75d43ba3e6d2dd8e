"""What a campaign found: a rate with its interval, of each street and of all, few answers hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, replace

from sampling.comparing.resolution import CalledStratum, Resolution, stratified
from sampling.errors import NotIdentified
from survey.scores.rules.suppression import FREE, ScoreCell, statuses

EVERYTHING = "all"
CONFIRMS = frozenset({4, 5})
"""Answers to the headline item that bear out what was told."""


@dataclass(frozen=True, slots=True)
class StreetCounts:
    """Of a street: rows that count, known without a call and confirmed among them, drawn, reached, confirmed.

    `overdue` are those known that nobody ever reported solved: they count as not solved.
    """

    due: int
    replied: int
    confirmed: int
    overdue: int
    drawn: int
    reached: int
    confirmed_on_call: int

    @property
    def silent(self) -> int:
        """Of how many nothing is known without a call."""
        return self.due - self.replied

    def __add__(self, other: StreetCounts) -> StreetCounts:
        """Return both together."""
        return StreetCounts(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True, slots=True)
class CampaignFigure:
    """A row of a campaign's release: the counts, the rate with its interval, what it would be otherwise.

    `least` takes every drawn one that wasn't reached for a no; `repliers` are those who replied by
    themselves, `as_silence` the rate were silence a yes. Figures are None where nothing is told, and so are
    the last three counts where the row is hidden (`status`).
    """

    area: str
    name: str
    due: int
    replied: int
    confirmed: int
    overdue: int
    silent: int
    drawn: int
    status: str
    reached: int | None = None
    confirmed_on_call: int | None = None
    rate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    least: float | None = None
    repliers: float | None = None
    as_silence: float | None = None


def figures(streets: Mapping[str, StreetCounts], *, names: Mapping[str, str]) -> list[CampaignFigure]:
    """Return the row of all streets together, then each street's by code."""
    if not streets:
        return []
    total = sum(streets.values(), start=StreetCounts(*[0] * 7))
    cells = [ScoreCell(EVERYTHING, None, total.reached)]
    cells += [ScoreCell(street, EVERYTHING, counts.reached) for street, counts in streets.items()]
    told = statuses(cells)
    rows = [_figure(EVERYTHING, list(streets.values()), total, names=names, status=told[EVERYTHING])]
    return rows + [
        _figure(street, [streets[street]], streets[street], names=names, status=told[street])
        for street in sorted(streets)
    ]


def _figure(
    area: str, parts: Sequence[StreetCounts], counts: StreetCounts, *, names: Mapping[str, str], status: str
) -> CampaignFigure:
    known = counts.due, counts.replied, counts.confirmed, counts.overdue, counts.silent, counts.drawn
    none = CampaignFigure(area, names.get(area, area), *known, status)
    found = None if status != FREE else _rate(parts, least=False)
    if found is None:
        return none
    answered = counts.replied - counts.overdue
    bound = _rate(parts, least=True)
    return replace(
        none,
        reached=counts.reached,
        confirmed_on_call=counts.confirmed_on_call,
        rate=_rounded(found.value),
        se=_rounded(found.se),
        low=_rounded(found.low),
        high=_rounded(found.high),
        least=None if bound is None else _rounded(bound.value),
        repliers=_rounded(counts.confirmed / answered) if answered else None,
        as_silence=_rounded(found.silence_is_yes),
    )


def _rate(parts: Sequence[StreetCounts], *, least: bool) -> Resolution | None:
    """Return the rate over these strata; with `least` whoever wasn't reached counts as a no."""
    strata = [
        CalledStratum(
            each.due,
            each.replied,
            each.confirmed,
            each.drawn if least else each.reached,
            each.confirmed_on_call,
        )
        for each in parts
        if each.due
    ]
    try:
        return stratified(strata) if strata else None
    except NotIdentified:
        return None


def _rounded(share: float) -> float:
    return round(share, 4)


def direct(rows: Sequence[CampaignFigure]) -> float | None:
    """Return the rate of everything, None where it isn't told."""
    return next((row.rate for row in rows if row.area == EVERYTHING), None)
