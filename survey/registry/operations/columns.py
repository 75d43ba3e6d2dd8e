"""What registrars said of files with such headings: which column is which."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from huying.sheets import Choice, Choose, remembered
from survey.models import SheetChoice
from survey.registry.rules.layout import LAYOUT


def said(session: Session, *, by: str) -> Choose:
    """Return what this account said of such files."""
    return remembered.recalled(session, SheetChoice, by=by, layout=LAYOUT.name)


def say(session: Session, choice: Choice, *, fingerprint: str, by: str, now: datetime) -> None:
    """Keep what this account says of files with such headings."""
    remembered.keep(session, SheetChoice, choice, by=by, layout=LAYOUT.name, fingerprint=fingerprint, now=now)
