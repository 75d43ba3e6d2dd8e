"""Who was worked as hard as was sealed: computed from the entries of the log alone, as any stranger does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from survey.drawing.canonical import Object

UNTRIED = frozenset({"not_attempted", "unknown_if_household"})
LEAST_DAYS = 5
NO_PHONE, OPTED_OUT = "frame_bad_contact", "refusal_person"
OUTSIDE = "X"
"""The window of calls outside every slot."""


@dataclass(frozen=True, slots=True)
class SealedEffort:
    """Distinct attempts, over so many windows, before nobody was reached; the outcomes that say so."""

    attempts: int
    windows: int
    unreached: frozenset[str]
    days: int = LEAST_DAYS

    def met(self, calls: Collection[tuple[str, str]]) -> bool:
        """Whether distinct calls (day, window) are as many, and as spread, as was sealed."""
        windows = {window for _day, window in calls} - {OUTSIDE}
        days = {day for day, _window in calls}
        return len(calls) >= self.attempts and len(windows) >= self.windows and len(days) >= self.days


@dataclass(slots=True)
class _Field:
    effort: SealedEffort
    stratum_of: Mapping[str, str]
    spared: Mapping[str, Counter[str]]
    calls: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    bad: set[str] = field(default_factory=set)
    over: set[str] = field(default_factory=set)

    def take(self, entry: Object) -> None:
        unit = str(entry["u"])
        calls = self.calls.setdefault(unit, set())
        if entry["t"] == "attempt":
            if "in" not in entry:  # a household that rang back was not tried once more
                calls.add((str(entry["day"]), str(entry["w"])))
            return
        code = str(entry["code"] if entry["t"] == "final" else entry["to"])
        self.finished.add(unit)
        short = code in UNTRIED or (code in self.effort.unreached and not self.effort.met(calls))
        (self.bad.add if short else self.bad.discard)(unit)
        if not calls and code in self.spared:
            self._spare(unit, left=self.spared[code])

    def _spare(self, unit: str, *, left: Counter[str]) -> None:
        """Of those whom nobody could or might call, only as many as were counted at the freeze."""
        stratum = self.stratum_of[unit]
        left[stratum] -= 1
        if left[stratum] < 0:
            self.over.add(unit)


def unworked(
    entries: Iterable[Object],
    *,
    stratum_of: Mapping[str, str],
    effort: SealedEffort,
    nophone: Mapping[str, int],
    optout: Mapping[str, int],
) -> list[str]:
    """Return the released units (with their strata) that weren't worked to the end, sorted.

    `nophone` and `optout` count by stratum who had no number, or had asked not to be called, at the freeze.
    """
    state = _Field(effort, stratum_of, {NO_PHONE: Counter(nophone), OPTED_OUT: Counter(optout)})
    for entry in entries:
        if entry["t"] in {"attempt", "final", "correction"} and entry["u"] in stratum_of:
            state.take(entry)
    return sorted(state.bad | state.over | (stratum_of.keys() - state.finished))
