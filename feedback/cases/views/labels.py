"""What pages call the states, events and urgencies of a case."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask

from feedback.cases.rules.call_backs import WHYS
from feedback.cases.rules.codes import number_of
from feedback.cases.rules.deadlines import URGENCIES
from feedback.cases.rules.idling import REASONS
from feedback.cases.rules.lifecycle import EVENTS, PAUSES, STATES
from feedback.models import Whistle
from huying.base.i18n import _, lazy

ALIKE = {
    "confirmed": lazy("已了结"),
    "unconfirmed": lazy("已了结"),
    "confirm": lazy("已答复"),
    "unsure": lazy("已答复"),
}
"""What nobody who looks at one case learns: solved and unsure are shown alike, to everybody."""

ELSE = {
    "import": lazy("导入更正"),
    "regrid": lazy("网格调整"),
    "handover": lazy("换人经手"),
    "reassign": lazy("改派"),
    "countersign": lazy("会签暂停"),
    "uphold": lazy("认定不归该部门"),
    "reclassify": lazy("改紧急程度"),
    "propose_end": lazy("提请按不属于受理范围结束"),
    "decline_end": lazy("复核不同意结束"),
    "call_taken": lazy("准备给居民打电话"),
    "call_done": lazy("给居民打了电话"),
    "call_missed": lazy("给居民打电话，没打通"),
}
"""Events of steps that nobody does to a case by itself."""


def state_name(code: str) -> str:
    """Return what a state is called: solved, unsure and silence alike."""
    return str(ALIKE.get(code) or STATES.get(code) or code)


def refusal(whistle: Whistle, departments: Mapping[str, str]) -> str:
    """Return why a department refused, in the reader's language: whose it is instead, then its own words."""
    if whistle.instead is None:
        return whistle.reason
    name = departments.get(whistle.instead, whistle.instead)
    return _("应由%(name)s办理。%(strip)s", name=name, strip=whistle.reason)


def init_app(app: Flask) -> None:
    """Give the app's templates these labels."""
    app.jinja_env.filters.update(
        case_number=lambda case: number_of(case.code),
        state=state_name,
        event=lambda code: ALIKE.get(code) or EVENTS.get(code) or ELSE.get(code, code),
        pause_reason=lambda code: PAUSES.get(code, code),
        refusal=refusal,
        idling=lambda code: REASONS.get(code, code),
        call_why=lambda code: WHYS.get(code, code),
        urgency=lambda code: URGENCIES[code].label if code in URGENCIES else code,
    )
