"""Margins from outside that were ever brought."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.models import MarginTable
from survey.registry.rules.margins import CityMargins, of_sealed


def every(session: Session) -> Sequence[CityMargins]:
    """Return all tables, the one of the latest day first."""
    kept = session.scalars(select(MarginTable).order_by(MarginTable.at.desc(), MarginTable.sha256))
    return sorted((_table(row) for row in kept), key=lambda each: each.day, reverse=True)


def chosen(session: Session, sha256: str) -> CityMargins | None:
    """Return the table with a digest, None for none chosen; raise Invalid where nobody brought it."""
    if not sha256:
        return None
    row = session.get(MarginTable, sha256)
    if row is None:
        raise Invalid(_("没有这张外部数字表，请先由名册管理员记下。"))
    return _table(row)


def _table(row: MarginTable) -> CityMargins:
    table = of_sealed(json.loads(row.content))
    if table is None or table.sha256 != row.sha256:
        raise Invalid(_("外部数字表与它的指纹不符，不能用。"))
    return table
