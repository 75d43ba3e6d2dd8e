"""The households that are registered now by their codes: grid and address, no number."""

from __future__ import annotations

import csv
import io

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.sheets.writing import as_text
from survey.models import Household
from survey.registry.rules.layout import LAYOUT

COLUMNS = ("household", "grid", "address")


def csv_of(session: Session) -> bytes:
    """Return code, grid and address of each household, as UTF-8 with a mark: programs in China want it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([LAYOUT.headings[name] for name in COLUMNS])
    here = select(Household.code, Household.grid_code, Household.address).where(Household.left_at.is_(None))
    for row in session.execute(here.order_by(Household.grid_code, Household.code)):
        writer.writerow([as_text(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")
