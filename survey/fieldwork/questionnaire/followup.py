"""The questionnaire of a case that was reported solved and of which its resident has said nothing."""

from __future__ import annotations

from survey.fieldwork.questionnaire.asking_for import (
    CLOSING,
    HAVE,
    MORE,
    OpeningWords,
    objections,
    said_around,
)
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import Is, Item, Option, options

OPENING = OpeningWords(
    "了解一件反映过的事办得怎么样",
    "请问这个电话前些时候是不是反映过一件事，想请网格员或社区帮忙？",
    "我想请当时反映这件事的那位听电话。是您本人吗？",
)
SOLVED = (Option(5, "完全解决"), Option(3, "部分解决"), Option(1, "没有解决"), Option(2, "还在办"))
"""Stored so that 5 alone says solved: the share of the answers 4 and 5 is the share that confirms."""
UNSOLVED = Is("R1", (1, 2, 3))

FOLLOWUP = Questionnaire(
    name="case_followup.v1",
    items=(
        Item(
            "R1",
            "您在【日期】反映过一件关于“【事项】”的事。这件事现在解决了吗？"
            "是完全解决、部分解决、没有解决，还是还在办？",
            "single",
            SOLVED,
        ),
        Item(
            "R2",
            "主要是什么情况？",
            "single",
            options("没有人来办", "来过，没有办好", "办好了，又出了问题", "说是政策或条件办不了", "别的情况"),
            UNSOLVED,
            read=False,
        ),
        Item("R3", "有人告诉过您，这件事已经办结了吗？", "single", HAVE, read=False),
        Item("R4", "有人请您说“已经解决”，或者替您点过“已解决”吗？", "single", HAVE, read=False),
        *CLOSING,
    ),
    texts=said_around("这件事是由计算机从报了办结、还没有人评价的事里随机抽到的。"),
    calls=OPENING.calls,
    probes=MORE,
    heads=("R1",),
    needed=(),
    objections=objections("号码是反映这件事时留下的，封存着，只用来核实这一件事，不会给别人。"),
)
