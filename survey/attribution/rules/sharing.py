"""From a told case to its shares: solved, unsolved and due, or nothing that anybody answers for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sampling.comparing.attribution import CustodyCase, custody_blame
from survey.attribution.rules.inputs import AskedRow, ToldCase
from survey.campaigns.rules.standing import SOLVED_SAYS_RESIDENT, UNSOLVED_SAYS_RESIDENT, RowStanding

UNKNOWN = "unknown"
"""Who declared a contested case solved, in deposits of before they told it."""
UNCOVERED = "-"
"""The stratum of silent cases that no campaign's frame held."""
DEPARTMENT_HOURS = 120.0
OFFICE_HOURS = 24.0
OFFICES = ("worker", "unit", "dept:coordination", "dept:district", "dept:grid_office")
"""Holders that aren't departments. Hours are these where a deposit of before doesn't tell what was agreed."""


@dataclass(frozen=True, slots=True)
class SharedCase:
    """A case with what is known of it: `known` without a call, or by one (`called`); None of a silent one.

    `least` is how it counts where whoever wasn't reached is taken for a no; None unless it was drawn.
    """

    told: ToldCase
    known: CustodyCase | None
    called: CustodyCase | None
    least: CustodyCase | None
    is_silent: bool
    stratum: str

    @property
    def blame(self) -> Mapping[str, float]:
        """Each holder's share in an unsolved case that is known without a call."""
        if self.known is None or self.known.solved:
            return {}
        return custody_blame(self.known.hours, self.known.allowed, closed_by=self.known.closed_by)

    @property
    def is_unresolved(self) -> bool:
        """Whether it is known, without a call, that it isn't solved, and somebody answers for it."""
        return bool(self.blame)


def allowed_hours(told: Mapping[str, float], hours: Iterable[str]) -> dict[str, float]:
    """Return the hours allowed to each holder: what was told, else the usual ones."""
    return {holder: told.get(holder, _usual(holder)) for holder in hours}


def _usual(holder: str) -> float:
    return OFFICE_HOURS if holder in OFFICES else DEPARTMENT_HOURS


def shared(cases: Iterable[ToldCase], asked: Mapping[str, AskedRow]) -> list[SharedCase]:
    """Return the cases that count, each as it stands.

    A worker's own are left out, those out of scope, and those of which a receipt alone speaks.
    """
    counted = (case for case in cases if case.standing and not case.is_staffs and not case.by_receipt)
    return [_shared(case, asked.get(case.code)) for case in counted]


def _shared(case: ToldCase, row: AskedRow | None) -> SharedCase:
    if case.standing is not RowStanding.SILENT:
        return SharedCase(case, _known(case), None, None, is_silent=False, stratum="")
    if row is None:
        return SharedCase(case, None, None, None, is_silent=True, stratum=UNCOVERED)
    held = CustodyCase(case.hours, case.allowed, solved=True, closed_by=_closer(case), called=row.stratum)
    called = None if row.found is None else replace(held, solved=row.found)
    least = replace(held, solved=bool(row.found)) if row.drawn else None
    return SharedCase(case, None, called, least, is_silent=True, stratum=row.stratum)


def _known(case: ToldCase) -> CustodyCase | None:
    """How a case counts whose resident said something, or that is past due; None where nobody is blamed."""
    held = CustodyCase(case.hours, case.allowed, solved=case.state == SOLVED_SAYS_RESIDENT)
    if case.state == UNSOLVED_SAYS_RESIDENT:
        return replace(held, closed_by=_closer(case))
    if case.standing is RowStanding.OVERDUE:
        # A case that was sent back is open again: whoever had declared it solved answers for that.
        return replace(held, closed_by=case.declared_by)
    return held if held.solved else None


def _closer(case: ToldCase) -> str:
    return case.declared_by or UNKNOWN


def silent_by_stratum(cases: Sequence[SharedCase]) -> dict[str, int]:
    """Count the silent cases of each stratum from which some were drawn."""
    found: dict[str, int] = {}
    for case in cases:
        if case.is_silent:
            found[case.stratum] = found.get(case.stratum, 0) + 1
    return found
