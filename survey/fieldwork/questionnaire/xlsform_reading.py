"""Reads the subset of XLSForm that `xlsform` writes; what lies outside it is refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.fieldwork.questionnaire import relevance
from survey.fieldwork.questionnaire.files import DIGESTS
from survey.fieldwork.questionnaire.instrument import Questionnaire, Situation
from survey.fieldwork.questionnaire.items import (
    DONT_KNOW,
    REFUSED,
    Condition,
    Ending,
    Every,
    Is,
    Item,
    ItemKind,
    Option,
    Some,
)
from survey.fieldwork.questionnaire.xlsform import (
    CALL,
    CHOICES,
    FORM,
    INTERVIEW,
    ITEMS,
    MEASURED,
    SETTINGS,
    SITUATION,
    SURVEY,
    TEXTS,
    Rows,
)

KINDS: Mapping[str, ItemKind] = {
    "select_one": "single",
    "select_multiple": "multi",
    "integer": "number",
    "text": "text",
}
LANGUAGE = re.compile(r"(?:label|hint)::.*\(([A-Za-z-]{2,12})\)\s*")
NUMBER = re.compile(r"[0-9]{1,3}", re.ASCII)
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Book:
    """Rows of the sheets by heading, and what was said of items, choices and the whole by name."""

    survey: Sequence[Row]
    choices: Mapping[str, Sequence[Row]]
    items: Mapping[str, Row]
    form: Mapping[str, str]


def read(pages: Mapping[str, Rows]) -> Questionnaire:
    """Return the questionnaire of a workbook's sheets, by title; raise Invalid outside the subset."""
    book = _book(pages)
    groups = _groups(book)
    texts = {row["name"]: _label(row) for row in groups.pop(TEXTS, [])}
    items = tuple(_item(row, book, prefix="") for row in groups.pop(INTERVIEW, []))
    calls = {_situation(name): rows for name, rows in groups.items()}
    of_calls = {
        kind: tuple(_item(row, book, prefix=f"{kind}_") for row in rows) for kind, rows in calls.items()
    }
    form = Questionnaire(
        name=book.form.get("name", ""),
        items=items,
        screening=frozenset(book.form.get("screening", "").split()),
        rotated=tuple(book.form.get("rotated", "").split()),
        swapped=book.form.get("swapped", ""),
        five_level=frozenset(book.form.get("five_level", "").split()),
        texts=texts,
        calls=of_calls,
        probes={row["name"]: hint for row in book.survey if (hint := _hint(row))},
        overall=tuple(book.form.get("overall", "").split()),
        early=book.form.get("early", ""),
        walked=book.form.get("walked", "yes") == "yes",
        digest=next((each for each in DIGESTS if each == book.form.get("digest")), "whole"),
    )
    return replace(form, translations=_translations(book, form))


def _book(pages: Mapping[str, Rows]) -> _Book:
    for title in (SURVEY, CHOICES):
        if title not in pages:
            raise Invalid(_("XLSForm 里没有 %(title)s 这张表。", title=title))
    choices: dict[str, list[Row]] = {}
    for row in _rows(pages[CHOICES]):
        choices.setdefault(row.get("list_name", ""), []).append(row)
    form = {row.get("name", ""): row.get("value", "") for row in _rows(pages.get(FORM, []))}
    settings = next(iter(_rows(pages.get(SETTINGS, []))), {})
    named = {"name": settings.get("form_id", "").removeprefix("huying_")}
    items = {row.get("name", ""): row for row in _rows(pages.get(ITEMS, []))}
    return _Book([*_rows(pages[SURVEY])], choices, items, named | form)


def _rows(rows: Rows) -> Iterator[Row]:
    if not rows:
        return
    headings = [heading.strip() for heading in rows[0]]
    for row in rows[1:]:
        if any(cell.strip() for cell in row):
            yield dict(zip(headings, (cell.strip() for cell in row), strict=False))


def _groups(book: _Book) -> dict[str, list[Row]]:
    """The questions by the group that they stand in."""
    found: dict[str, list[Row]] = {}
    inside = ""
    for row in book.survey:
        kind = row.get("type", "").replace(" group", "_group")
        if kind == "begin_group":
            inside = row.get("name", "")
            found[inside] = []
        elif kind == "end_group":
            inside = ""
        elif inside:
            found[inside].append(row)
        elif row.get("name") != SITUATION:
            raise Invalid(
                _(
                    "题目 %(code)s 不在任何一组里，应当在 %(group)s 里。",
                    code=row.get("name", ""),
                    group=INTERVIEW,
                )
            )
    return found


def _situation(name: str) -> Situation:
    kind = name.removeprefix(CALL)
    if kind not in set(Situation):
        raise Invalid(_("不认识“%(name)s”这一组题。", name=name[:40]))
    return Situation(kind)


def _item(row: Row, book: _Book, *, prefix: str) -> Item:
    name, (word, *lists) = row.get("name", ""), (row.get("type", "") or "?").split()
    if word not in KINDS:
        raise Invalid(
            _(
                "题目 %(code)s 的类型“%(kind)s”不支持，只能是 %(kinds)s。",
                code=name,
                kind=word,
                kinds="、".join(KINDS),
            )
        )
    choices = book.choices.get(lists[0], ()) if lists else ()
    told = book.items.get(name, {})
    listed = [each for each in choices if each.get("name") not in {str(DONT_KNOW), str(REFUSED)}]
    closed = not choices or any(each.get("name") == str(REFUSED) for each in choices)
    return Item(
        code=name.removeprefix(prefix),
        text=_label(row),
        kind=KINDS[word],
        options=tuple(_option(each, of=name) for each in listed if each.get("unread") != "yes"),
        condition=_without(prefix, relevance.read(row.get("relevant", ""), of=name)),
        own_dont_know=_whole(told["dont_know"], of=name) if told.get("dont_know") else None,
        escapes=told["escapes"] == "yes" if told.get("escapes") else closed,
        read=told.get("read", "yes") == "yes",
        extra=told.get("extra", "no") == "yes",
        least=_whole(told.get("least") or "0", of=name),
        most=_whole(told.get("most") or "0", of=name),
        unread=tuple(_option(each, of=name) for each in listed if each.get("unread") == "yes"),
    )


def _option(row: Row, *, of: str) -> Option:
    ends = row.get("ends", "")
    if ends and ends not in set(Ending):
        raise Invalid(_("%(where)s：“ends”只能是 %(ends)s。", where=of, ends="、".join(Ending)))
    return Option(_whole(row.get("name", ""), of=of), _label(row), Ending(ends) if ends else None)


def _whole(text: str, *, of: str) -> int:
    if not NUMBER.fullmatch(text):
        raise Invalid(_("%(code)s：“%(text)s”应当是 0 到 999 的整数。", code=of, text=text[:20]))
    return int(text)


def _without(prefix: str, condition: Condition) -> Condition:
    """The condition by codes: in a call's group names have the call in front."""
    if isinstance(condition, Is):
        return Is(condition.code.removeprefix(prefix), condition.values)
    parts = tuple(_without(prefix, part) for part in condition.parts)
    return Every(parts) if isinstance(condition, Every) else Some(parts)


def _label(row: Row) -> str:
    return row.get(f"label::{MEASURED}") or row.get("label", "")


def _hint(row: Row) -> str:
    return row.get(f"hint::{MEASURED}") or row.get("hint", "")


def _translations(book: _Book, form: Questionnaire) -> dict[str, dict[str, str]]:
    """What stands in the columns of other languages, by what it translates."""
    words = set(form.words)
    rows = [*book.survey, *(row for rows in book.choices.values() for row in rows)]
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        for heading, said in row.items():
            column = LANGUAGE.fullmatch(heading)
            if column is None or heading.endswith(MEASURED) or not said:
                continue
            word = _hint(row) if heading.startswith("hint") else _label(row)
            if word in words:
                found.setdefault(column[1], {}).setdefault(word, said)
    return found
