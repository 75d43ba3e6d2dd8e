"""Households that don't exist, to practise on: who plays one reads its part, whoever calls it the script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huying.base.i18n import Lazy, lazy
from survey.fieldwork.questionnaire.items import Value
from survey.fieldwork.questionnaire.talk import Talk

NOTE, WISH = "note", "wish"
"""Steps of a practice call that are no answers: a note's text; whether a wish stands (1) or not (0)."""
Step = tuple[str, Value]
"""An item (or one of the above) and what it was answered with."""


@dataclass(frozen=True, slots=True)
class InventedHousehold:
    """Where it would live, whom the script asks for, and the part of who plays it.

    `number` is none that a telephone network gives out.
    """

    area_name: str
    respondent: str
    number: str
    part: Lazy


HOUSEHOLDS = (
    InventedHousehold(
        "练习小区", "您家登记的那位成年人", "+9991000000001", lazy("您就是要找的人，愿意回答，知道网格员。")
    ),
    InventedHousehold(
        "练习小区",
        "您家年龄最大的成年人",
        "+9991000000002",
        lazy("您是家里的孩子；问到奶奶，就说“我去叫”，然后扮奶奶，愿意回答。"),
    ),
    InventedHousehold(
        "练习新村",
        "您家年龄第二大的成年人",
        "+9991000000003",
        lazy("您不是要找的人，他晚上七点才回来，请访问员那时再打。"),
    ),
    InventedHousehold(
        "练习新村",
        "您家登记的那位成年人",
        "+9991000000004",
        lazy("您怀疑是骗子，要先核实；核实过了就愿意，答到一半要出门。"),
    ),
    InventedHousehold(
        "练习花园",
        "您家登记的那位成年人",
        "+9991000000005",
        lazy("您很不耐烦：答了两题，就说以后不要再打。"),
    ),
)


def household(number: int) -> InventedHousehold:
    """Return the invented household of a number; they come round."""
    return HOUSEHOLDS[number % len(HOUSEHOLDS)]


def answers(steps: Sequence[Step]) -> list[Step]:
    """Return the steps that are answers."""
    return [(code, value) for code, value in steps if code not in {NOTE, WISH}]


def notes(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return the notes."""
    return tuple(str(value) for code, value in steps if code == NOTE)


def is_wished(steps: Sequence[Step]) -> bool:
    """Whether the household wishes no call, after all that was done."""
    return [0, *(value for code, value in steps if code == WISH)][-1] == 1


def last(steps: Sequence[Step]) -> int | None:
    """Return the place of the last step that can be taken back; None without one.

    A wish that was taken back is gone, and what was done before it is the last again.
    """
    undone = 0
    for place in range(len(steps) - 1, -1, -1):
        code, value = steps[place]
        if code == WISH and value == 0:
            undone += 1
        elif code == WISH and undone:
            undone -= 1
        elif code != NOTE:
            return place
    return None


def undone(steps: Sequence[Step], place: int) -> Step | None:
    """Return the step that takes back the one at `place`: a wish ends, an answer has its former value.

    None where the answer was the item's first: it stays until it is answered otherwise.
    """
    code, _value = steps[place]
    if code == WISH:
        return (WISH, 0)
    former = [value for name, value in steps[:place] if name == code]
    return (code, former[-1]) if former else None


def said(talk: Talk, steps: Sequence[Step]) -> Talk:
    """Return the talk after these steps."""
    for code, value in answers(steps):
        talk = talk.after(code, value)
    return talk
