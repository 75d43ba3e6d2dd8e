"""Every way through the items of a call or an interview that their conditions can tell from another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from survey.fieldwork.questionnaire.conditions import atoms
from survey.fieldwork.questionnaire.items import REFUSED, Is, Item, Value
from survey.fieldwork.questionnaire.path import Walk


def walks(items: Sequence[Item]) -> Iterator[Walk]:
    """Yield every walk to an end. Answers that nothing depends on stand for all answers of their item.

    Each step answers the next item that is asked with one value of each kind: values are of one kind where
    no condition tells them apart and none ends what another doesn't. Conditions name only items before them.
    """
    ways = {item.code: _ways(item, _known(items, item.code)) for item in items}
    unfinished: list[tuple[int, dict[str, Value]]] = [(0, {})]
    while unfinished:
        place, kept = unfinished.pop()
        asked = next((at for at in range(place, len(items)) if items[at].condition.holds(kept)), None)
        if asked is None:
            yield _walked(items, kept)
        else:
            code = items[asked].code
            unfinished += [(asked + 1, {**kept, code: value}) for value in reversed(ways[code])]


def _walked(items: Sequence[Item], kept: dict[str, Value]) -> Walk:
    *_before, last = kept
    end = next(item.end(kept[last]) for item in items if item.code == last)
    return Walk(tuple(kept), kept, end)


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
