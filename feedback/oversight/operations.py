"""What is recorded of those who look: who took which list of cases away."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from feedback.models import CaseExport
from feedback.oversight.rules.filters import CaseFilter
from huying.sheets import Form


def record_export(
    session: Session, wanted: CaseFilter, *, form: Form, rows: int, by: str, now: datetime
) -> CaseExport:
    """Keep who took a list away, by which filters, and how many rows it had."""
    taken = CaseExport(at=now, by=by, form=form, filters=urlencode(wanted.address()), rows=rows)
    session.add(taken)
    session.flush()
    return taken
