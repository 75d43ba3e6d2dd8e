"""In which order options and questions are read: it varies between interviews, what is stored never does."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from survey.fieldwork.questionnaire.current import BY_CODE, FIVE_LEVEL, ROTATED, SWAPPED
from survey.fieldwork.questionnaire.items import Item, Option


@dataclass(frozen=True, slots=True)
class Orders:
    """One interview's orders: E5's options, the block's first item, and the direction of the five levels."""

    swapped: bool = False
    start: int = 0
    downward: bool = True

    @property
    def block(self) -> tuple[str, ...]:
        """The rotated items in the order in which they are asked."""
        return ROTATED[self.start :] + ROTATED[: self.start]

    def shown(self, item: Item) -> tuple[Option, ...]:
        """Return the item's options in the order in which they are read."""
        if item.code == SWAPPED and self.swapped:
            first, second, *rest = item.options
            return (second, first, *rest)
        if item.code in FIVE_LEVEL and not self.downward:
            return item.options[::-1]
        return item.options

    def as_json(self) -> dict[str, list[int] | list[str] | str]:
        """Return what the interview keeps of its orders."""
        return {
            SWAPPED: [option.value for option in self.shown(BY_CODE[SWAPPED])],
            "S": list(self.block),
            "scale": "5-1" if self.downward else "1-5",
        }


PLAIN = Orders()


def from_json(stored: dict[str, list[int] | list[str] | str]) -> Orders:
    """Return the orders that an interview keeps."""
    return Orders(
        swapped=stored[SWAPPED][0] == 2,
        start=ROTATED.index(str(stored["S"][0])),
        downward=stored["scale"] == "5-1",
    )


def orders(seed: str, *, unit: str) -> Orders:
    """Return the unit's orders, from the wave's field seed: halves, thirds and halves of all units."""
    return Orders(
        swapped=_draw(seed, item=SWAPPED, unit=unit, ways=2) == 1,
        start=_draw(seed, item="S", unit=unit, ways=len(ROTATED)),
        downward=_draw(seed, item="scale", unit=unit, ways=2) == 0,
    )


def _draw(seed: str, *, item: str, unit: str, ways: int) -> int:
    digest = sha256("\n".join([seed, "order", item, unit]).encode()).digest()
    return int.from_bytes(digest) % ways
