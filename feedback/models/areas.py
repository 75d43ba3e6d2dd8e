"""How areas came to be what they are: what each was before, and each change with who made it and why."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from feedback.models.base import SHORT, Base
from huying.store.db import UtcDateTime

CHANGES = ("split", "merge", "dissolve", "revise")


class AreaPast(Base):
    """What an area was until an instant; added to, never changed."""

    __tablename__ = "area_past"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("area.code"), index=True)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    parent_code: Mapped[str | None] = mapped_column(SHORT)
    name: Mapped[str] = mapped_column(String(80))
    grid_type: Mapped[str] = mapped_column(String(32))


class AreaChange(Base):
    """A change of the map, never changed itself; `before` and `after` are codes with blanks between them."""

    __tablename__ = "area_change"
    __table_args__ = (CheckConstraint(f"kind IN {CHANGES}", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(200))
    by: Mapped[str] = mapped_column(String(64))
