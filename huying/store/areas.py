"""Areas: a tree from city to grid, kept alike by both sides in tables of their own."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from huying.base.i18n import lazy

LEVELS = ("city", "district", "street", "community", "grid")
LEVEL_NAMES = {
    "city": lazy("市"),
    "district": lazy("区"),
    "street": lazy("街道"),
    "community": lazy("社区"),
    "grid": lazy("网格"),
}


class AreaMixin:
    """An area: its code is its key; a grid has a type, the class it is compared within."""

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(String(32), index=True)
    level: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    grid_type: Mapped[str] = mapped_column(String(32), default="")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[CheckConstraint, ...]:  # noqa: N805
        """The level is one of LEVELS."""
        return (CheckConstraint(f"level IN {LEVELS}", name="level"),)
