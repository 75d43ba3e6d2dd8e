"""What drawn pages hang on, and communities by name."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from feedback.contacts.queries import offices
from feedback.models import AnswerChange, Area, Poster
from feedback.scan.rules import finding
from feedback.scan.rules.finding import FoundCommunity, SearchedCommunity
from feedback.web.queries import lookups
from huying.base.phones import Vault

Mark = tuple[int, int]
"""Differs after each change of what an answer hangs on."""


def mark_of_changes(session: Session) -> Mark:
    """Return the mark of changes as it is now."""
    # Not the highest number alone: a lower one may be committed later.
    counted = select(func.count(), func.coalesce(func.max(AnswerChange.id), 0))
    count, highest = session.execute(counted.select_from(AnswerChange)).one()
    return count, highest


class SearchIndex:
    """What a search looks through, kept as long as no mark of changes is added: anybody may search, often."""

    def __init__(self) -> None:
        self._kept: tuple[Mark, Mapping[str, SearchedCommunity]] | None = None
        self._lock = Lock()

    def of(self, session: Session) -> Mapping[str, SearchedCommunity]:
        """Return the communities by code, as they are now."""
        mark = mark_of_changes(session)
        # One reads anew, and whoever asks meanwhile waits for it: of twenty thousand posters it takes 0.1 s.
        with self._lock:
            if self._kept is None or self._kept[0] != mark:
                self._kept = mark, _searched(session)
            return self._kept[1]


def communities(
    session: Session, sought: str, *, index: SearchIndex, vault: Vault
) -> tuple[list[FoundCommunity], int]:
    """Return the first communities that a search finds, each with who answers there, and how many there are.

    Offices alone are named: whoever guesses names learns no worker's number.
    """
    known = index.of(session)
    codes = finding.matching(list(known.values()), finding.cleaned(sought))
    found = [_found(session, known[code], vault=vault) for code in codes[: finding.MOST]]
    return found, len(codes)


def _searched(session: Session) -> Mapping[str, SearchedCommunity]:
    known = lookups.areas(session)
    grids = finding.grouped(
        [(grid.parent_code or "", grid.name) for grid in lookups.grids_below(known, None)]
    )
    hanging = select(Poster.grid_code, Poster.place).where(Poster.retired_at.is_(None))
    rows = [(known[grid].parent_code or "", place) for grid, place in session.execute(hanging)]
    locations = finding.grouped(rows)
    return {
        code: SearchedCommunity(code, (*_names(known, code), *names), locations.get(code, ()))
        for code, names in grids.items()
        if code in known
    }


def _names(known: Mapping[str, Area], code: str) -> tuple[str, str]:
    """Return the names of a community's street and of itself."""
    above = known.get(known[code].parent_code or "")
    return (above.name if above else "", known[code].name)


def _found(session: Session, community: SearchedCommunity, *, vault: Vault) -> FoundCommunity:
    street, name, *grids = community.names
    institutions = offices.offices(session, community.code, vault=vault)
    return FoundCommunity(street, name, tuple(grids), tuple(institutions))
