"""Questionnaire v1, the items of the interview: five to six minutes, read word for word."""

from __future__ import annotations

from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import Condition, Every, Is, Item, Option, Some, options
from survey.fieldwork.questionnaire.v1_call import CALLS

YES_NO = options("是", "否")
HAVE = options("有", "没有")
FIVE = tuple(
    Option(value, label)
    for value, label in zip(
        (5, 4, 3, 2, 1), ("非常满意", "满意", "基本满意", "不满意", "非常不满意"), strict=True
    )
)
WHO = options("网格员", "社区", "物业", "其他")
MORE = "还有吗？（不提示，也不念选项）"
NEAREST = "对方说“还行”“可以”这样的话，就再念一遍五个选项，问：您觉得最接近哪一个？"

OF_AGE = Is("S2A", (1, 98, 99))
RESPONDENT = Every((OF_AGE, Is("S2B", (1, 98, 99))))
AWARE = Is("A1", (1, 2))
KNOWS_HOW = Is("A3", (1, 2))
REPORTED = Is("E1A", (1,))
HAD_CONTACT = Every((AWARE, Some((Is("A4", (1, 2)), Is("V1", (1,)), REPORTED))))
NOT_THE_WORKER = Some((Is("E4", (1, 98, 99)), Is("E5", (2, 3, 4, 5, 99)), Is("E5H", (2, 3, 99))))
"""The matter lies neither with a worker who didn't pass it on nor with one who has it in hand."""
DEPARTMENT = Every((REPORTED, NOT_THE_WORKER))


def _single(
    code: str, text: str, condition: Condition, *labels: str, dont_know: int | None = None, read: bool = True
) -> Item:
    return Item(code, text, "single", options(*labels), condition, own_dont_know=dont_know, read=read)


def _have(code: str, text: str, condition: Condition, *labels: str) -> Item:
    return Item(code, text, "single", options(*labels) if labels else HAVE, condition, read=False)


def _five(code: str, of: str, condition: Condition) -> Item:
    return Item(code, f"{of}满意吗？是【{texts.SCALE}】？", "single", FIVE, condition)


SCREENING = (
    Item("S2A", "您满18周岁了吧？", "single", YES_NO, read=False),
    Item("S2B", "在这里住满半年了吗？", "single", YES_NO, OF_AGE, read=False),
)

AWARENESS = (
    _single(
        "A1", "您知道您住的地方有网格员吗？", RESPONDENT, "知道", "听说过但不清楚", "不知道", dont_know=3
    ),
    Item(
        "A2",
        "据您了解，网格员主要做哪些事？",
        "multi",
        options(
            "上门走访",
            "收集反映问题",
            "矛盾调解",
            "安全隐患",
            "帮扶老人",
            "政策宣传",
            "其他",
            "说错",
            "不知道",
        ),
        AWARE,
        own_dont_know=9,
        read=False,
    ),
    _single(
        "A3",
        "您知道怎么联系到您的网格员吗？",
        AWARE,
        "有电话或微信",
        "知道去哪里找（公示牌、二维码）",
        "不知道",
        dont_know=3,
    ),
    _have("A4A", "最近一年，您找过网格员办事或者问事吗？", KNOWS_HOW, "找过", "没有"),
    _single("A4", "最近那一次，多久联系上的？", Is("A4A", (1,)), "当天", "几天后", "一直没联系上"),
    _single("A5", "是号码不对、没人接，还是其他原因？", Is("A4", (3,)), "号码不对", "没人接", "其他"),
    _have("V1", "最近三个月，网格员上门或者打电话、发微信找过您吗？", AWARE, "找过", "没有"),
    _single("V1N", "大约几次？", Is("V1", (1,)), "一次", "两次", "三次及以上", read=False),
)

HELP = (
    _have("E1", "最近十二个月，您家有没有遇到过想请网格员或社区帮忙解决的事？", RESPONDENT),
    _have("E1A", "后来向他们反映了吗？", Is("E1", (1,)), "反映了", "没有反映"),
    Item("E1R", "为什么没有反映？", "text", condition=Is("E1A", (2,))),
    _single(
        "E2",
        "最近一次是什么事？",
        REPORTED,
        "环境卫生",
        "房屋漏水、维修",
        "水、电、气、暖",
        "噪音、邻里矛盾",
        "道路、路灯、停车",
        "安全、消防隐患",
        "养老、助残、困难帮扶",
        "办证、证明、政策咨询",
        "其他",
        read=False,
    ),
    _single(
        "E3",
        "大约多久有人回应？",
        REPORTED,
        "当天",
        "三天内",
        "一周内",
        "半个月内",
        "超过半个月",
        "没有回应",
    ),
    _single("E4", "这件事解决了吗？", REPORTED, "完全解决", "部分解决", "没有解决", "还在办"),
    _single(
        "E5",
        "据您了解，主要是什么原因？",
        Is("E4", (2, 3)),
        "网格员没有上报或跟进",
        "上报了，有关部门没来办或推来推去",
        "政策或条件办不了",
        "别的原因",
        "不清楚",
        dont_know=5,
    ),
    _single("E5H", "现在办到哪一步了？", Is("E4", (4,)), "网格员在办", "部门在办", "不清楚", dont_know=3),
)

SATISFACTION = (
    _five("S-A", "您对网格员的服务态度", HAD_CONTACT),
    _five("S-B", "您对网格员的反应快慢", HAD_CONTACT),
    _five("S-C", "您对那件事的办理结果", REPORTED),
    Item(
        "S-D",
        f"有关部门（不是网格员）办这件事，您满意吗？是【{texts.SCALE}】？",
        "single",
        FIVE,
        DEPARTMENT,
        unread=(Option(97, "没有部门参与"),),
    ),
    _five("G1", "总的来说，您对您所在网格的服务", AWARE),
    _five("G1C", "总的来说，您对您所在社区（居委会、村委会）的服务", Is("A1", (3,))),
)

CLOSING = (
    _have("B1", "在接这个电话之前，有人告诉过您会有人打这样的电话吗？", RESPONDENT),
    Item("B1W", "是谁告诉您的？", "multi", WHO, Is("B1", (1,)), read=False),
    _have("B1A", "有人跟您说过应该怎么回答吗？", RESPONDENT),
    Item("B1AW", "是谁跟您说的？", "multi", WHO, Is("B1A", (1,)), read=False),
    _have("B2", "现在旁边有其他人（如社区工作人员）在听吗？", RESPONDENT),
    Item("O1", "您还有什么想说的？", "text", condition=RESPONDENT),
    _have("O2", "需要我告诉您可以向哪里反映问题吗？", RESPONDENT, "需要", "不需要"),
    _single("D1", "性别（能听出来就不问）：", RESPONDENT, "男", "女", read=False),
    _single(
        "D2",
        "您的年龄在哪一段？",
        RESPONDENT,
        "18到29岁",
        "30到39岁",
        "40到49岁",
        "50到59岁",
        "60到69岁",
        "70岁及以上",
    ),
    _single("D3", "您是户籍在这里，还是租住在这里？", RESPONDENT, "户籍在这里", "租住", "其他"),
    Item("D4", "包括您自己，家里18岁以上的有几口人？", "number", condition=RESPONDENT, least=1, most=20),
)

ITEMS = (*SCREENING, *AWARENESS, *HELP, *SATISFACTION, *CLOSING)
FIVE_LEVEL = frozenset(item.code for item in ITEMS if item.options == FIVE)
V1 = Questionnaire(
    name="v1",
    items=ITEMS,
    screening=frozenset(item.code for item in SCREENING),
    rotated=("S-A", "S-B", "S-C"),
    swapped="E5",
    five_level=FIVE_LEVEL,
    texts=texts.SHARED,
    calls=CALLS,
    probes={"A2": MORE, "O1": MORE, "O2": texts.WHERE_TO, **dict.fromkeys(sorted(FIVE_LEVEL), NEAREST)},
    overall=("G1", "G1C"),
    early="E1",
)
