"""Questionnaires that were read in beside those that come with the program."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base


class QuestionnaireVersion(Base):
    """A version of the questions, by the digest of its words, with its file. Insert-only."""

    __tablename__ = "questionnaire_version"
    __table_args__ = (CheckConstraint("length(wording_hash) = 64", name="wording_hash"),)

    wording_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(SHORT, unique=True)
    file: Mapped[bytes] = mapped_column(LargeBinary)
    added_by: Mapped[str] = mapped_column(String(64))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
