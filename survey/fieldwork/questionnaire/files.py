"""A questionnaire as a file: JSON in UTF-8, one file a version; what is written is read back the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import get_args

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.fieldwork.questionnaire import conditions
from survey.fieldwork.questionnaire.file_parts import FilePart
from survey.fieldwork.questionnaire.instrument import Digest, Questionnaire, Situation
from survey.fieldwork.questionnaire.items import ALWAYS, Ending, Item, ItemKind, Option

KINDS: tuple[ItemKind, ...] = get_args(ItemKind)
DIGESTS: tuple[Digest, ...] = get_args(Digest)
FORMAT = "huying-questionnaire/1"
LARGEST = 500_000
"""Bytes of a file; ours has 30,000."""
OPTION = re.compile(r'\{\n *"value": [^{}]*\}')
"""An option is written on one line, so that a changed word is one line of a comparison."""
UNSTORABLE = re.compile(r"[\ud800-\udfff]|\\u0000")
"""Half a character and NUL: JSON can escape them, no page and no database takes them."""
ITEM = ("code", "text", "kind", "options", "unread", "asked_if", "dont_know", "escapes", "read", "extra")
ORDERS = ("rotated", "swapped", "five_level", "overall", "early")
WHOLE = ("format", "name", "digest", "texts", "calls", "items", "probes", "screening", "walked", "orders")


def read(data: bytes) -> Questionnaire:
    """Return the questionnaire of a file; raise Invalid, with where in the file, for what has no such form.

    Whether it can be asked is another question: `faults.faults` answers it.
    """
    part = FilePart("", _object(data))
    if part.text("format") != FORMAT:
        raise Invalid(_("文件的“format”应当是 %(format)s。", format=FORMAT))
    part.only(*WHOLE, "translations")
    orders = part.part("orders")
    orders.only(*ORDERS)
    calls = part.part("calls")
    calls.only(*Situation)
    return Questionnaire(
        name=part.text("name"),
        items=tuple(_item(each) for each in part.parts("items")),
        screening=frozenset(part.words("screening")),
        rotated=orders.words("rotated"),
        swapped=orders.text("swapped", ""),
        five_level=frozenset(orders.words("five_level")),
        texts=part.texts("texts"),
        calls={Situation(name): tuple(_item(each) for each in calls.parts(name)) for name in calls.given},
        probes=part.texts("probes"),
        overall=orders.words("overall"),
        early=orders.text("early", ""),
        walked=part.flag("walked", default=True),
        translations={
            code: part.part("translations").texts(code) for code in part.part("translations").given
        },
        digest=_digest(part),
    )


def write(questionnaire: Questionnaire) -> bytes:
    """Return the questionnaire's file."""
    shown = {
        "format": FORMAT,
        "name": questionnaire.name,
        "digest": questionnaire.digest,
        "texts": dict(questionnaire.texts),
        "calls": {name: [_written(item) for item in items] for name, items in questionnaire.calls.items()},
        "items": [_written(item) for item in questionnaire.items],
        "probes": dict(questionnaire.probes),
        "screening": [item.code for item in questionnaire.items if item.code in questionnaire.screening],
        "walked": questionnaire.walked,
        "orders": {
            "rotated": list(questionnaire.rotated),
            "swapped": questionnaire.swapped,
            "five_level": sorted(questionnaire.five_level),
            "overall": list(questionnaire.overall),
            "early": questionnaire.early,
        },
        "translations": {language: dict(words) for language, words in questionnaire.translations.items()},
    }
    text = json.dumps(shown, ensure_ascii=False, indent=1)
    return OPTION.sub(lambda each: re.sub(r"\n *", " ", each[0]), text).encode() + b"\n"


def _object(data: bytes) -> Mapping[str, object]:
    if len(data) > LARGEST:
        raise Invalid(_("问卷的文件太大了，最多 %(most)s 字节。", most=LARGEST))
    try:
        found = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise Invalid(_("问卷的文件不是 UTF-8 编码的文字。")) from None
    except json.JSONDecodeError as fault:
        raise Invalid(_("第 %(line)s 行不是 JSON。", line=fault.lineno)) from None
    except (RecursionError, ValueError):
        raise Invalid(_("问卷的文件不是 JSON。")) from None
    if not isinstance(found, dict):
        raise Invalid(_("问卷的文件不是一个 JSON 对象。"))
    if UNSTORABLE.search(json.dumps(found, ensure_ascii=False)):
        raise Invalid(_("提交的内容里有不能保存的字符，请改掉再试。"))
    return found


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose names differ: of two equal ones JSON would silently keep the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid(_("文件里“%(name)s”写了两次。", name=UNSTORABLE.sub("", twice[:40])))
    return found


def _digest(part: FilePart) -> Digest:
    for known in DIGESTS:
        if part.text("digest", "whole") == known:
            return known
    raise Invalid(_("“digest”只能是 whole。"))


def _item(part: FilePart) -> Item:
    part.only(*ITEM, "least", "most")
    code = part.text("code")
    named = FilePart(_("题目 %(code)s", code=code[:20]), part.given)
    return Item(
        code=code,
        text=named.text("text"),
        kind=_kind(named),
        options=tuple(_option(each) for each in named.parts("options")),
        condition=conditions.parse(named.text("asked_if", "")),
        own_dont_know=named.whole("dont_know") if "dont_know" in named.given else None,
        escapes=named.flag("escapes", default=True),
        read=named.flag("read", default=True),
        extra=named.flag("extra", default=False),
        least=named.whole("least", 0),
        most=named.whole("most", 0),
        unread=tuple(_option(each) for each in named.parts("unread")),
    )


def _kind(part: FilePart) -> ItemKind:
    for known in KINDS:
        if part.text("kind") == known:
            return known
    raise Invalid(_("%(where)s：“kind”只能是 %(kinds)s。", where=part.where, kinds="、".join(KINDS)))


def _option(part: FilePart) -> Option:
    part.only("value", "label", "ends")
    return Option(part.whole("value"), part.text("label"), _ending(part))


def _ending(part: FilePart) -> Ending | None:
    named = part.text("ends", "")
    if named and named not in set(Ending):
        raise Invalid(_("%(where)s：“ends”只能是 %(ends)s。", where=part.where, ends="、".join(Ending)))
    return Ending(named) if named else None


def _written(item: Item) -> dict[str, object]:
    """An item without what is so by default."""
    said: dict[str, object] = {"code": item.code, "text": item.text, "kind": item.kind}
    lists = {"options": item.options, "unread": item.unread}
    said |= {name: [_written_option(each) for each in listed] for name, listed in lists.items() if listed}
    said |= {"asked_if": str(item.condition)} if item.condition != ALWAYS else {}
    said |= {"dont_know": item.own_dont_know} if item.own_dont_know is not None else {}
    flags = {"escapes": (item.escapes, True), "read": (item.read, True), "extra": (item.extra, False)}
    said |= {name: value for name, (value, usual) in flags.items() if value is not usual}
    return said | {name: getattr(item, name) for name in ("least", "most") if getattr(item, name)}


def _written_option(option: Option) -> dict[str, object]:
    said: dict[str, object] = {"value": option.value, "label": option.label}
    return said | ({"ends": str(option.ends)} if option.ends else {})
