"""What the draw officer can choose among when a wave is frozen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.ledger import witnessed
from survey.models import LEDGER, Area, ListEntry
from survey.registry.queries import margins
from survey.registry.rules.margins import CityMargins
from survey.waves.queries import eligible, wordings


@dataclass(frozen=True, slots=True)
class FreezeChoices:
    """Streets (code and name), types, how many grids and households, whether there are lists, who cosigns.

    `margins` are tables from outside, the latest first; `wordings` questionnaires, name and digest, the
    latest first.
    """

    streets: Sequence[tuple[str, str]]
    types: Sequence[str]
    grids: int
    households: int
    has_lists: bool
    witnesses: Sequence[str]
    margins: Sequence[CityMargins]
    wordings: Sequence[tuple[str, str]]

    def margins_of(self, sha256: str | None) -> CityMargins | None:
        """Return the table with this digest; None where there is none."""
        return next((each for each in self.margins if each.sha256 == sha256), None)


def freeze_choices(session: Session) -> FreezeChoices:
    """Return the choices by the map and the registry as they are."""
    streets = session.execute(select(Area.code, Area.name).where(Area.level == "street"))
    types = session.scalars(select(Area.grid_type).where(Area.level == "grid").distinct())
    counts = eligible.counts(session)
    return FreezeChoices(
        streets=sorted((code, name) for code, name in streets),
        types=sorted(filter(None, types)),
        grids=len(counts),
        households=sum(counts.values()),
        witnesses=[key.name for key in witnessed.witnesses(LEDGER, session)],
        margins=margins.every(session),
        wordings=wordings.offered(session),
        has_lists=session.scalar(select(ListEntry.code).limit(1)) is not None,
    )
