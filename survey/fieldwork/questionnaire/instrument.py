"""A questionnaire as one value: its items and texts, what varies in their order, its words' digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal

from survey.drawing.canonical import canonical
from survey.fieldwork.questionnaire.items import Item
from survey.fieldwork.questionnaire.objections import OBJECTIONS, Objection

Digest = Literal["whole", "words", "words and orders"]
"""What a questionnaire's digest is of: of everything, but in v0 and v1, whose digests waves have sealed."""


class Situation(StrEnum):
    """What a call is to whoever picks up: it decides the greeting and what is asked after it."""

    FIRST = "first"
    APPOINTMENT = "appointment"
    RESUMED = "resumed"
    RETURN_CALL = "return_call"


@dataclass(frozen=True, eq=False)
class Questionnaire:
    """One version of the questions; what was ever read is never changed.

    `calls` are asked anew at every call, by what the call is, and belong to the attempt; `items` belong to
    the interview. `screening` are those of `items` that aren't counted when one asks how much was answered.
    `rotated` are asked from another first one in each third of the interviews, the first two options of
    `swapped` change places in half of them, the scale of `five_level` is read from its other end in half,
    `overall` comes before the item `early` in half. `walked`: an interview is complete only once its path
    was walked to the end, and an answer that returns to the path is asked for again. It is complete where
    one of `heads` was on its path, and they and those `needed` are answered as far as they were; the first
    of `heads` is the one whose answers 1…5 the ledger seals. `mode` is how people are met by it.
    `translations` are by language (ISO 639), then by what is translated: they help to read, nothing is
    measured by them, so they are no part of the digest.
    """

    name: str
    items: tuple[Item, ...]
    texts: Mapping[str, str]
    screening: frozenset[str] = frozenset()
    rotated: tuple[str, ...] = ()
    swapped: str = ""
    five_level: frozenset[str] = frozenset()
    calls: Mapping[Situation, tuple[Item, ...]] = field(default_factory=dict)
    probes: Mapping[str, str] = field(default_factory=dict)
    overall: tuple[str, ...] = ()
    early: str = ""
    walked: bool = True
    heads: tuple[str, ...] = ("G1", "G1C")
    needed: tuple[str, ...] = ("A1", "A3")
    mode: str = "phone"
    objections: tuple[Objection, ...] = OBJECTIONS
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    digest: Digest = "whole"

    @property
    def headline(self) -> str:
        """The item whose answers make the published score."""
        return self.heads[0]

    @cached_property
    def by_code(self) -> Mapping[str, Item]:
        """The interview's items."""
        return {item.code: item for item in self.items}

    @cached_property
    def every_item(self) -> tuple[Item, ...]:
        """The items of every kind of call, and those of the interview."""
        return (*(item for items in self.calls.values() for item in items), *self.items)

    @cached_property
    def extras(self) -> frozenset[str]:
        """Items that are asked only where a wave names them."""
        return frozenset(item.code for item in self.every_item if item.extra)

    @cached_property
    def wording_hash(self) -> str:
        """The digest (64 hex digits) of every word, option, condition and order."""
        said: dict[str, object] = {
            "name": self.name,
            "items": self._wordings(self.items),
            "texts": self.texts,
        }
        if self.digest != "words":
            said["calls"] = {name: self._wordings(items) for name, items in self.calls.items()}
            said["probes"] = self.probes
            said["orders"] = [self.rotated, self.swapped, sorted(self.five_level), self.overall, self.early]
        if self.digest == "whole":
            said["counted"] = [sorted(self.screening), int(self.walked)]
        return hashlib.sha256(canonical(said)).hexdigest()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Everything that is read or shown, once each, in its order: what a translation has to translate."""
        of_items = (word for item in self.every_item for word in item.words)
        said = (*self.texts.values(), *of_items, *self.probes.values())
        return tuple(dict.fromkeys(word for word in said if word))

    def _wordings(self, items: tuple[Item, ...]) -> list[dict[str, object]]:
        if self.digest == "whole":
            return [_wording(item) | _handling(item) for item in items]
        return [_wording(item) for item in items]


def _wording(item: Item) -> dict[str, object]:
    unread = {"unread": [[option.value, option.label] for option in item.unread]} if item.unread else {}
    return {
        "code": item.code,
        "text": item.text,
        "kind": item.kind,
        "options": [[option.value, option.label] for option in item.options],
        "asked_if": str(item.condition),
        "values": sorted(item.values),
        **unread,
    }


def _handling(item: Item) -> dict[str, object]:
    """What of an item isn't said, but changes what is read out, entered and ended."""
    return {
        "read": int(item.read),
        "extra": int(item.extra),
        "dont_know": -1 if item.dont_know is None else item.dont_know,
        "ends": [[option.value, str(option.ends)] for option in item.options if option.ends],
    }
