"""What pages call the states, events and urgencies of a case."""

from __future__ import annotations

from flask import Flask

from feedback.cases.rules.deadlines import URGENCIES
from feedback.cases.rules.idling import REASONS
from feedback.cases.rules.lifecycle import EVENTS, PAUSES, STATES
from huying.base.i18n import lazy

ELSE = {
    "import": lazy("导入更正"),
    "regrid": lazy("网格调整"),
    "handover": lazy("换人经手"),
    "countersign": lazy("会签暂停"),
    "uphold": lazy("认定不归该部门"),
    "reclassify": lazy("改紧急程度"),
    "propose_end": lazy("提请按不属于受理范围结束"),
    "decline_end": lazy("复核不同意结束"),
}
"""Events of steps that nobody does to a case by itself."""


def init_app(app: Flask) -> None:
    """Give the app's templates these labels."""
    app.jinja_env.filters.update(
        state=lambda code: STATES.get(code, code),
        event=lambda code: EVENTS.get(code) or ELSE.get(code, code),
        pause_reason=lambda code: PAUSES.get(code, code),
        idling=lambda code: REASONS.get(code, code),
        urgency=lambda code: URGENCIES[code].label if code in URGENCIES else code,
    )
