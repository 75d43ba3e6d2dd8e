"""What the interviewer reads, with every blank filled in: who calls, for whom, who is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app

from huying.web.current import installation, reading
from survey.fieldwork.queries import frozen_records, held_cases
from survey.fieldwork.queries.held_cases import HeldCase
from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.items import DONT_KNOW, REFUSED, Item, Option, Value
from survey.fieldwork.questionnaire.objections import Objection
from survey.fieldwork.questionnaire.talk import Talk
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
AT_DOOR = "您家登记在册的那位"
"""Who is asked for where no adults are listed and no telephone was registered."""
ORDINALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class SpokenQuestion:
    """An item as one page shows it: `before` is read first, `aside` are the answers never read out.

    `chosen` and `words` are the answer that stands, or where the item returned to the path the former one,
    which `is_former` then says: it is to be confirmed.
    """

    item: Item
    text: str
    before: str
    options: tuple[Option, ...]
    aside: tuple[Option, ...]
    probe: str
    chosen: tuple[int, ...]
    words: str
    is_former: bool


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
        told = frozen_records.told(session, case.unit)
        door = held_cases.is_at_door(session, case.unit)
    asked_for = _respondent(respondent) if respondent or not door else AT_DOOR
    spoken = spoken_by(interviewer, area_name=area_name, respondent=asked_for)
    return {**spoken, "事项": told.matter, "日期": told.day}


def spoken_by(interviewer: Account, *, area_name: str, respondent: str) -> dict[str, str]:
    """Return what fills the blanks of the script, of a household there in which this one is asked for."""
    return {
        **current_app.config[CONFIG],
        "工号": interviewer.code or "",
        "小区": area_name,
        "天数": str(installation().settings.dialler.recording_days or ""),
        "受访人": respondent,
    }


def greeting(talk: Talk, *, blanks: Mapping[str, str]) -> str:
    """Return how this call begins."""
    opening = talk.form.item(OPENING)
    return texts.fill(opening.text, blanks) if opening else ""


def objections(talk: Talk, *, blanks: Mapping[str, str]) -> tuple[Objection, ...]:
    """Return what people usually object, each with its answer, and how to check who calls."""
    return (*talk.form.questionnaire.objections, Objection("怎么核实", verify(talk, blanks=blanks)))


def verify(talk: Talk, *, blanks: Mapping[str, str]) -> str:
    """Return how somebody can check who is calling."""
    return texts.fill(talk.form.questionnaire.texts["VERIFY"], blanks)


def question(item: Item, *, talk: Talk, blanks: Mapping[str, str]) -> SpokenQuestion:
    """Return an item as it is to be shown in this talk; stored values don't move with the order."""
    value = talk.said.get(item.code, talk.former.get(item.code))
    return SpokenQuestion(
        item=item,
        text=texts.fill(item.text, {**blanks, **talk.form.scale(item)}),
        before=texts.fill(talk.lead(item.code), blanks),
        options=talk.form.shown(item),
        aside=_aside(item),
        probe=texts.fill(talk.form.questionnaire.probes.get(item.code, ""), blanks),
        chosen=_chosen(value),
        words=value if isinstance(value, str) else "",
        is_former=item.code in talk.former,
    )


def _aside(item: Item) -> tuple[Option, ...]:
    found = [*item.unread]
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
        return "登记这个电话的那位"
    by_age, adults = drawn
    if adults == 1:
        return "您家登记的那位成年人"
    return "您家年龄最大的成年人" if by_age == 1 else f"您家年龄第{_ordinal(by_age)}大的成年人"


def _ordinal(number: int) -> str:
    return ORDINALS[number - 1] if number <= len(ORDINALS) else str(number)
