"""Several cases of one desk, answered at once for one reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from feedback.cases.rules.requests import Refusal
from huying.base.errors import Conflict
from huying.base.i18n import Lazy, _, lazy

MOVES: Mapping[str, Lazy] = {
    "accept": lazy("受理"),
    "declare": lazy("报办结"),
    "refuse": lazy("退回"),
}
MOST = 50


@dataclass(frozen=True, slots=True)
class CaseBatch:
    """The cases by number, what is done with each, and the words that each step carries."""

    cases: tuple[int, ...]
    move: str
    note: str = ""
    refusal: Refusal | None = None


class BatchRefused(Conflict):
    """Something of a batch can't be done, so nothing of it was: `each` says of every such case why."""

    def __init__(self, each: tuple[str, ...]) -> None:
        super().__init__(_("一件都没有办，因为有 %(n)s 件办不了：", n=len(each)))
        self.each = each
