"""From what the interviewer typed to the value that is stored."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.fieldwork.questionnaire.items import DONT_KNOW, REFUSED, Item, Value

LONGEST = 2000
SEPARATORS = re.compile(r"[\s,，、;；]+")


def validate(item: Item, raw: str | Sequence[str]) -> Value:
    """Return the stored value of what was entered; raise Invalid with a sentence for the interviewer.

    `raw` is what one box holds, or the ticked boxes of a `multi` item. 98 becomes the item's own
    don't-know where its list holds one.
    """
    given = [raw] if isinstance(raw, str) else list(raw)
    if item.kind == "text":
        return _text("\n".join(given))
    codes = [_code(item, part) for text in given for part in SEPARATORS.split(_plain(text)) if part]
    return _several(item, codes) if item.kind == "multi" else _one(item, codes)


def to_text(value: Value) -> str:
    """Return a value as the text that is stored for it."""
    return json.dumps(value, ensure_ascii=False)


def from_text(text: str) -> Value:
    """Return the value that a stored text holds."""
    value = json.loads(text)
    return tuple(value) if isinstance(value, list) else value


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _text(given: str) -> str:
    text = given.replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise Invalid(_("这段话太长了，最多记 %(longest)s 个字，请分开记要点。", longest=LONGEST))
    return text


def _code(item: Item, text: str) -> int:
    code = int(text) if re.fullmatch(r"[0-9]{1,3}", text) else None
    if code == DONT_KNOW and item.dont_know is not None:
        return item.dont_know
    if code is None or code not in item.values:
        raise Invalid(_("“%(text)s”不是这一题的选项，%(hint)s", text=text[:20], hint=_hint(item)))
    return code


def _hint(item: Item) -> str:
    if item.kind == "number":
        choice = _("请输入 %(least)s 到 %(most)s 的数字", least=item.least, most=item.most)
    else:
        choice = _("请输入 ") + "、".join(str(option.value) for option in item.options)
    return _("%(choice)s；说不清按 98，不愿回答按 99。", choice=choice) if item.escapes else f"{choice}。"


def _one(item: Item, codes: list[int]) -> int:
    if not codes:
        raise Invalid(_("这一题还没有填，%(hint)s", hint=_hint(item)))
    if len(codes) > 1:
        raise Invalid(_("这一题只能选一个，请再问一下对方最符合的是哪一个。"))
    return codes[0]


def _several(item: Item, codes: list[int]) -> tuple[int, ...]:
    if not codes:
        raise Invalid(_("这一题还没有填，%(hint)s", hint=_hint(item)))
    alone = {REFUSED, item.dont_know}.intersection(codes)
    if alone and len(set(codes)) > 1:
        raise Invalid(_("“不知道”或“不愿回答”不能和别的选项一起选，请改成其中一种。"))
    return tuple(sorted(set(codes)))
