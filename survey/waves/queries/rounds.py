"""Every wave there ever was and how it ended, as anybody may see it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import Words
from survey.drawing.canonical import parse_canonical
from survey.models import LEDGER, Wave
from survey.waves.queries import waves

ENDINGS = 8
"""How many of a wave's last entries are looked through for its close."""


@dataclass(frozen=True, slots=True)
class Round:
    """A wave as the list of waves shows it; `why` says in a sentence why it is void."""

    wave: Wave
    state: Words
    early: bool
    why: str
    witnesses: int


def rounds(session: Session) -> list[Round]:
    """Return every wave, the newest first, void ones and those that ended early among them."""
    found = session.scalars(select(Wave).order_by(Wave.first_entry.desc())).all()
    return [
        Round(
            wave=wave,
            state=waves.NAMES[wave.state],
            early=_ended_early(session, wave),
            why=waves.why_void(session, wave),
            witnesses=len(waves.witnesses(session, wave)),
        )
        for wave in found
    ]


def _ended_early(session: Session, wave: Wave) -> bool:
    if wave.last_entry is None or wave.state == "void":
        return False
    first = max(wave.first_entry, wave.last_entry + 1 - ENDINGS)
    lines = map(parse_canonical, LEDGER.lines(session, first, wave.last_entry + 1))
    return any(line["t"] == "close" and line.get("result") == "early" for line in lines)
