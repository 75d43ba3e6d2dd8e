"""Sentences of our own that are stored: as a code and parameters, said in the language of each reader."""

from __future__ import annotations

import json
from collections.abc import Mapping

from huying.base.i18n import Lazy, _, lazy

SIGN = "\u2063"
"""What a stored sentence begins with; nobody types it."""
SENTENCES: Mapping[str, Lazy] = {
    "call_back_wanted": lazy("请给我回电。"),
    "call_missed": lazy("打电话找网格员，没有人接。请回电。"),
    "vacant": lazy("这个网格现在没有安排任何人值守。请安排网格员或代班；空缺时间记在派人的单位名下。"),
    "number_dead": lazy("系统核对时发现值班号码打不通，页面已改由下一个号码接听。请更换号码，或安排代班。"),
    "number_denied": lazy(
        "有人答复说这个号码找不到值班人，页面已改由下一个号码接听。请更换号码，或安排代班。"
    ),
    "others_matter": lazy("应由%(name)s办理。%(text)s"),
}


def stored(code: str, **values: str) -> str:
    """Return a sentence of SENTENCES as it is stored."""
    if code not in SENTENCES:
        raise KeyError(code)
    return SIGN + json.dumps({"say": code, **values}, ensure_ascii=False, sort_keys=True)


def said(text: str) -> str:
    """Return a stored text as it is read: a sentence of ours in the language spoken, else as it is."""
    if not text.startswith(SIGN):
        return text
    try:
        values = json.loads(text[1:])
        sentence = SENTENCES[values.pop("say")]
        return _(sentence.message, **values) if values else str(sentence)
    except (ValueError, KeyError, AttributeError, TypeError):
        return text[1:]
