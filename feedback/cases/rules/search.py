"""What somebody looks for among the cases in their own hands."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from feedback.cases.rules.lifecycle import RUNNING, STATES
from huying.base.i18n import Lazy, lazy

OVER = "over"
FINDABLE: Mapping[str, Lazy] = {
    **{code: label for code, label in STATES.items() if code in RUNNING},
    OVER: lazy("已了结"),
}
"""States that can be looked for: how a case that is over ended, nobody learns from a list."""
LONGEST, MOST_WORDS, LARGEST = 100, 8, 2**31 - 1


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
    def number(self) -> int | None:
        """The case's number, where nothing but a number was written."""
        digits = unicodedata.normalize("NFKC", self.text).strip().lstrip("#")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > len(str(LARGEST)):
            return None
        return int(digits) if int(digits) <= LARGEST else None
