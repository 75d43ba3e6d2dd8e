"""Margins from outside are kept with source and date; none is ever changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from huying.base import clock, public_text
from huying.base.errors import Conflict, Invalid
from huying.base.i18n import _
from survey.drawing.canonical import canonical
from survey.models import MarginTable
from survey.registry.rules import margins
from survey.registry.rules.margins import CityMargins

LONGEST_SOURCE = 80


def keep(session: Session, text: str, *, source: str, day: date, by: str, now: datetime) -> CityMargins:
    """Keep what a source counts of the whole city as of a day.

    Raises Invalid for a day to come, no source or faulty counts; Conflict where this very table is kept.
    """
    if day > clock.local(now).date():
        raise Invalid(_("统计的日期还没有到。"))
    named = public_text.reason(source)
    if len(named) > LONGEST_SOURCE:
        raise Invalid(_("来源至多 %(most)s 个字。", most=LONGEST_SOURCE))
    table = CityMargins(named, day, margins.read(text))
    if session.get(MarginTable, table.sha256) is not None:
        raise Conflict(_("同一张表已经记下了。"))
    session.add(MarginTable(sha256=table.sha256, content=canonical(table.content).decode(), by=by, at=now))
    session.flush()
    return table
