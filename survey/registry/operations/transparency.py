"""The registry's own log: each import's salted rows, and their tree hash in the ledger."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from huying.ledger import canonical, tree
from survey.models import LEDGER, RegistryEvent, RegistryImport
from survey.registry.rules import curation
from survey.registry.rules.curation import RowEvent, SaltedEvent

SALT_BYTES = 16
BATCH = 5_000
"""Rows written at once: a city's first import has as many as the city has homes."""


def write(session: Session, record: RegistryImport, events: Sequence[RowEvent], *, now: datetime) -> None:
    """Log an import's rows under their tree hash, and keep its record with the place of the entry."""
    salts = [secrets.token_hex(SALT_BYTES) for _event in events]
    rows = curation.salted(events, salts)
    record.entry = LEDGER.append(session, entry(rows, now=now), at=now)
    session.add(record)
    session.flush()
    places = enumerate(rows)
    while some := list(islice(places, BATCH)):
        session.execute(insert(RegistryEvent), [_row(record, place, row) for place, row in some])


def _row(record: RegistryImport, place: int, row: SaltedEvent) -> dict[str, Any]:
    return {
        "import_id": record.id,
        "place": place,
        "at": record.at,
        "household_code": row.event.household,
        "grid_code": row.event.grid,
        "kind": row.event.kind,
        "salt": row.salt,
        "drawn": row.drawn,
    }


def entry(rows: Sequence[SaltedEvent], *, now: datetime) -> bytes:
    """Return the ledger's line of an import: counts and the tree hash of its rows."""
    counts, at = Counter(row.event.kind for row in rows), curation.moment(now)
    fields = {
        "t": "registry",
        "at": at,
        "new": counts["new"],
        "changed": counts["number"] + counts["added"],
        "left": counts["left"],
        "root": tree.root(tree.leaf_hash(row.line(at)) for row in rows).hex(),
    }
    return canonical.line(fields)
