"""Figures of departments and offices, for everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from feedback.cases.forms.desk import REASONS
from feedback.oversight.queries import figures
from feedback.oversight.queries.figures import PublicRecord, Window
from feedback.oversight.rules.figures import LEAST
from feedback.web.queries import lookups
from huying.base import clock
from huying.base.i18n import lazy
from huying.web.access import anyone
from huying.web.current import reading

routes = Blueprint("public_record", __name__)
RECORDS = "public record"


@routes.get("/figures/departments")
@anyone
def departments() -> ResponseReturnValue:
    """Show how departments and offices answer: counts, shares and hours, none of fewer than ten."""
    with reading() as session:
        record, names = _record(session), lookups.departments_to_call(session)
        enough = {code for code, own in record.departments.items() if own.shown}
        return render_template(
            "feedback/oversight/figures.html",
            record=record,
            names=names,
            shown=[(code, name) for code, name in names.items() if code in enough],
            few=[name for code, name in names.items() if code not in enough],
            departments=lookups.departments(session),
            areas=lookups.areas(session),
            reasons={**REASONS, "upheld": lazy("不归我们管，协调员认定")},
            least=LEAST,
        )


def _record(session: Any) -> PublicRecord:
    """Return this week's record, computed once a week in each process."""
    now = clock.now()
    known: dict[Window, PublicRecord] = current_app.extensions.setdefault(RECORDS, {})
    span = figures.window(now)
    if span not in known:
        known.clear()
        known[span] = figures.record(session, now=now)
    return known[span]
