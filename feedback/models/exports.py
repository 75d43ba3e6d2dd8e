"""Who took lists of cases out of the house as files."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import Base
from huying.store.db import UtcDateTime
from huying.store.insert_only import protect

FORMS = ("csv", "xlsx")


class CaseExport(Base):
    """A list of cases that somebody took away: by which filters, in which form, how many rows it had."""

    __tablename__ = "case_export"
    __table_args__ = (CheckConstraint(f"form IN {FORMS}", name="form"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(64))
    form: Mapped[str] = mapped_column(String(8))
    filters: Mapped[str] = mapped_column(String(1000))
    rows: Mapped[int] = mapped_column()


protect(Base.metadata.tables["case_export"])
