"""The sheet of a cognitive pretest: what is asked about each question once somebody has answered it.

Four steps lead to an answer: understanding, remembering, judging, answering (Tourangeau 1984); verbal probes
ask after each of them (Willis 2005).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import Item
from survey.fieldwork.rules import preview
from survey.fieldwork.rules.preview import PreviewedItem, Reading

PEOPLE = 10
"""So many residents before the first wave that asks a version."""
UNDERSTOOD = "您用自己的话说说，这一题问的是什么？"
REMEMBERED = "您是怎么想起来的？想的是哪一段时间？"
JUDGED = "这个答案您有多大把握？"
ANSWERED = "这些选项里，有没有您想说却没有的？有没有两个分不开的？"
SAID_FREELY = "如果让您想说什么就说什么，这一题您会怎么答？"
SCALED = "“基本满意”在您看来是满意，还是不满意？它和“满意”差在哪里？"
ABOUT_THE_PAST = "AVE"
"""What such questions begin with: they ask what somebody did or met."""
OWN: Mapping[str, Sequence[str]] = {
    "A1": ("您说的“网格员”是谁？和居委会、物业的人是不是一回事？",),
    "A2": ("这些事里，哪些是您见过的，哪些是听说的？",),
    "A3": ("现在要找的话，您第一步会做什么？",),
    "A4A": ("微信群里问一句，您算不算“找过”？",),
    "A4": ("“联系上”是指有人接，还是有人答应办？",),
    "V1": ("在小区里遇见、说了几句话，您算不算？",),
    "E1": ("您想到了哪些事？有没有想到了却没有算的？",),
    "E1A": ("您说的“他们”是谁？打12345算不算？",),
    "E3": ("“有人回应”是回了话，还是来了人？",),
    "E4": ("是谁说解决的，还是您自己看到的？",),
    "E5": ("您是怎么知道原因的？",),
    "S-D": ("您想到的是哪一个部门？",),
    "G1": ("您答的时候，想的是网格员、居委会，还是整个小区？",),
    "G1C": ("您答的时候，想的是居委会、物业，还是整个小区？",),
    "B1": ("听到这一题，您心里是什么感觉？",),
    "B1A": ("听到这一题，您心里是什么感觉？",),
    "D4": ("您把谁算进去了？在外地上学、打工的呢？",),
}
"""Probes of single questions, where people elsewhere are known to understand another thing."""


@dataclass(frozen=True, slots=True)
class ProbedItem:
    """An item as it is read, and what is asked about it."""

    shown: PreviewedItem
    probes: Sequence[str]


def sheet(form: Questionnaire, reading: Reading) -> tuple[ProbedItem, ...]:
    """Return the interview's items in the order of `reading`, each with its probes."""
    interview = preview.preview(form, reading)[-1]
    return tuple(ProbedItem(each, tuple(_probes(each.item, form))) for each in interview.items)


def _probes(item: Item, form: Questionnaire) -> Iterator[str]:
    yield UNDERSTOOD
    yield from OWN.get(item.code, ())
    if item.code in form.five_level:
        yield SCALED
    elif item.kind in {"single", "multi"}:
        yield ANSWERED if item.read else SAID_FREELY
    if item.code[0] in ABOUT_THE_PAST:
        yield REMEMBERED
    if item.kind != "text":
        yield JUDGED
