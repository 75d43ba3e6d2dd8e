"""What somebody looks for among the cases in their own hands."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from feedback.cases.rules.codes import NUMBER_SYMBOLS
from feedback.cases.rules.lifecycle import RUNNING, STATES
from huying.base.i18n import Lazy, lazy
from huying.base.numbering import UNSEEN

OVER = "over"
FINDABLE: Mapping[str, Lazy] = {
    **{code: label for code, label in STATES.items() if code in RUNNING},
    OVER: lazy("已了结"),
}
"""States that can be looked for: how a case that is over ended, nobody learns from a list."""
LONGEST, MOST_WORDS = 100, 8


def plain(text: str) -> str:
    """Return a text as it is looked for: signs of any width in their usual form, none that can't be seen."""
    return unicodedata.normalize("NFKC", UNSEEN.sub("", text))


@dataclass(frozen=True, slots=True)
class CaseSearch:
    """Words of a case, its place or its number; a state; the page of the list."""

    text: str = ""
    state: str = ""
    page: int = 1

    @property
    def words(self) -> tuple[str, ...]:
        """The words, each of which a case has to hold somewhere."""
        return tuple(plain(self.text).split()[:MOST_WORDS])

    @property
    def number(self) -> str:
        """The case's number as it is printed, where something like one was written; else nothing."""
        typed = plain(self.text).strip().lstrip("#").upper()
        read = typed.replace("O", "0").replace("I", "1").replace("L", "1")
        return read if len(read) == NUMBER_SYMBOLS and read.isascii() and read.isalnum() else ""
