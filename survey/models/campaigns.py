"""What campaigns found: frozen, with the digest of what it was computed from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from huying.store.db import UtcDateTime
from survey.models.base import SHORT, Base


class CampaignRelease(Base):
    """The figures of one campaign as rows of JSON; insert-only."""

    __tablename__ = "campaign_release"

    wave_label: Mapped[str] = mapped_column(SHORT, ForeignKey("wave.label"), primary_key=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    inputs_sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(Text)
