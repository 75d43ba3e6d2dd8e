"""The way through the interview, computed anew from the answers: what is asked, next, and what counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from survey.fieldwork.questionnaire import current
from survey.fieldwork.questionnaire.items import REFUSED, Answers, Item, Value
from survey.fieldwork.questionnaire.orders import PLAIN, Orders
from survey.waves.rules import wave_rules

HALF = Fraction(1, 2)


class Ending(StrEnum):
    """Why nothing more is to be asked."""

    APPOINTMENT = "appointment"
    REFUSED = "refused"
    NUMBER_WRONG = "number_wrong"
    NOT_ELIGIBLE = "not_eligible"
    NOT_IN = "not_in"
    NO_SUCH_PERSON = "no_such_person"
    FINISHED = "finished"


ENDINGS: dict[tuple[str, Value], Ending] = {
    ("C1", 2): Ending.APPOINTMENT,
    ("C1", 3): Ending.REFUSED,
    ("S1", 2): Ending.NUMBER_WRONG,
    ("S2A", 2): Ending.NOT_ELIGIBLE,
    ("S2B", 2): Ending.NOT_ELIGIBLE,
    ("S3", 3): Ending.NOT_IN,
    ("S3", 4): Ending.NO_SUCH_PERSON,
}


@dataclass(frozen=True, slots=True)
class SpokenForm:
    """What may differ between interviews: extra items (fixed for the wave) and the orders of this one."""

    extras: frozenset[str] = frozenset()
    orders: Orders = PLAIN

    def items(self) -> Iterator[Item]:
        """Yield every item that this form can ask, in its order."""
        block = iter(self.orders.block)
        for item in current.ITEMS:
            if item.code in current.ROTATED:
                yield current.BY_CODE[next(block)]
            elif not item.extra or item.code in self.extras:
                yield item


STANDARD = SpokenForm()


def path(answers: Answers, *, form: SpokenForm = STANDARD) -> tuple[str, ...]:
    """Return the codes of the items to be asked, as far as the answers decide it, in their order."""
    found: list[str] = []
    # Conditions see only answers that are themselves on the path: a change of mind leaves nothing behind.
    kept: dict[str, Value] = {}
    for item in form.items():
        if item.condition.holds(kept):
            found.append(item.code)
            if item.code in answers:
                kept[item.code] = answers[item.code]
    return tuple(found)


def record(answers: Answers, *, form: SpokenForm = STANDARD) -> dict[str, Value]:
    """Return the answers that count: those on the path, in its order."""
    return {code: answers[code] for code in path(answers, form=form) if code in answers}


def next_item(answers: Answers, *, form: SpokenForm = STANDARD) -> Item | None:
    """Return the first item on the path without an answer; None when all are answered."""
    for code in path(answers, form=form):
        if code not in answers:
            return current.BY_CODE[code]
    return None


def item_before(code: str, answers: Answers, *, form: SpokenForm = STANDARD) -> Item | None:
    """Return the item that precedes `code` on the path; None at its start."""
    codes = path(answers, form=form)
    position = codes.index(code) if code in codes else len(codes)
    return current.BY_CODE[codes[position - 1]] if position else None


def ending(answers: Answers, *, form: SpokenForm = STANDARD) -> Ending | None:
    """Return why the interview is at its end; None while an item is to be asked."""
    if next_item(answers, form=form) is not None:
        return None
    code, value = list(record(answers, form=form).items())[-1]
    return ENDINGS.get((code, value), Ending.FINISHED)


def is_answered(value: Value | None) -> bool:
    """Whether something was answered: 98 is an answer, 99 is none."""
    return value is not None and value not in {REFUSED, (REFUSED,)}


def is_begun(answers: Answers, *, form: SpokenForm = STANDARD) -> bool:
    """Whether at least one item from A1 on was answered: being asked isn't enough, and 99 is no answer."""
    kept = record(answers, form=form)
    return any(is_answered(value) for code, value in kept.items() if code not in current.SCREENING)


def completeness(answers: Answers, *, form: SpokenForm = STANDARD, share: Fraction = HALF) -> str | None:
    """Return `complete`, `partial` or `break_off`; None where the interview wasn't begun.

    Complete: A1, A3 if on the path, and G1 or G1C answered. Partial: at least `share` of the items on
    the path from A1 on. Refused answers (99) are none.
    """
    asked = [code for code in path(answers, form=form) if code not in current.SCREENING]
    if not is_begun(answers, form=form):
        return None
    answered = {code for code in asked if is_answered(answers.get(code))}
    overall = {"G1", "G1C"}.intersection(asked)
    needed = {"A1", *({"A3"}.intersection(asked)), *overall}
    if overall and needed <= answered:
        return "complete"
    return "partial" if len(answered) >= share * len(asked) else "break_off"


def headline(answers: Answers, *, form: SpokenForm = STANDARD) -> int | None:
    """Return the headline answer 1…5 on the path; None without one."""
    value = record(answers, form=form).get(wave_rules.HEADLINE)
    return value if isinstance(value, int) and 1 <= value <= 5 else None
