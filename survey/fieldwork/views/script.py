"""What the interviewer reads, with every blank filled in: who calls, for whom, who is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from huying.web.current import installation
from survey.fieldwork.operations import calls
from survey.fieldwork.questionnaire import texts
from survey.fieldwork.questionnaire.items import DONT_KNOW, REFUSED, Item, Option, Value
from survey.fieldwork.questionnaire.orders import Orders
from survey.models import Account, Area, SampledCase
from survey.waves.queries import waves

CONFIG = "SURVEY_SCRIPT"
BLANKS = {
    "调查机构": ("HUYING_SURVEY_AGENCY", "虚构市独立测评中心"),
    "委托方": ("HUYING_SURVEY_CLIENT", "虚构市统计学会"),
    "核实电话": ("HUYING_SURVEY_VERIFY_NUMBER", "+999 0000 1234"),
}
"""What an installation says of itself: the variable, and what the demonstration says."""
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


def installed(environ: Mapping[str, str], *, demo: bool) -> dict[str, str]:
    """Return what this installation says of itself; outside the demonstration unset names stay empty."""
    return {
        blank: environ.get(variable) or (said if demo else "") for blank, (variable, said) in BLANKS.items()
    }


def names(session: Session, case: SampledCase, *, interviewer: Account) -> dict[str, str]:
    """Return what fills the blanks of the script for one household; never a worker's name or an address."""
    person = calls.person_of(session, case.unit, vault=installation().vault)
    return {
        **current_app.config[CONFIG],
        "工号": interviewer.code or "",
        "小区": _estate(session, waves.grid_of(session, case.wave_label, stratum=case.stratum)),
        "受访人": _respondent(person),
    }


def verify(said: Mapping[str, str]) -> str:
    """Return how somebody can check who is calling."""
    return texts.fill(texts.VERIFY, said)


def question(item: Item, *, said: Mapping[str, str], orders: Orders, value: Value | None) -> SpokenQuestion:
    """Return an item as it is to be shown in this interview; stored values don't move with the order."""
    return SpokenQuestion(
        item=item,
        text=texts.fill(item.text, said),
        before=texts.fill(texts.lead(item.code, extras=frozenset()), said),
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


def _estate(session: Session, grid: str) -> str:
    """The community in which the household lives: never a door number."""
    area = session.get(Area, grid)
    if area is None:
        return grid
    parent = session.get(Area, area.parent_code) if area.parent_code else None
    return parent.name if parent and parent.level == "community" else area.name


def _respondent(person: tuple[int, int] | None) -> str:
    if person is None:
        return "登记时留下这个电话的人"
    place, adults = person
    return "您家登记的那位成年人" if adults == 1 else f"您家成年人里年纪第{_ordinal(place)}大的那一位"


def _ordinal(place: int) -> str:
    return ORDINALS[place - 1] if place <= len(ORDINALS) else str(place)
