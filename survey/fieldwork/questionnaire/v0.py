"""Questionnaire v0: about thirty items, five to six minutes, read word for word."""

from __future__ import annotations

from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import Every, Is, Item, Option, Some
from survey.fieldwork.questionnaire.items import options as _options

YES_NO = _options("是", "否")
HAVE = _options("有", "没有")
FIVE = tuple(
    Option(value, label)
    for value, label in zip(
        (5, 4, 3, 2, 1), ("非常满意", "满意", "基本满意", "不满意", "非常不满意"), strict=True
    )
)

WILLING = Is("C1", (1,))
LIVES_HERE = Every((WILLING, Is("S1", (1, 98, 99))))
ADULT = Every((LIVES_HERE, Is("S2A", (1, 98, 99))))
SETTLED = Every((ADULT, Is("S2B", (1, 98, 99))))
RESPONDENT = Is("S3", (1, 2))
AWARE = Is("A1", (1, 2))
KNOWS_HOW = Is("A3", (1, 2))
ASKED_FOR_HELP = Is("E1", (1,))
HAD_CONTACT = Every((AWARE, Some((Is("A4", (1, 2)), Is("V1", (1, 2, 3)), ASKED_FOR_HELP))))

OPENING = (
    Item(
        "C1",
        "您好，我是【调查机构】访问员【工号】，想用五分钟听听您对社区网格服务的看法，现在方便吗？",
        "single",
        _options("愿意", "约时间", "拒绝"),
        escapes=False,
        read=False,
    ),
    Item("C2", "您同意录音吗？", "single", YES_NO, WILLING, extra=True, read=False),
    Item("S1", "请问您是【小区】的住户吗？", "single", YES_NO, WILLING, read=False),
    Item("S2A", "您今年满18周岁了吗？", "single", YES_NO, LIVES_HERE, read=False),
    Item("S2B", "您在这里住满半年了吗？", "single", YES_NO, ADULT, read=False),
    Item(
        "S3",
        "这次要听的是【受访人】的看法。请问您就是吗？如果不是，能不能请他（她）来接电话？",
        "single",
        _options("是本人", "已请本人来接", "本人现在不方便，另约时间", "没有这个人"),
        SETTLED,
        escapes=False,
        read=False,
    ),
)

AWARENESS = (
    Item(
        "A1",
        "您知道您住的地方有网格员吗？",
        "single",
        _options("知道", "听说过但不清楚", "不知道"),
        RESPONDENT,
        own_dont_know=3,
    ),
    Item(
        "A2",
        "据您了解，网格员主要做哪些事？",
        "multi",
        _options(
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
    Item(
        "A3",
        "您知道怎么联系到您的网格员吗？",
        "single",
        _options("有电话或微信", "知道去哪里找（公示牌、二维码）", "不知道"),
        AWARE,
        own_dont_know=3,
    ),
    Item(
        "A4",
        "最近一年您联系过网格员吗？联系上了吗？",
        "single",
        _options("当天联系上", "几天后联系上", "一直没联系上", "没联系过"),
        KNOWS_HOW,
    ),
    Item(
        "A5",
        "没联系上，是号码不对、没人接，还是别的原因？",
        "single",
        _options("号码不对", "没人接", "其他"),
        Is("A4", (3,)),
    ),
    Item(
        "V1",
        "过去三个月，网格员上过门或者联系过您吗？有几次？",
        "single",
        _options("没有", "一次", "两次", "三次及以上", start=0),
        AWARE,
    ),
)

HELP = (
    Item(
        "E1",
        "过去十二个月，您家有没有向网格员、社区反映过问题或者求助？",
        "single",
        _options("有", "没有", "想反映但没反映"),
        RESPONDENT,
    ),
    Item("E1R", "当时是什么原因没有反映呢？", "text", condition=Is("E1", (3,))),
    Item(
        "E2",
        "最近一次是什么事？",
        "single",
        _options(
            "环境卫生",
            "房屋漏水、维修",
            "水、电、气、暖",
            "噪音、邻里矛盾",
            "道路、路灯、停车",
            "安全、消防隐患",
            "养老、助残、困难帮扶",
            "办证、证明、政策咨询",
            "其他",
        ),
        ASKED_FOR_HELP,
        read=False,
    ),
    Item(
        "E3",
        "大约多久有人回应？",
        "single",
        _options("当天", "三天内", "一周内", "半个月内", "超过半个月", "没有回应"),
        ASKED_FOR_HELP,
    ),
    Item(
        "E4",
        "这件事解决了吗？",
        "single",
        _options("完全解决", "部分解决", "没有解决", "还在办"),
        ASKED_FOR_HELP,
    ),
    Item(
        "E5",
        "据您了解，卡在哪里？",
        "single",
        _options("网格员没有上报或跟进", "上报了，有关部门没来办或推来推去", "政策或条件办不了", "不清楚"),
        Is("E4", (2, 3, 4, 98, 99)),
        own_dont_know=4,
    ),
)

SATISFACTION = (
    Item("S-A", "您对网格员的态度：", "single", FIVE, HAD_CONTACT),
    Item("S-B", "您对网格员的反应速度：", "single", FIVE, HAD_CONTACT),
    Item("S-C", "您对这件事的办理结果：", "single", FIVE, ASKED_FOR_HELP),
    Item("S-D", "您对有关职能部门（不是网格员）处理这件事：", "single", FIVE, ASKED_FOR_HELP),
    Item("G1", "总体来说，您对所在网格的服务：", "single", FIVE, AWARE),
    Item("G1C", "总体来说，您对所在社区的服务：", "single", FIVE, Is("A1", (3,))),
    Item(
        "G2",
        "如果0分是完全不信任，10分是完全信任，您给网格员打几分？",
        "number",
        condition=AWARE,
        extra=True,
        most=10,
    ),
)

CLOSING = (
    Item(
        "B1",
        "在接这个电话之前，有没有人提前告诉过您会有这样的电话，或者教过您怎么回答？",
        "single",
        HAVE,
        RESPONDENT,
        read=False,
    ),
    Item(
        "B1W",
        "是谁告诉您的？",
        "multi",
        _options("网格员", "社区", "物业", "其他"),
        Is("B1", (1,)),
        read=False,
    ),
    Item("B2", "现在旁边有其他人（如社区工作人员）在听吗？", "single", HAVE, RESPONDENT, read=False),
    Item("O1", "您还有什么想说的？", "text", condition=RESPONDENT),
    Item(
        "O2",
        "需要我告诉您可以向哪里反映问题吗？",
        "single",
        _options("需要", "不需要"),
        RESPONDENT,
        read=False,
    ),
    Item("D1", "性别（能听出来就不问）：", "single", _options("男", "女"), RESPONDENT, read=False),
    Item(
        "D2",
        "您的年龄在哪一段？",
        "single",
        _options("18到29岁", "30到39岁", "40到49岁", "50到59岁", "60到69岁", "70岁及以上"),
        RESPONDENT,
    ),
    Item(
        "D3",
        "您是户籍在这里，还是租住在这里？",
        "single",
        _options("户籍在这里", "租住", "其他"),
        RESPONDENT,
    ),
    Item("D4", "您家里18岁以上的有几口人？", "number", condition=RESPONDENT, least=1, most=20),
)

ITEMS = (*OPENING, *AWARENESS, *HELP, *SATISFACTION, *CLOSING)
V0 = Questionnaire(
    name="v0",
    items=ITEMS,
    screening=frozenset(item.code for item in OPENING),
    rotated=("S-A", "S-B", "S-C"),
    swapped="E5",
    five_level=frozenset(item.code for item in ITEMS if item.options == FIVE),
    texts=texts.SHARED,
    probes={"O2": texts.WHERE_TO},
    walked=False,
)
