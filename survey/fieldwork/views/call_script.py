"""What the interviewer reads, with every blank filled in: who calls, for whom, who is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app

from huying.web.current import installation, reading
from survey.fieldwork.queries import frozen_records
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.current import BY_CODE
from survey.fieldwork.questionnaire.greetings import GREETINGS, OBJECTIONS, Objection, Situation
from survey.fieldwork.questionnaire.items import DONT_KNOW, REFUSED, Item, Option, Value
from survey.fieldwork.questionnaire.orders import Orders
from survey.models import Account

CONFIG = "SURVEY_SCRIPT"
BLANKS = {
    "调查机构": ("HUYING_SURVEY_AGENCY", "虚构市独立测评中心"),
    "委托方": ("HUYING_SURVEY_CLIENT", "虚构市统计学会"),
    "核实电话": ("HUYING_SURVEY_VERIFY_NUMBER", "+999 0000 1234"),
}
"""What an installation says of itself: the variable, and what the demonstration says."""
OPENING = "C1"
"""The question in which the caller says who calls."""
PROBES = {"O2": texts.WHERE_TO}
ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class SpokenQuestion:
    """An item as one page shows it: `before` is read first, `aside` are the answers never read out."""

    item: Item
    text: str
    before: str
    options: tuple[Option, ...]
    aside: tuple[Option, ...]
    probe: str
    chosen: tuple[int, ...]
    words: str


def agency_blanks(environ: Mapping[str, str], *, demo: bool) -> dict[str, str]:
    """Return what this installation says of itself; outside the demonstration unset names stay empty."""
    return {
        blank: environ.get(variable) or (example if demo else "")
        for blank, (variable, example) in BLANKS.items()
    }


def blanks(case: HeldCase, *, interviewer: Account) -> dict[str, str]:
    """Return what fills the blanks of the script for one household; never a worker's name or an address."""
    with reading() as session:
        respondent = frozen_records.respondent(session, case.unit, vault=installation().vault)
        area_name = frozen_records.area_name(session, case.unit)
    return {
        **current_app.config[CONFIG],
        "工号": interviewer.code or "",
        "小区": area_name,
        "受访人": _respondent(respondent),
    }


def greeting(situation: Situation, *, blanks: Mapping[str, str]) -> str:
    """Return how a call begins in this situation."""
    return texts.fill(GREETINGS.get(situation, BY_CODE[OPENING].text), blanks)


def objections(blanks: Mapping[str, str]) -> tuple[Objection, ...]:
    """Return what people usually object, each with its answer, and how to check who calls."""
    return (*OBJECTIONS, Objection("怎么核实", verify(blanks)))


def verify(blanks: Mapping[str, str]) -> str:
    """Return how somebody can check who is calling."""
    return texts.fill(texts.VERIFY, blanks)


def question(
    item: Item,
    *,
    blanks: Mapping[str, str],
    orders: Orders,
    value: Value | None,
    situation: Situation = Situation.FIRST,
) -> SpokenQuestion:
    """Return an item as it is to be shown in this interview; stored values don't move with the order."""
    text = greeting(situation, blanks=blanks) if item.code == OPENING else texts.fill(item.text, blanks)
    return SpokenQuestion(
        item=item,
        text=text,
        before=texts.fill(texts.lead(item.code, extras=frozenset()), blanks),
        options=orders.shown(item),
        aside=_aside(item),
        probe=PROBES.get(item.code, ""),
        chosen=_chosen(value),
        words=value if isinstance(value, str) else "",
    )


def _aside(item: Item) -> tuple[Option, ...]:
    found = []
    if item.dont_know == DONT_KNOW:
        found.append(Option(DONT_KNOW, "说不清、不知道"))
    if item.refused is not None:
        found.append(Option(REFUSED, "拒绝回答"))
    return tuple(found)


def _chosen(value: Value | None) -> tuple[int, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, int) else ()


def _respondent(drawn: tuple[int, int] | None) -> str:
    if drawn is None:
        return "登记时留下这个电话的人"
    by_age, adults = drawn
    return "您家登记的那位成年人" if adults == 1 else f"您家成年人里年纪第{_ordinal(by_age)}大的那一位"


def _ordinal(number: int) -> str:
    return ORDINALS[number - 1] if number <= len(ORDINALS) else str(number)
