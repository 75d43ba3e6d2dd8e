"""What is read out when a household is called back about its interview, word for word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.items import DONT_KNOW, REFUSED, Item
from survey.fieldwork.rules.call_backs import NO, YES

GREETING = (
    "您好，我是【调查机构】访问员【工号】。我们在抽查电话访问做得好不好，"
    "想请那天接受访问的那位回答四五个小问题，只要一分钟，方便吗？"
)
CLOSING = "谢谢您。您的回答只用来检查访问员的工作，不会告诉网格员、社区或街道。"
HELD = "最近几天，有没有访问员给您打过电话，做过一次关于社区网格服务的访问？"
LENGTH = "那一次大约谈了多久？"
HELD_OPTIONS = ((YES, "有"), (NO, "没有"), (DONT_KNOW, "记不清"))
LENGTH_OPTIONS = (
    (1, "不到两分钟"),
    (2, "两到五分钟"),
    (3, "五到十分钟"),
    (4, "十分钟以上"),
    (DONT_KNOW, "记不清"),
)

Spoken = Sequence[tuple[int, str]]


def greeting(blanks: Mapping[str, str]) -> str:
    """Return how the call begins."""
    return texts.fill(GREETING, blanks)


def options(item: Item) -> Spoken:
    """Return the answers to a fact that is asked again, those last that are never read out."""
    listed = [(option.value, option.label) for option in item.options]
    unsaid = [(DONT_KNOW, "说不清、不知道")] if item.dont_know == DONT_KNOW else []
    return [*listed, *unsaid, (REFUSED, "拒绝回答")]
