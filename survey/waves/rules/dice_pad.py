"""The dice pad on the wall: digits pressed one by one, read back, entered again by somebody else."""

from __future__ import annotations

import re
from dataclasses import dataclass

from survey.drawing.beacon import DICE
from survey.waves.rules.parties import differences, grouped

BACK = "back"


@dataclass(frozen=True, slots=True)
class DicePad:
    """How far two entries of `count` dice have come; `sides` 6 or 10."""

    count: int
    sides: int
    first: str = ""
    second: str = ""
    read: bool = False

    @property
    def keys(self) -> str:
        """The digits that such dice show."""
        return "123456" if self.sides == 6 else "1234567890"

    @property
    def phase(self) -> str:
        """`first` entry, `read` back, `second` entry, and then whether they `agree` or `differ`."""
        if len(self.first) < self.count:
            return "first"
        if not self.read:
            return "read"
        if len(self.second) < self.count:
            return "second"
        return "differ" if self.first != self.second else "agree"

    @property
    def shown(self) -> str:
        """The digits on the wall: of a second entry only its own, or it would be copied."""
        return self.second if self.phase == "second" else self.first

    @property
    def groups(self) -> list[str]:
        """The digits on the wall in fives, dots for those to come."""
        return grouped(self.shown.ljust(self.count, "·"), 5)

    @property
    def wrong(self) -> list[int]:
        """The places where the entries differ, counted from 1."""
        return [at + 1 for at in differences(self.first, self.second)]

    def pressed(self, key: str) -> DicePad:
        """Return the pad after a key; what isn't due changes nothing."""
        if self.phase == "first":
            return DicePad(self.count, self.sides, self._after(self.first, key))
        if self.phase == "second":
            return DicePad(self.count, self.sides, self.first, self._after(self.second, key), read=True)
        return self

    def _after(self, digits: str, key: str) -> str:
        if key == BACK:
            return digits[:-1]
        return digits + key if len(key) == 1 and key in self.keys else digits


def of_source(source: str, *, first: str = "", second: str = "", read: bool = False) -> DicePad | None:
    """Return the pad for a source of dice with what was entered so far; None for other sources."""
    dice = DICE.fullmatch(source)
    if not dice:
        return None
    empty = DicePad(int(dice[1]), int(dice[2]))
    fits = re.compile(f"[{empty.keys}]{{0,{empty.count}}}", re.ASCII)
    first, second = (text if fits.fullmatch(text) else "" for text in (first, second))
    whole = len(first) == empty.count and read
    return DicePad(empty.count, empty.sides, first, second if whole else "", read=whole)
