"""Finding one's grid without a poster: by the name of a street, a community, a grid, or a poster's place."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

MOST, SHORTEST, LONGEST = 20, 2, 40
"""So many communities are shown; so few characters find too much, so many are no name."""


@dataclass(frozen=True, slots=True)
class SearchedCommunity:
    """A community as a search sees it: names from its street down to its grids, and its posters' places."""

    code: str
    names: tuple[str, ...]
    locations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FoundCommunity:
    """A community that was found: names of its street and itself, its grids, and who answers there."""

    street: str
    name: str
    grids: tuple[str, ...]
    institutions: tuple[tuple[str, str], ...]


def cleaned(text: str) -> str:
    """Return what is sought, in one form of its characters and without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())[:LONGEST]


def matching(communities: Sequence[SearchedCommunity], sought: str) -> list[str]:
    """Return the codes of communities of which a name, or else a poster's place, holds what is sought."""
    by_name = [each.code for each in communities if _holds(each.names, sought)]
    by_place = [each.code for each in communities if _holds(each.locations, sought)]
    return list(dict.fromkeys([*by_name, *by_place]))


def _holds(texts: Sequence[str], sought: str) -> bool:
    return any(sought in cleaned(text) for text in texts)


def grouped(pairs: Sequence[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Return second parts by the first, in their order, each once."""
    found: dict[str, dict[str, None]] = {}
    for key, value in pairs:
        found.setdefault(key, {})[value] = None
    return {key: tuple(values) for key, values in found.items()}
