"""The record of a test call: does whoever dials a poster's number reach a person within three minutes?"""

from __future__ import annotations

from survey.fieldwork.questionnaire.instrument import Questionnaire, Situation
from survey.fieldwork.questionnaire.items import Is, Item, Option, options
from survey.fieldwork.questionnaire.shipped import V1

PERSON = (Option(5, "是"), Option(1, "否"))
REACHED = Is("T1", (5,))

TEST = Questionnaire(
    name="test_call.v1",
    items=(
        Item(
            "T1",
            "（不念）从接通总机算起，三分钟里有真人接听吗？",
            "single",
            PERSON,
            escapes=False,
            read=False,
        ),
        Item(
            "T2",
            "您好，我想问一下，这个牌子上的网格，有事是找您吗？",
            "single",
            options("是", "不是，转给了管的人", "不是，说不知道找谁"),
            REACHED,
            read=False,
        ),
        Item(
            "T3",
            "（不念）没有真人接听，是什么情况？",
            "single",
            options("一直响，没有人接", "占线", "号码不对或停机", "转到录音就断了"),
            Is("T1", (1,)),
            escapes=False,
            read=False,
        ),
    ),
    texts={**V1.texts, "END": "好的，我知道了，谢谢您，打扰了。"},
    # Nobody is greeted by name: whoever answers is to be met as any resident meets them.
    calls=dict.fromkeys(Situation, ()),
    heads=("T1",),
    needed=(),
)
