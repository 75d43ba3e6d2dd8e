"""The last cosignatures of a wave: who still owes one under its score, and how long they are waited for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from huying.ledger import witnessed
from survey.models import Wave
from survey.waves.rules.deadlines import WEEK


def is_over(wave: Wave, *, now: datetime) -> bool:
    """Whether a wave's witnesses were waited for as long as they are."""
    return wave.state == "closed" and wave.closed_at is not None and now >= wave.closed_at + WEEK


def is_complete(session: Session, wave: Wave) -> bool:
    """Whether as many witnesses as the design asks for signed the checkpoint that covers the score."""
    asked = int(json.loads(wave.rules).get("quorum", 0))
    if wave.last_entry is None or not asked:
        return True
    cosigned = wave.ledger.cosigned
    signed = select(func.count()).select_from(cosigned).where(cosigned.size == wave.last_entry + 1)
    return (session.scalar(signed) or 0) >= asked


def missing(session: Session, wave: Wave) -> Sequence[str]:
    """Return the names of the witnesses without a signature under the score, where too few signed."""
    if wave.last_entry is None or is_complete(session, wave):
        return ()
    cosigned = wave.ledger.cosigned
    rows = select(cosigned.key).where(cosigned.size == wave.last_entry + 1)
    signed = set(session.scalars(rows))
    known = witnessed.witnesses(wave.ledger, session)
    return sorted(key.name for key in known if key.public.hex() not in signed)


def awaited(session: Session, wave: Wave, *, now: datetime) -> Sequence[str]:
    """Return the names of the witnesses whose signatures the bundle still waits for."""
    return () if wave.state != "closed" or is_over(wave, now=now) else missing(session, wave)
