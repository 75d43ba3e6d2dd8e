"""Parties of a wave as they stand: whose digest is in, which links wait, and digests of old."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.models import Party, PartyLink, Wave
from survey.waves.queries import waves
from survey.waves.rules import parties as rules


@dataclass(frozen=True, slots=True)
class WaitingLink:
    """A link that wasn't used yet and isn't too old."""

    party: str
    purpose: str
    expires_at: datetime


def seen_digests(session: Session) -> frozenset[str]:
    """Return every digest that the `commit` entries of both ledgers hold, of all waves and campaigns."""
    # A wave's commits stand between its first entry and the size that `beacon` names.
    sealed = session.scalars(select(Wave).where(Wave.beacon_after.is_not(None)))
    spans = (wave.ledger.lines(session, wave.first_entry, wave.beacon_after) for wave in sealed)
    lines = (json.loads(line) for span in spans for line in span)
    return frozenset(line["c"] for line in lines if line["t"] == "commit")


def waiting(session: Session, label: str, *, now: datetime) -> Sequence[WaitingLink]:
    """Return the links of a wave that may still be used, by party."""
    row = PartyLink
    found = select(row.party, row.purpose, row.expires_at).where(
        row.wave_label == label, row.used_at.is_(None), row.expires_at > now
    )
    return [WaitingLink(*each) for each in session.execute(found.order_by(row.party))]


def digests(session: Session, label: str) -> dict[str, str]:
    """Return the digest that each party handed in, as it is read out."""
    return {party.party: rules.digest_text(party.commitment) for party in waves.parties(session, label)}


def commitment_of(session: Session, label: str, *, party: str) -> str | None:
    """Return a party's digest, None before it is in."""
    return session.scalar(select(Party.commitment).where(Party.wave_label == label, Party.party == party))
