"""Whose hours they were: an unresolved case is shared out by custody; each holder has its own rate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite

import numpy as np

from sampling.errors import BadInput, NotIdentified
from sampling.intervals.limits import wilson_limits, z_quantile

NOBODYS = frozenset({"resident", "pause"})
"""Whose hours are held against nobody, whatever follows a colon."""


@dataclass(frozen=True, slots=True)
class CustodyCase:
    """A due case: the hours of each holder and the hours allowed, whether it is solved, who declared it so.

    `called` names the stratum of silent cases from which it was drawn and called; empty of a case whose
    outcome was known without a call.
    """

    hours: Mapping[str, float]
    allowed: Mapping[str, float]
    solved: bool
    closed_by: str = ""
    called: str = ""

    @property
    def holders(self) -> list[str]:
        """Who had it for any time and can answer for it."""
        return [holder for holder, held in self.hours.items() if held > 0 and answerable(holder)]


@dataclass(frozen=True, slots=True)
class HolderRate:
    """A holder's rate K/(K + Σr), None without any case, with its error and limits.

    `confirmed` is K, the solved cases that it touched, `blame` Σr, its shares in the others; cases that were
    called stand for all silent ones of their stratum. `closed_falsely` counts unsolved cases that it had
    declared solved, `called` those of its cases that were called.
    """

    confirmed: float
    blame: float
    value: float | None
    se: float | None
    low: float | None
    high: float | None
    closed_falsely: int
    called: int


def answerable(holder: str) -> bool:
    """Tell whether hours can be held against a holder: not the resident's, and no pause."""
    return holder.partition(":")[0] not in NOBODYS


def overrun(hours: Mapping[str, float], allowed: Mapping[str, float]) -> dict[str, float]:
    """Return by how many hours each holder was over what was allowed, those that were.

    Hours are summed over a holder's visits. Formula (78) of method.md. Raises BadInput for hours that
    aren't finite or below 0, and for a holder without an allowance.

    >>> overrun({"worker": 10, "dept:water": 120, "resident": 500}, {"worker": 24, "dept:water": 72})
    {'dept:water': 48}
    """
    found = {}
    for holder, held in hours.items():
        if not (isfinite(held) and held >= 0):
            raise BadInput(f"The 'hours' must be finite and not below 0. Got {held!r} of {holder!r}.")
        if answerable(holder):
            if holder not in allowed:
                raise BadInput(f"The 'allowed' parameter lacks {holder!r}.", items=[holder])
            if held > allowed[holder]:
                found[holder] = held - allowed[holder]
    return found


def custody_blame(
    hours: Mapping[str, float], allowed: Mapping[str, float], *, closed_by: str = ""
) -> dict[str, float]:
    """Return each holder's share in an unsolved case; the shares sum to 1, or there are none.

    r_h = over_h/Σ over, over_h = max(0, hours_h - allowed_h) of holders other than the resident and pauses.
    Where nobody overran, it falls whole on who declared it solved, and an open case isn't due. Formula (78)
    of method.md; the rule by which a service answers for its own delay, not for the next one's. Raises
    BadInput as `overrun` does.

    >>> custody_blame({"worker": 72, "dept:water": 96}, {"worker": 24, "dept:water": 72}, closed_by="worker")
    {'worker': 0.6666666666666666, 'dept:water': 0.3333333333333333}
    >>> custody_blame({"worker": 20}, {"worker": 24}, closed_by="worker")
    {'worker': 1.0}
    """
    over = overrun(hours, allowed)
    if over:
        whole = fsum(over.values())
        return {holder: excess / whole for holder, excess in over.items()}
    return {closed_by: 1.0} if closed_by else {}


def holder_rates(
    cases: Sequence[CustodyCase], *, silent: Mapping[str, int] | None = None, level: float = 0.95
) -> dict[str, HolderRate]:
    """Return the rate of every holder of the `cases`, by name.

    K/(K + Σr) with K the solved cases that a holder touched and Σr its shares in the unsolved ones. `silent`
    (by stratum) says how many silent cases there are where some were drawn and called: each of these counts
    m/m₂ times. A stratum in which fewer than two were called, and not all, is joined with those called
    least. Variance: the second phase's, linearised, and p(1 - p)/(K + Σr), the cases being some of those
    that a holder meets; limits: Wilson's at the size that has this variance. Formula (79) of method.md;
    Hansen and Hurwitz (1946), Journal of the American Statistical Association 41: 517-529. Raises
    NotIdentified for a called case of a stratum that `silent` lacks, BadInput where more were called than
    are silent, and as `overrun` does.

    >>> water = {"worker": 24, "dept:water": 72}
    >>> stuck = CustodyCase({"worker": 4, "dept:water": 360}, water, False)
    >>> found = holder_rates([stuck, CustodyCase({"worker": 16}, water, True)])
    >>> found["worker"].value, found["dept:water"].value
    (1.0, 0.0)
    """
    strata = _strata(cases, silent or {})
    kept: dict[str, list[tuple[CustodyCase, float, float]]] = {}
    for case in cases:
        for holder, share in _shares(case).items():
            kept.setdefault(holder, []).append((case, float(case.solved), share))
    return {holder: _rate(holder, rows, strata, level=level) for holder, rows in sorted(kept.items())}


def unresolved(cases: Iterable[CustodyCase], *, silent: Mapping[str, int] | None = None) -> float:
    """Return how many cases the shares of all holders add up to: unsolved and due, the called ones weighted.

    Formula (79) of method.md. Raises as `holder_rates` does.

    >>> day = {"worker": 24}
    >>> unresolved([CustodyCase({"worker": 30}, day, False), CustodyCase({"worker": 3}, day, False)])
    1.0
    """
    every = list(cases)
    strata = _strata(every, silent or {})
    return fsum(_weight(case, strata) for case in every if not case.solved and _blame(case))


@dataclass(frozen=True, slots=True)
class _Stratum:
    """Of a stratum, or of several joined: how many are silent and how many of them were called."""

    name: str
    silent: int
    called: int

    @property
    def is_thin(self) -> bool:
        return self.called < min(2, self.silent)

    def __add__(self, other: _Stratum) -> _Stratum:
        return _Stratum(self.name, self.silent + other.silent, self.called + other.called)


def _strata(cases: Iterable[CustodyCase], silent: Mapping[str, int]) -> dict[str, _Stratum]:
    """The stratum that each name counts in, thin ones joined with those called least."""
    called = Counter(case.called for case in cases if case.called)
    if lacking := sorted(set(called) - set(silent)):
        raise NotIdentified(f"The 'silent' parameter lacks {lacking[0]!r}.", items=lacking)
    for name, n in called.items():
        if n > silent[name]:
            raise BadInput(f"Of {name!r} {n} were called and {silent[name]} are silent.", items=[name])
    waiting = [(_Stratum(name, m, called[name]), [name]) for name, m in sorted(silent.items()) if m]
    waiting.sort(key=lambda one: one[0].called)
    while len(waiting) > 1 and waiting[0][0].is_thin:
        (one, names), (other, more) = waiting.pop(0), waiting.pop(0)
        waiting.append((one + other, names + more))
        waiting.sort(key=lambda each: each[0].called)
    return {name: stratum for stratum, names in waiting for name in names}


def _weight(case: CustodyCase, strata: Mapping[str, _Stratum]) -> float:
    if not case.called:
        return 1.0
    stratum = strata[case.called]
    return stratum.silent / stratum.called


def _blame(case: CustodyCase) -> dict[str, float]:
    return custody_blame(case.hours, case.allowed, closed_by=case.closed_by)


def _shares(case: CustodyCase) -> dict[str, float]:
    """Each holder's share in a case that counts: 1 in a solved one, its blame in another."""
    if case.solved:
        return dict.fromkeys(case.holders, 1.0)
    blame = _blame(case)
    return {**dict.fromkeys(case.holders, 0.0), **blame} if blame else {}


def _rate(
    holder: str,
    rows: Sequence[tuple[CustodyCase, float, float]],
    strata: Mapping[str, _Stratum],
    *,
    level: float,
) -> HolderRate:
    weighted = [(case, solved, _weight(case, strata) * share) for case, solved, share in rows]
    confirmed = fsum(part for _case, solved, part in weighted if solved)
    blame = fsum(part for _case, solved, part in weighted if not solved)
    falsely = sum(not case.solved and case.closed_by == holder for case, *_ in rows)
    counted = HolderRate(
        confirmed, blame, None, None, None, None, falsely, sum(bool(case.called) for case, *_ in rows)
    )
    whole = confirmed + blame
    if not whole:
        return counted
    p = confirmed / whole
    phase = _phase(rows, strata, p=p, whole=whole)
    variance = phase + p * (1 - p) / whole
    # At the edge the spread tells nothing: as many cases as there were, the called ones once.
    size = p * (1 - p) / variance if variance else min(whole, fsum(share for *_, share in rows))
    low, high = wilson_limits(np.array(p), size=size, z=np.array(z_quantile(level)))
    limits = float(low), float(high)
    return HolderRate(
        confirmed, blame, p, float(variance**0.5), *limits, counted.closed_falsely, counted.called
    )


def _phase(
    rows: Sequence[tuple[CustodyCase, float, float]],
    strata: Mapping[str, _Stratum],
    *,
    p: float,
    whole: float,
) -> float:
    """The second phase's variance: Σ m²(1 - f)s²/m₂ of the scores (solved - p)·share/(K + Σr)."""
    scores: dict[_Stratum, list[float]] = {}
    for case, solved, share in rows:
        if case.called:
            scores.setdefault(strata[case.called], []).append((solved - p) * share / whole)
    total = 0.0
    for stratum, found in scores.items():
        n, m = stratum.called, stratum.silent
        if n > 1:
            mean = fsum(found) / n
            # Called cases that the holder never touched score 0.
            squares = fsum((z - mean) ** 2 for z in found) + (n - len(found)) * mean**2
            total += m**2 * (1 - n / m) * squares / (n - 1) / n
    return total
