"""What the interviewer reads around the items; 【】 marks what is filled in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping

from huying.base.errors import Refused
from survey.drawing.canonical import canonical
from survey.fieldwork.questionnaire.current import ITEMS, NAME
from survey.fieldwork.questionnaire.items import Item

INTRO2 = (
    "谢谢。您家是由计算机从住户名册中随机抽到的，不是任何网格员或社区提供的名单。"
    "您的回答只用于汇总统计，不会告诉网格员、社区或街道；任何一题都可以不答，也可以随时结束。"
)
RECORDING = "为检查访问质量，通话会录音，【天数】天后删除；您不同意我们就不录。"
VERIFY = "您如果想核实我的身份，可以拨打【委托方】公开的电话【核实电话】，报我的工号【工号】就能查到。"
WHERE_TO = "您可以拨打12345，也可以扫小区公示牌上的二维码。我们不转交，也不会把您的回答告诉任何人。"
END = "我的问题问完了，谢谢您。以后如果不想再接到这样的电话，现在告诉我就可以。"
TEXTS = {"INTRO2": INTRO2, "RECORDING": RECORDING, "VERIFY": VERIFY, "WHERE_TO": WHERE_TO, "END": END}

BLANK = re.compile(r"【([^】]+)】")


def lead(code: str, *, extras: frozenset[str]) -> str:
    """Return what is read before the item: who was drawn and how answers are kept, once, after consent."""
    if code == "C2":
        return INTRO2 + RECORDING
    return INTRO2 if code == "S1" and "C2" not in extras else ""


def fill(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with every 【】 filled in; raise Refused where a name is missing."""
    missing = [name for name in BLANK.findall(text) if not names.get(name)]
    if missing:
        raise Refused(f"话术里的【{missing[0]}】还没有设置，不能开始访问。", status=500)
    return BLANK.sub(lambda blank: names[blank[1]], text)


def wording_hash() -> str:
    """Return the digest (64 hex digits) of every word, option and condition of the questionnaire."""
    items = [_wording(item) for item in ITEMS]
    return hashlib.sha256(canonical({"name": NAME, "items": items, "texts": TEXTS})).hexdigest()


def _wording(item: Item) -> dict[str, object]:
    return {
        "code": item.code,
        "text": item.text,
        "kind": item.kind,
        "options": [[option.value, option.label] for option in item.options],
        "asked_if": str(item.condition),
        "values": sorted(item.values),
    }
