"""What the interviewer reads around the items; 【】 marks what is filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from huying.base.errors import Refused
from survey.fieldwork.questionnaire.items import Option

INTRO2 = (
    "谢谢。您家是由计算机从住户名册中随机抽到的，不是任何网格员或社区提供的名单。"
    "您的回答只用于汇总统计，不会告诉网格员、社区或街道；任何一题都可以不答，也可以随时结束。"
)
RECORDING = "为检查访问质量，通话会录音，【天数】天后删除；您不同意我们就不录。"
VERIFY = "您如果想核实我的身份，可以拨打【委托方】公开的电话【核实电话】，报我的工号【工号】就能查到。"
WHERE_TO = "您可以拨打12345，也可以扫小区公示牌上的二维码。我们不转交，也不会把您的回答告诉任何人。"
END = "我的问题问完了，谢谢您。以后如果不想再接到这样的电话，现在告诉我就可以。"
SHARED = {"INTRO2": INTRO2, "RECORDING": RECORDING, "VERIFY": VERIFY, "WHERE_TO": WHERE_TO, "END": END}
"""What v0 and v1 both read."""

SCALE = "五级"
"""The blank of a question that names its scale."""
BLANK = re.compile(r"【([^】]+)】")


def fill(text: str, names: Mapping[str, str]) -> str:
    """Return `text` with every 【】 filled in; raise Refused where a name is missing."""
    missing = [name for name in BLANK.findall(text) if not names.get(name)]
    if missing:
        raise Refused(f"话术里的【{missing[0]}】还没有设置，不能开始访问。", status=500)
    return BLANK.sub(lambda blank: names[blank[1]], text)


def scale(read: Sequence[Option]) -> str:
    """Return the levels of a scale as a question reads them, in their order."""
    *first, last = (option.label for option in read)
    return f"{'、'.join(first)}，还是{last}"
