"""A questionnaire before it is asked: every wording, order and way, as an interviewer would meet them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from huying.base.i18n import _
from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.conditions import atoms
from survey.fieldwork.questionnaire.instrument import Questionnaire, Situation
from survey.fieldwork.questionnaire.items import Condition, Ending, Every, Is, Item, Value
from survey.fieldwork.questionnaire.orders import PLAIN, Orders, arranged
from survey.fieldwork.questionnaire.path import Walk
from survey.fieldwork.questionnaire.spoken import SpokenForm
from survey.fieldwork.questionnaire.walks import walks


@dataclass(frozen=True, slots=True)
class Reading:
    """In which orders a questionnaire is read, and in which language it is explained; "" is none."""

    orders: Orders = PLAIN
    language: str = ""


@dataclass(frozen=True, slots=True)
class GlossedText:
    """Words as they are read, and a translation beside them; "" where there is none."""

    said: str
    gloss: str


@dataclass(frozen=True, slots=True)
class PreviewedOption:
    """An option, what it is stored as, and what it ends the call with."""

    value: int
    words: GlossedText
    ends: Ending | None


@dataclass(frozen=True, slots=True)
class PreviewedItem:
    """An item as it is read: `asked` says when, `ways` on how many of the ways."""

    item: Item
    words: GlossedText
    options: Sequence[PreviewedOption]
    aside: Sequence[PreviewedOption]
    probe: GlossedText
    asked: str
    ways: int


@dataclass(frozen=True, slots=True)
class PreviewedPart:
    """The items of a kind of call, or of the interview (`situation` None), and how many ways lead through."""

    situation: Situation | None
    items: Sequence[PreviewedItem]
    ways: int


@dataclass(frozen=True, slots=True)
class _Glossary:
    """Translations by what they translate, with the scale as it is read."""

    said: Mapping[str, str] = field(default_factory=dict)

    def of(self, text: str, scale: Mapping[str, Sequence[str]] | None = None) -> GlossedText:
        gloss = self.said.get(text, "")
        for blank, levels in (scale or {}).items():
            text = text.replace(f"【{blank}】", texts.listed(levels))
            gloss = gloss.replace(f"【{blank}】", ", ".join(self.said.get(level, level) for level in levels))
        return GlossedText(text, gloss)


def preview(form: Questionnaire, reading: Reading) -> tuple[PreviewedPart, ...]:
    """Return the parts of a questionnaire in the order in which they are asked, the calls first."""
    spoken = SpokenForm(form.extras, reading.orders, form)
    glossary = _Glossary(form.translations.get(reading.language, {}))
    parts = [(kind, items) for kind, items in form.calls.items()]
    return tuple(
        _part(kind, items, spoken, glossary)
        for kind, items in [*parts, (None, arranged(form, reading.orders))]
    )


@lru_cache(maxsize=16)
def ways(form: Questionnaire, *, early: bool = False) -> tuple[Walk, ...]:
    """Return every way through the interview, the longest first."""
    found = walks(arranged(form, Orders(early=early)))
    return tuple(sorted(found, key=lambda each: -len(each.asked)))


def deciding(form: Questionnaire, way: Walk) -> tuple[tuple[str, Value], ...]:
    """Return the answers that make a way this one: those that conditions ask for, or that end it."""
    asked_for = {atom.code for item in form.items for atom in atoms(item.condition)}
    return tuple(
        (code, value)
        for code, value in way.kept.items()
        if code in asked_for or form.by_code[code].end(value) is not None
    )


def spelled(condition: Condition) -> str:
    """Return a condition in words, "" for always."""
    if isinstance(condition, Is):
        return str(condition)
    joined = _(" 且 ") if isinstance(condition, Every) else _(" 或 ")
    parts = (f"({spelled(part)})" if _is_mixed(part) else spelled(part) for part in condition.parts)
    return joined.join(parts)


def _is_mixed(part: Condition) -> bool:
    return not isinstance(part, Is) and len(part.parts) > 1


def _part(
    kind: Situation | None, items: Sequence[Item], spoken: SpokenForm, glossary: _Glossary
) -> PreviewedPart:
    form = spoken.questionnaire
    found = tuple(walks(items)) if kind else ways(form, early=spoken.orders.early)
    shown = tuple(
        _item(item, spoken, glossary, ways=sum(item.code in way.asked for way in found)) for item in items
    )
    return PreviewedPart(kind, shown, len(found))


def _item(item: Item, spoken: SpokenForm, glossary: _Glossary, *, ways: int) -> PreviewedItem:
    form, shown = spoken.questionnaire, spoken.shown(item)
    levels = {texts.SCALE: [option.label for option in shown]} if item.code in form.five_level else None
    return PreviewedItem(
        item=item,
        words=glossary.of(item.text, levels),
        options=[PreviewedOption(each.value, glossary.of(each.label), each.ends) for each in shown],
        aside=[PreviewedOption(each.value, glossary.of(each.label), each.ends) for each in item.unread],
        probe=glossary.of(form.probes.get(item.code, "") if item.code in form.by_code else ""),
        asked=spelled(item.condition),
        ways=ways,
    )
