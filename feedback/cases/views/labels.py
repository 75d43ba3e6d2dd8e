"""What pages call the states, events and urgencies of a case."""

from __future__ import annotations

from flask import Flask

from feedback.cases.rules.deadlines import URGENCIES
from feedback.cases.rules.lifecycle import EVENTS, STATES
from huying.base.i18n import lazy

ALIKE = {
    "confirmed": lazy("已了结"),
    "unconfirmed": lazy("已了结"),
    "confirm": lazy("已答复"),
    "unsure": lazy("已答复"),
}
"""What nobody who looks at one case learns: solved and unsure are shown alike, to everybody."""

ELSE = {"import": lazy("导入更正"), "regrid": lazy("网格调整")}
"""Events of steps that nobody does to a case by itself."""


def init_app(app: Flask) -> None:
    """Give the app's templates these labels."""
    app.jinja_env.filters.update(
        state=lambda code: ALIKE.get(code) or STATES.get(code, code),
        event=lambda code: ALIKE.get(code) or EVENTS.get(code) or ELSE.get(code, code),
        urgency=lambda code: URGENCIES[code].label if code in URGENCIES else code,
    )
