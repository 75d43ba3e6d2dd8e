"""A household rings back: which cases may be taken, and whether what the caller says names one home."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from survey.fieldwork.rules.dispositions import group_of

UNREACHED_CLASSES = frozenset({"NC", "UH", "UO"})
"""Classes whose closed cases a return call, or a wish for no call, changes."""
WAITING = frozenset({"released", "queued", "resting"})
SHORTEST = 3
"""Characters of an address below which too many homes would fit."""


@dataclass(frozen=True, slots=True)
class ReturnCaller:
    """Who rings us: the full number (E.164), and what is said of the home where several have the number."""

    number: str
    said: str = ""


class Answered(StrEnum):
    """What a return call leads to."""

    TAKEN = "taken"
    UNKNOWN = "unknown"
    SEVERAL = "several"
    BUSY = "busy"
    COLLEAGUE = "colleague"
    DONE = "done"
    SILENT = "silent"


def may_take(state: str, *, outcome: str | None) -> bool:
    """Whether the case of a household that rings is taken into hand: it waits, or nobody had reached it."""
    if state == "closed":
        return outcome is not None and group_of(outcome) in UNREACHED_CLASSES
    return state in WAITING


def same_home(said: str, *, addresses: Mapping[str, str]) -> str | None:
    """Return the key of the one address that holds what the caller says of the home; None for none, or more.

    Nothing is offered to choose from: the caller names the estate and building, and they are compared.
    """
    words = _plain(said)
    if len(words) < SHORTEST:
        return None
    found = [key for key, address in addresses.items() if words in _plain(address)]
    return found[0] if len(found) == 1 else None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(symbol for symbol in folded if symbol.isalnum())
