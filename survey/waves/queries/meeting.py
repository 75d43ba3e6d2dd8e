"""The meeting as the wall shows it and the protocol prints it: steps with times, digests, the checkpoint."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Wave
from survey.waves.queries import ceremony, parties, waves
from survey.waves.queries.ceremony import Ceremony
from survey.waves.rules import event_clock


@dataclass(frozen=True, slots=True)
class PartyState:
    """A party with its digest, when that was logged, and when its part was opened; never the part."""

    party: str
    digest: str
    sealed_at: datetime
    opened_at: datetime | None


@dataclass(frozen=True, slots=True)
class FrozenCheckpoint:
    """The checkpoint of the freeze: size and root of the ledger, and a signed note.

    The note is of this size, or of the next that was signed, which contains it; empty before there is one.
    """

    size: int
    root: str
    note: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """A wave's ceremony in public; `event_at` is None where the source names no instant."""

    walk: Ceremony
    parties: Sequence[PartyState]
    checkpoint: FrozenCheckpoint | None
    event_at: datetime | None

    def at(self, key: str) -> datetime | None:
        """When the last entry of a step was written, None before it was."""
        entries = next(step.entries for step in self.walk.steps if step.key == key)
        return entries[-1].at if entries else None


def of(session: Session, label: str) -> Meeting:
    """Return the meeting of a wave."""
    walk = ceremony.of(session, waves.find(session, label))
    times = {(entry.line["t"], entry.party): entry.at for step in walk.steps for entry in step.entries}
    states = [
        PartyState(party, digest, times["commit", party], times.get(("reveal", party)))
        for party, digest in parties.digests(session, label).items()
    ]
    found = _checkpoint(session, walk.wave)
    return Meeting(walk, states, found, event_clock.instant(walk.wave.beacon_source))


def _checkpoint(session: Session, wave: Wave) -> FrozenCheckpoint | None:
    """Return the checkpoint of the freeze, None before a part was sealed."""
    size, stored = wave.beacon_after, wave.ledger.stored
    if size is None:
        return None
    signed = select(stored.note).where(stored.size >= size).order_by(stored.size)
    note = session.scalar(signed.limit(1)) or ""
    return FrozenCheckpoint(size, base64.b64encode(wave.ledger.root(session, size)).decode(), note)
