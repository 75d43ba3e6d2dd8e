"""Every wave there ever was and how it ended, as anybody may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import Words
from survey.models import OF_REGISTRY, Wave
from survey.waves.queries import sealed, wave_head, waves
from survey.waves.queries.wave_head import Figures


@dataclass(frozen=True, slots=True)
class Round:
    """A wave as the list of waves shows it; `why` says in a sentence why it is void."""

    wave: Wave
    state: Words
    early: bool
    why: str
    witnesses: int
    figures: Figures | None


def campaigns(session: Session) -> Sequence[Wave]:
    """Return every campaign, the one frozen last first."""
    return session.scalars(select(Wave).where(~OF_REGISTRY).order_by(Wave.frozen_at.desc())).all()


def rounds(session: Session) -> list[Round]:
    """Return every wave, the newest first, void ones and those that ended early among them."""
    found = session.scalars(select(Wave).where(OF_REGISTRY).order_by(Wave.first_entry.desc())).all()
    return [
        Round(
            wave=wave,
            state=waves.NAMES[wave.state],
            early=sealed.ended_early(session, wave) is not None,
            why=waves.why_void(session, wave),
            witnesses=len(waves.witnesses(session, wave)),
            figures=wave_head.published(session, wave),
        )
        for wave in found
    ]
