"""The form of one interview: which questionnaire, in which orders, opened by which kind of call."""

from __future__ import annotations

from dataclasses import dataclass

from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.instrument import Questionnaire, Situation
from survey.fieldwork.questionnaire.items import Item, Option
from survey.fieldwork.questionnaire.orders import PLAIN, Orders, arranged
from survey.fieldwork.questionnaire.versions import CURRENT


@dataclass(frozen=True, slots=True)
class SpokenForm:
    """What may differ between interviews; extra items are fixed for the wave, the situation for a call."""

    extras: frozenset[str] = frozenset()
    orders: Orders = PLAIN
    questionnaire: Questionnaire = CURRENT
    situation: Situation = Situation.FIRST

    def items(self) -> tuple[Item, ...]:
        """Return every item that the interview can ask, in its order."""
        return tuple(item for item in arranged(self.questionnaire, self.orders) if self._asks(item))

    def call_items(self) -> tuple[Item, ...]:
        """Return every item that this call can ask before the interview."""
        calls = self.questionnaire.calls.get(self.situation, ())
        return tuple(item for item in calls if self._asks(item))

    @property
    def call_codes(self) -> frozenset[str]:
        """Codes of the items that belong to the call's attempt."""
        return frozenset(item.code for item in self.call_items())

    def item(self, code: str) -> Item | None:
        """Return the item of this code as this call or the interview asks it; None where there is none."""
        of_call = (item for item in self.call_items() if item.code == code)
        return next(of_call, self.questionnaire.by_code.get(code))

    def shown(self, item: Item) -> tuple[Option, ...]:
        """Return the item's options in the order in which they are read."""
        return self.orders.shown(item, self.questionnaire)

    def scale(self, item: Item) -> dict[str, str]:
        """Return what fills the blank of the item's scale, from the end at which this interview begins."""
        has_levels = item.code in self.questionnaire.five_level
        return {texts.SCALE: texts.scale(self.shown(item))} if has_levels else {}

    def _asks(self, item: Item) -> bool:
        return not item.extra or item.code in self.extras


STANDARD = SpokenForm()
