"""Every way through the items of a call or an interview that their conditions can tell from another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from survey.fieldwork.questionnaire.conditions import atoms
from survey.fieldwork.questionnaire.items import REFUSED, Is, Item, Value
from survey.fieldwork.questionnaire.path import Walk, walk


def walks(items: Sequence[Item]) -> Iterator[Walk]:
    """Yield every walk to an end. Answers that nothing depends on stand for all answers of their item.

    Each step answers the next open item with one value of each kind: values are of one kind where no
    condition tells them apart and none ends what another doesn't.
    """
    ways = {item.code: _ways(item, _known(items, item.code)) for item in items}
    unfinished: list[dict[str, Value]] = [{}]
    while unfinished:
        answers = unfinished.pop()
        found = walk(items, answers)
        if found.next_code is None:
            yield found
        else:
            unfinished += [{**answers, found.next_code: value} for value in reversed(ways[found.next_code])]


def _known(items: Sequence[Item], code: str) -> list[Is]:
    return [atom for item in items for atom in atoms(item.condition) if atom.code == code]


def _ways(item: Item, known: Sequence[Is]) -> list[Value]:
    """One value for each way in which the conditions can tell the item's values apart."""
    if item.kind == "text":
        return [""]
    if item.kind == "multi":
        return [(min(item.values),)]
    kinds: dict[tuple[object, ...], Value] = {}
    # Refused comes last: what stands for all answers of an item is an answer.
    for value in sorted(item.values, key=lambda each: (each == REFUSED, each)):
        kinds.setdefault((*(value in atom.values for atom in known), item.end(value)), value)
    return list(kinds.values())
