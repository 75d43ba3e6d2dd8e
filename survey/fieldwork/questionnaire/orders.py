"""In which order options and questions are read: it varies between interviews, what is stored never does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import Item, Option

StoredOrders = dict[str, list[int] | list[str] | str]
EARLY, LATE = "early", "late"


@dataclass(frozen=True, slots=True)
class Orders:
    """One interview's orders: the swapped options, the block's first item, the direction of the five levels,
    and whether the overall item comes before the particulars."""

    swapped: bool = False
    start: int = 0
    downward: bool = True
    early: bool = False

    def block(self, questionnaire: Questionnaire) -> tuple[str, ...]:
        """Return the rotated items in the order in which they are asked."""
        return questionnaire.rotated[self.start :] + questionnaire.rotated[: self.start]

    def shown(self, item: Item, questionnaire: Questionnaire) -> tuple[Option, ...]:
        """Return the item's options in the order in which they are read."""
        if item.code == questionnaire.swapped and self.swapped:
            first, second, *rest = item.options
            return (second, first, *rest)
        if item.code in questionnaire.five_level and not self.downward:
            return item.options[::-1]
        return item.options

    def as_json(self, questionnaire: Questionnaire) -> StoredOrders:
        """Return what the interview keeps of its orders."""
        overall: StoredOrders = {"G1": EARLY if self.early else LATE} if questionnaire.early else {}
        return {
            **self._swapped(questionnaire),
            "S": list(self.block(questionnaire)),
            "scale": "5-1" if self.downward else "1-5",
            **overall,
        }

    def _swapped(self, questionnaire: Questionnaire) -> StoredOrders:
        item = questionnaire.by_code.get(questionnaire.swapped)
        return (
            {} if item is None else {item.code: [option.value for option in self.shown(item, questionnaire)]}
        )


PLAIN = Orders()


def from_json(stored: StoredOrders, questionnaire: Questionnaire) -> Orders:
    """Return the orders that an interview keeps."""
    swapped, block = stored.get(questionnaire.swapped, [0]), stored["S"]
    return Orders(
        swapped=swapped[0] == 2,
        start=questionnaire.rotated.index(str(block[0])) if block else 0,
        downward=stored["scale"] == "5-1",
        early=stored.get("G1") == EARLY,
    )


def orders(seed: str, *, unit: str, questionnaire: Questionnaire, early: bool = True) -> Orders:
    """Return the unit's orders, from the wave's field seed: halves, thirds and halves of all units.

    `early` is whether the wave asks the overall item first in half of its interviews.
    """
    return Orders(
        swapped=bool(questionnaire.swapped)
        and _draw(seed, item=questionnaire.swapped, unit=unit, ways=2) == 1,
        start=_draw(seed, item="S", unit=unit, ways=max(len(questionnaire.rotated), 1)),
        downward=_draw(seed, item="scale", unit=unit, ways=2) == 0,
        early=early and bool(questionnaire.early) and _draw(seed, item="G1", unit=unit, ways=2) == 1,
    )


def _draw(seed: str, *, item: str, unit: str, ways: int) -> int:
    digest = sha256("\n".join([seed, "order", item, unit]).encode()).digest()
    return int.from_bytes(digest) % ways


@cache
def arranged(questionnaire: Questionnaire, orders: Orders) -> tuple[Item, ...]:
    """Return all items of the interview in the order of this one."""
    return tuple(_arranged(questionnaire, orders))


def _arranged(questionnaire: Questionnaire, orders: Orders) -> Iterator[Item]:
    block = iter(orders.block(questionnaire))
    for item in questionnaire.items:
        if orders.early and item.code == questionnaire.early:
            yield from (questionnaire.by_code[code] for code in questionnaire.overall)
        if item.code in questionnaire.rotated:
            yield questionnaire.by_code[next(block)]
        elif not (orders.early and item.code in questionnaire.overall):
            yield item
