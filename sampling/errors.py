"""Refusals of the library: each names the offending parameter, labels or rows."""

from __future__ import annotations

from collections.abc import Iterable

SHOWN = 3


class SamplingError(ValueError):
    """Something was asked that has no right answer; `items` holds the offending labels, rows or values."""

    def __init__(self, message: str, *, items: Iterable[object] = ()) -> None:
        super().__init__(message)
        self.items = tuple(items)


class BadInput(SamplingError):
    """A parameter has the wrong shape, range, option or label."""


class FpcTooSmall(SamplingError):
    """A stratum's frame holds fewer units than were sampled from it."""


class UnnestedPsu(SamplingError):
    """A primary sampling unit has rows in two strata."""


class LonelyStratum(SamplingError):
    """A stratum holds one sampled unit, so nothing shows how much its units differ."""


class EmptyDomain(SamplingError):
    """A domain has no weight."""


class TooFew(SamplingError):
    """Fewer units are there than were asked for."""


class NotIdentified(SamplingError):
    """The sample can't tell the figure, however large it is."""


class TotalsDisagree(SamplingError):
    """Totals of the same population differ from margin to margin."""


class EmptyCell(SamplingError):
    """A cell has a total and no row with weight, or the reverse; or a class has too few rows to adjust."""


class NotConverged(SamplingError):
    """The last step of an iteration is still too far from what was asked."""


class Infeasible(SamplingError):
    """Nothing within the bounds can meet what was asked."""


class Collinear(SamplingError):
    """A column is a combination of others, so their coefficients can't be told apart."""


def named(items: Iterable[object]) -> str:
    """Return the first offenders for a message: `'G0007', 'G0009' (and 2 more)`."""
    every = list(items)
    more = f" (and {len(every) - SHOWN} more)" if len(every) > SHOWN else ""
    return ", ".join(repr(item) for item in every[:SHOWN]) + more
