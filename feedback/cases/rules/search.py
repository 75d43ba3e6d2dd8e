"""What somebody looks for among the cases in their own hands."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from feedback.cases.rules.codes import NUMBER_SYMBOLS
from feedback.cases.rules.lifecycle import RUNNING, STATES
from huying.base.i18n import Lazy, lazy

OVER = "over"
FINDABLE: Mapping[str, Lazy] = {
    **{code: label for code, label in STATES.items() if code in RUNNING},
    OVER: lazy("已了结"),
}
"""States that can be looked for: how a case that is over ended, nobody learns from a list."""
LONGEST, MOST_WORDS = 100, 8


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """Words of a case, its place or its number; a state; the page of the list."""

    text: str = ""
    state: str = ""
    page: int = 1

    @property
    def words(self) -> tuple[str, ...]:
        """The words, each of which a case has to hold somewhere."""
        return tuple(unicodedata.normalize("NFKC", self.text).split()[:MOST_WORDS])

    @property
    def number(self) -> str:
        """The case's number as it is printed, where something like one was written; else nothing."""
        typed = unicodedata.normalize("NFKC", self.text).strip().lstrip("#").upper()
        plain = typed.replace("O", "0").replace("I", "1").replace("L", "1")
        return plain if len(plain) == NUMBER_SYMBOLS and plain.isascii() and plain.isalnum() else ""
