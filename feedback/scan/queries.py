"""What drawn pages hang on, and communities by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def communities(session: Session, sought: str, *, vault: Vault) -> tuple[list[FoundCommunity], int]:
    """Return the first communities that a search finds, each with who answers there, and how many there are.

    Offices alone are named: whoever guesses names learns no worker's number.
    """
    known = lookups.areas(session)
    grids = finding.grouped(
        [(grid.parent_code or "", grid.name) for grid in lookups.grids_below(known, None)]
    )
    codes = finding.matching(_searched(session, known, grids), finding.cleaned(sought))
    found = [_found(session, known, code, grids[code], vault=vault) for code in codes[: finding.MOST]]
    return found, len(codes)


def _searched(
    session: Session, known: Mapping[str, Area], grids: Mapping[str, tuple[str, ...]]
) -> Sequence[SearchedCommunity]:
    hanging = select(Poster.grid_code, Poster.place).where(Poster.retired_at.is_(None))
    rows = [(known[grid].parent_code or "", place) for grid, place in session.execute(hanging)]
    locations = finding.grouped(rows)
    return [
        SearchedCommunity(code, (*_names(known, code), *names), locations.get(code, ()))
        for code, names in grids.items()
        if code in known
    ]


def _names(known: Mapping[str, Area], code: str) -> tuple[str, str]:
    """Return the names of a community's street and of itself."""
    above = known.get(known[code].parent_code or "")
    return (above.name if above else "", known[code].name)


def _found(
    session: Session, known: Mapping[str, Area], code: str, grids: tuple[str, ...], *, vault: Vault
) -> FoundCommunity:
    street, name = _names(known, code)
    return FoundCommunity(street, name, grids, tuple(offices.offices(session, code, vault=vault)))
