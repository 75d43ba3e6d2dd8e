"""What was found where a household is said to have left."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from huying.base import public_text
from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from survey.models import Account, DepartureCheck, RegistryEvent
from survey.registry.queries.departures import RESULTS


def record(
    session: Session, event: int, *, result: str, source: str, by: Account, now: datetime
) -> DepartureCheck:
    """Keep what a visit or a letter found at a drawn departure; raise NotFound for one that wasn't drawn."""
    row = session.get(RegistryEvent, event)
    if row is None or not row.drawn:
        raise NotFound(_("这一户的迁出没有抽中核对。"))
    if result not in RESULTS:
        raise Invalid(_("请选择核对的结果。"))
    check = DepartureCheck(
        event_id=event, result=result, source=public_text.reason(source), by_id=by.id, at=now
    )
    session.add(check)
    session.flush()
    return check
