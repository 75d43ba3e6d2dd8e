"""Questionnaire v1, the items of a call: who speaks, whether it is the household, who is to be asked."""

from __future__ import annotations

from survey.fieldwork.questionnaire.instrument import Situation
from survey.fieldwork.questionnaire.items import Condition, Every, Is, Item, options

INTRO = "您好，我是【调查机构】访问员【工号】，想用五分钟听听您对社区网格服务的看法，现在方便吗？"
APPOINTED = (
    "您好，我是【调查机构】访问员【工号】。您家和我们约好现在通话，"
    "想用五分钟听听您对社区网格服务的看法，现在方便吗？"
)
RESUMED = (
    "您好，我是【调查机构】访问员【工号】。上次您家接受了我们关于社区网格服务的访问，还剩几题没有问完，"
    "现在方便接着问吗？"
)
RETURNED = (
    "您好，这里是【调查机构】，我是访问员【工号】。谢谢您回电。"
    "我们想用五分钟听听您对社区网格服务的看法，现在方便吗？"
)
ASKS_FOR = "我想请【受访人】听电话。是您本人吗？"
ASKS_FOR_THE_SAME = "请问您就是上次和我们通话的那一位吗？如果不是，能不能请他（她）来接电话？"

CONSENT = options("愿意", "约时间", "拒绝")
YES_NO = options("是", "否")
WILLING, WILLING_TOO, FETCHED = Is("C1", (1,)), Is("C1R", (1,)), Is("S3", (2,))
AT_HOME = Every((WILLING, Is("S1", (1, 98, 99))))


def _steers(code: str, text: str, condition: Condition, *labels: str) -> Item:
    return Item(code, text, "single", options(*labels), condition, escapes=False, read=False)


def _recording(code: str, condition: Condition) -> Item:
    return Item(code, "您同意录音吗？", "single", YES_NO, condition, extra=True, read=False)


def _greets(text: str) -> tuple[Item, Item]:
    consent = Item("C1", text, "single", CONSENT, escapes=False, read=False)
    return consent, _recording("C2", WILLING)


def _asks_for(text: str, condition: Condition, *, greeting: str) -> tuple[Item, ...]:
    """Whoever is fetched is greeted, asked for consent and told of a recording anew."""
    return (
        _steers("S3", text, condition, "是本人", "请过来了", "现在不在或不方便"),
        Item("C1R", greeting, "single", CONSENT, FETCHED, escapes=False, read=False),
        _recording("C2R", WILLING_TOO),
    )


def _opens(greeting: str) -> tuple[Item, ...]:
    household = Item("S1", "请问这是【小区】的住户家吗？", "single", YES_NO, WILLING, read=False)
    return (*_greets(greeting), household, *_asks_for(ASKS_FOR, AT_HOME, greeting=INTRO))


CALLS = {
    Situation.FIRST: _opens(INTRO),
    Situation.APPOINTMENT: _opens(APPOINTED),
    Situation.RETURN_CALL: _opens(RETURNED),
    Situation.RESUMED: (*_greets(RESUMED), *_asks_for(ASKS_FOR_THE_SAME, WILLING, greeting=RESUMED)),
}
