"""What an import would do, before it does it: policy that every register shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.sheets.table import Fault

__all__ = ["Change", "ChangeKind", "Fault", "Plan"]

ChangeKind = Literal["new", "changed", "moved", "left"]

SMALL = 20
"""Below so many rows a register may change as it likes."""

MOST_LEFT, MOST_MOVED = 0.05, 0.10
"""Shares of a register that may leave or move without anybody's name to it."""


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one row; `line` is None for what the file lacks, `what` says it in words."""

    kind: ChangeKind
    key: str
    line: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do to a register of `known` rows; `over` says why a second person must agree,
    `twins` names the keys that may be one and the same."""

    read: int
    known: int
    unchanged: int
    changes: tuple[Change, ...]
    faults: tuple[Fault, ...] = ()
    over: str = ""
    twins: tuple[tuple[tuple[str, str], ...], ...] = ()

    def count(self, kind: ChangeKind) -> int:
        """Return how many rows are new, changed, moved or leave."""
        return sum(change.kind == kind for change in self.changes)

    @property
    def alarm(self) -> str | None:
        """Return why somebody has to put their name to this, or None."""
        if self.known < SMALL:
            return None
        left, moved = self.count("left"), self.count("moved")
        if left > MOST_LEFT * self.known:
            return _(
                "%(known)d 条里有 %(left)d 条会离开，超过 %(most)d%%。",
                known=self.known,
                left=left,
                most=100 * MOST_LEFT,
            )
        if moved > MOST_MOVED * self.known:
            return _(
                "%(known)d 条里有 %(moved)d 条会换地方，超过 %(most)d%%。",
                known=self.known,
                moved=moved,
                most=100 * MOST_MOVED,
            )
        return None

    def confirmed(self, by: str | None) -> None:
        """Raise Refused where there is an alarm and nobody has put their name to it."""
        if self.alarm and not (by or "").strip():
            raise Refused(_("%(alarm)s请核对；确实如此，请由负责人署名确认。", alarm=self.alarm))
