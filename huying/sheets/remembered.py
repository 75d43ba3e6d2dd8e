"""What a person said of files with some headings, kept for the next file with the same headings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from huying.sheets.choice import NONE, Choice, Choose
from huying.store.db import UtcDateTime


class SheetChoiceMixin:
    """A choice by who made it, for which kind of table, and the fingerprint of the headings.

    It holds places and names of ours: nothing that stands in a file.
    """

    by: Mapped[str] = mapped_column(String(64), primary_key=True)
    layout: Mapped[str] = mapped_column(String(32), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    choice: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def keep(
    session: Session,
    model: type[Any],
    choice: Choice,
    *,
    by: str,
    layout: str,
    fingerprint: str,
    now: datetime,
) -> None:
    """Keep what somebody said; what they said before of such files is forgotten."""
    session.merge(model(by=by, layout=layout, fingerprint=fingerprint, choice=choice.stored(), at=now))
    session.flush()


def recalled(session: Session, model: type[Any], *, by: str, layout: str) -> Choose:
    """Return what somebody said of files of one kind, to be asked by their headings."""
    rows = session.execute(
        select(model.fingerprint, model.choice).where(model.by == by, model.layout == layout)
    )
    said: dict[str, str] = dict(rows.all())

    def choose(fingerprint: str, _headings: tuple[str, ...]) -> Choice:
        return Choice.restored(said[fingerprint]) if fingerprint in said else NONE

    return choose
