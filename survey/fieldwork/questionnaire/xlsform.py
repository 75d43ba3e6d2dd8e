"""A questionnaire as an XLSForm, and the subset of XLSForm that is read back.

Questions stand on the sheet `survey`, answers on `choices`, as other programs read them; what XLSForm has no
word for (orders, what isn't read out, what ends a call) stands on sheets of our own, which they pass over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from survey.fieldwork.questionnaire import relevance
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import DONT_KNOW, REFUSED, Item

Rows = list[list[str]]
Pages = list[tuple[str, Rows]]
SURVEY, CHOICES, SETTINGS, ITEMS, FORM = "survey", "choices", "settings", "huying_items", "huying_form"
MEASURED = "中文 (zh)"
LANGUAGES = {"en": "English (en)"}
TYPES = {"single": "select_one", "multi": "select_multiple", "number": "integer", "text": "text"}
TEXTS, INTERVIEW, SITUATION, CALL = "texts", "interview", "situation", "call_"
ESCAPES = {DONT_KNOW: ("说不清、不知道", "don't know"), REFUSED: ("拒绝回答", "refused to answer")}
OF_ITEM = ("name", "least", "most", "dont_know", "escapes", "read", "extra")


def pages(form: Questionnaire) -> Pages:
    """Return the sheets (title, rows of texts) of the workbook."""
    labels = [f"label::{name}" for name in _languages(form).values()]
    hints = [f"hint::{name}" for name in _languages(form).values()]
    return [
        (SURVEY, [["type", "name", *labels, *hints, "relevant", "constraint"], *_survey(form)]),
        (CHOICES, [["list_name", "name", *labels, "ends", "unread"], *_choices(form)]),
        (SETTINGS, [["form_title", "form_id", "version", "default_language"], _settings(form)]),
        (ITEMS, [[*OF_ITEM], *(_handling(name, item) for name, item in _named(form))]),
        (FORM, [["name", "value"], *map(list, _orders(form).items())]),
    ]


def language_name(code: str) -> str:
    """Return the name of a language in the heading of its column."""
    return LANGUAGES.get(code, f"{code} ({code})")


def _languages(form: Questionnaire) -> dict[str, str]:
    return {"": MEASURED, **{code: language_name(code) for code in form.translations}}


def _said(form: Questionnaire, word: str) -> list[str]:
    """A word in each language; what has no translation stands as it is."""
    return [word, *(said.get(word, word) if word else "" for said in form.translations.values())]


def _plain(form: Questionnaire, zh: str, en: str) -> list[str]:
    return [zh, *(en if code == "en" else zh for code in form.translations)]


def _survey(form: Questionnaire) -> Iterator[list[str]]:
    none = _said(form, "")
    yield ["begin_group", TEXTS, *_plain(form, "话术", "Texts"), *none, "", ""]
    for name, text in form.texts.items():
        yield ["note", name, *_said(form, text), *none, "", ""]
    yield ["end_group", "", *none, *none, "", ""]
    if form.calls:
        yield [f"select_one {SITUATION}", SITUATION, *_plain(form, "通话", "Call"), *none, "", ""]
    for situation, items in form.calls.items():
        relevant = f"${{{SITUATION}}} = '{situation}'"
        yield from _group(form, f"{CALL}{situation}", items, prefix=f"{situation}_", relevant=relevant)
    yield from _group(form, INTERVIEW, form.items, prefix="", relevant="")


def _group(
    form: Questionnaire, name: str, items: Sequence[Item], *, prefix: str, relevant: str
) -> Iterator[list[str]]:
    none = _said(form, "")
    several = frozenset(item.code for item in items if item.kind == "multi")
    yield ["begin_group", name, *_plain(form, name, name), *none, relevant, ""]
    for item in items:
        own = prefix + item.code
        kind = f"{TYPES[item.kind]} {own}" if item.options else TYPES[item.kind]
        asked = relevance.write(item.condition, named=lambda code: prefix + code, several=several)
        hint = "" if prefix else form.probes.get(item.code, "")
        yield [kind, own, *_said(form, item.text), *_said(form, hint), asked, _bounds(item)]
    yield ["end_group", "", *none, *none, "", ""]


def _bounds(item: Item) -> str:
    if item.kind != "number":
        return ""
    escapes = f" or . = {DONT_KNOW} or . = {REFUSED}" if item.escapes else ""
    return f"(. >= {item.least} and . <= {item.most}){escapes}"


def _named(form: Questionnaire) -> Iterator[tuple[str, Item]]:
    for situation, items in form.calls.items():
        yield from ((f"{situation}_{item.code}", item) for item in items)
    yield from ((item.code, item) for item in form.items)


def _choices(form: Questionnaire) -> Iterator[list[str]]:
    for situation in form.calls:
        yield [SITUATION, situation, *_plain(form, situation, situation), "", ""]
    for name, item in _named(form):
        if not item.options:
            continue
        for option in item.options:
            yield [name, str(option.value), *_said(form, option.label), option.ends or "", ""]
        for option in item.unread:
            yield [name, str(option.value), *_said(form, option.label), option.ends or "", "yes"]
        for value, words in ESCAPES.items():
            if value in item.values:
                yield [name, str(value), *_plain(form, *words), "", "yes"]


def _settings(form: Questionnaire) -> list[str]:
    return [f"网格服务电话调查 {form.name}", f"huying_{form.name}", form.wording_hash, MEASURED]


def _handling(name: str, item: Item) -> list[str]:
    own = "" if item.own_dont_know is None else str(item.own_dont_know)
    flags = ("yes" if each else "no" for each in (item.escapes, item.read, item.extra))
    return [name, str(item.least), str(item.most), own, *flags]


def _orders(form: Questionnaire) -> Mapping[str, str]:
    lists = {
        "rotated": form.rotated,
        "five_level": sorted(form.five_level),
        "overall": form.overall,
        "screening": [item.code for item in form.items if item.code in form.screening],
    }
    return {
        "name": form.name,
        "digest": form.digest,
        "swapped": form.swapped,
        "early": form.early,
        "walked": "yes" if form.walked else "no",
        **{name: " ".join(codes) for name, codes in lists.items()},
    }
