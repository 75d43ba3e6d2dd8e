"""Lists of cases as they leave the house: row by row, typed; and who took which away."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedback.cases.rules.codes import number_of
from feedback.models import Case, CaseExport
from huying.base import clock, phones
from huying.base.i18n import _
from huying.sheets.writing import Written

MOST = 200


def headings() -> list[str]:
    """Return the columns of a list that is taken away."""
    return [
        _("编号"),
        _("完整编号"),
        _("来源编号"),
        _("区域"),
        _("事项类别"),
        _("细目"),
        _("地点"),
        _("紧急程度"),
        _("状态"),
        _("在谁手里"),
        _("第几轮"),
        _("空转"),
        _("登记时间"),
        _("应办结时间"),
        _("报办结时间"),
        _("超时小时"),
    ]


def row_of(case: Case, *, said: Mapping[str, str], late: float | None) -> list[Written]:
    """Return a case as a row; `said` is what codes are called: area, urgency, state, holder, idling.

    Nothing here tells who asked, or what a resident thought of anybody.
    """
    return [
        number_of(case.code),
        case.code,
        case.external_id or "",
        said["area"],
        case.category,
        case.detail,
        phones.redact(case.place),
        said["urgency"],
        said["state"],
        said["holder"],
        case.round,
        said["idling"],
        clock.local(case.opened_at),
        clock.local(case.due_at),
        clock.local(case.declared_at) if case.declared_at else None,
        late,
    ]


def latest(session: Session) -> list[CaseExport]:
    """Return the lists that were taken away last, the newest first."""
    return list(session.scalars(select(CaseExport).order_by(CaseExport.id.desc()).limit(MOST)))
