"""The questionnaire of a visit that a worker says to have made: did anybody come?"""

from __future__ import annotations

from survey.fieldwork.questionnaire.asking_for import (
    CLOSING,
    HAVE,
    MORE,
    YES_NO,
    OpeningWords,
    objections,
    said_around,
)
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import Is, Item, Option, options

OPENING = OpeningWords(
    "了解社区上门走访的情况",
    "请问这是【小区】的住户家吗？",
    "我想请平时在家、接待来访的那位听电话。是您本人吗？",
)
CAME = (Option(5, "肯定来过"), Option(4, "好像来过"), Option(2, "好像没来"), Option(1, "肯定没来"))
"""Stored so that the share of the answers 4 and 5 is the share of claimed visits that are borne out."""
DID = Is("K1", (4, 5))

VISIT = Questionnaire(
    name="visit_check.v1",
    items=(
        Item(
            "K1",
            "【日期】前后几天里，有网格员或社区的人到您家来过吗？是肯定来过、好像来过、好像没来，还是肯定没来？",
            "single",
            CAME,
        ),
        Item(
            "K2",
            "来是为了什么事？",
            "multi",
            options("了解情况、登记", "安全检查", "宣传", "帮忙办事", "看望", "其他"),
            DID,
            read=False,
        ),
        Item("K3", "来的人有没有出示工作证或者说清楚自己是谁？", "single", YES_NO, DID, read=False),
        Item("K4", "有人请您说“来过”吗？", "single", HAVE, read=False),
        *CLOSING,
    ),
    texts=said_around("您家是由计算机从登记为走访过的住户里随机抽到的。"),
    calls=OPENING.calls,
    probes=MORE,
    heads=("K1",),
    needed=(),
    objections=objections("号码是登记走访时留下的，封存着，只用来核实走访，不会给别人。"),
)
