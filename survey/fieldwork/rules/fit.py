"""How promising the current window is for a case, among the windows open to it: when it is called, never who.

Each window has a Beta distribution of its contacts; a value is drawn from it by a hash of seed, case, window
and day, so that anybody who knows the log draws the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from survey.fieldwork.rules import attempts as policy
from survey.fieldwork.rules.attempts import ContactResult
from survey.waves.rules.slots import WINDOWS

MILLION = 1_000_000
BORROWED = 20
"""Of a band's own attempts, so many are made up from the whole campaign."""
WEIGHT = 4
"""As many attempts as what was known beforehand weighs against a case's own."""


@dataclass(frozen=True, slots=True)
class WindowCounts:
    """Contacts among the attempts of a window."""

    contacts: int = 0
    attempts: int = 0


NO_ATTEMPTS = WindowCounts()


@dataclass(frozen=True, slots=True)
class WindowDraw:
    """One value to be drawn: which quantile of which Beta distribution."""

    a: float
    b: float
    u: float


def expected(campaign: WindowCounts, band: WindowCounts) -> float:
    """Return the share of contacts to expect of a window, from an age band's counts and the campaign's."""
    overall = (campaign.contacts + 1) / (campaign.attempts + 2)
    return (band.contacts + BORROWED * overall) / (band.attempts + BORROWED)


def uniform(seed: str, *, unit: str, window: str, day: str) -> float:
    """Return a number from 0 to 1 that only seed, case, window and day decide."""
    digest = sha256("\n".join([seed, "window", unit, window, day]).encode()).digest()
    return int.from_bytes(digest) / 2**256


def tried(history: Iterable[policy.DialledAttempt], *, window: str) -> WindowCounts:
    """Return a case's own counts in a window."""
    those = [each for each in policy.counted(history) if each.window == window]
    return WindowCounts(sum(each.contact is not ContactResult.NOBODY for each in those), len(those))


def draw_of(own: WindowCounts, *, mean: float, u: float) -> WindowDraw:
    """Return the draw for a case that was tried so in a window of which `mean` is expected."""
    misses = own.attempts - own.contacts
    return WindowDraw(WEIGHT * mean + own.contacts, WEIGHT * (1 - mean) + misses, u)


def thetas(draws: Sequence[WindowDraw]) -> list[int]:
    """Return the drawn values, in whole millionths."""
    if not draws:
        return []
    from scipy.special import betaincinv  # noqa: PLC0415 - most processes draw none

    a, b, u = np.array([(each.a, each.b, each.u) for each in draws]).T
    return [int(each) for each in np.rint(betaincinv(a, b, u) * MILLION)]


@dataclass(frozen=True, slots=True)
class Season:
    """What fits are drawn from on one day: the seed, the day, and the campaign's counts as of its midnight.

    The registry holds nobody's age, so all households are of one band.
    """

    seed: str
    day: str
    counts: Mapping[str, WindowCounts]

    def draws(
        self, unit: str, history: Sequence[policy.DialledAttempt], *, among: Iterable[str]
    ) -> list[WindowDraw]:
        """Return what is to be drawn for a case, of each window of `among` in the order of their names."""
        return [self._draw(unit, history, window) for window in sorted(among)]

    def _draw(self, unit: str, history: Sequence[policy.DialledAttempt], window: str) -> WindowDraw:
        counts = self.counts.get(window, NO_ATTEMPTS)
        u = uniform(self.seed, unit=unit, window=window, day=self.day)
        return draw_of(tried(history, window=window), mean=expected(counts, counts), u=u)


def fit(window: str, *, values: Mapping[str, int]) -> int:
    """Return the rank of `window` by the drawn values, best 1; of equals the earlier name leads."""
    mine = (-values[window], window)
    return 1 + sum((-value, other) < mine for other, value in values.items())


def no_counts() -> dict[str, WindowCounts]:
    """Return the counts of a campaign that called nobody yet."""
    return dict.fromkeys(WINDOWS, NO_ATTEMPTS)
