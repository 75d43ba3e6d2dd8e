"""One page of what a query finds, in two statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from feedback.web.rules.paging import Paged, held_page, pages_of


def page_of(session: Session, query: Select[Any], *, page: int, size: int) -> Paged[Any]:
    """Return the page of a query for one kind of thing that is nearest to `page`, with how many there are."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = session.scalar(counted) or 0
    pages = pages_of(total, size=size)
    here = held_page(page, pages=pages)
    rows = session.scalars(query.limit(size).offset((here - 1) * size)).all() if total else ()
    return Paged(rows, total, here, pages)
