"""What an import came to: counts that add up, kept once anything was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from sqlalchemy.orm import Session

from feedback.models import ImportRun
from feedback.operations import log
from huying.errors import Refused
from huying.i18n import _

Fate = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows read, and what came of each; an import that refuses a row stores nothing and has no counts."""

    read: int
    created: int
    changed: int
    unchanged: int


def settle(
    session: Session, what: str, data: bytes, *, read: int, fates: Iterable[Fate], now: datetime
) -> Counts:
    """Return the counts of an import; keep them, in the ledger too, unless nothing was written.

    Raise Refused, and so undo everything, where a row is unaccounted for.
    """
    tally = Counter(fates)
    counts = Counts(read, tally["created"], tally["changed"], tally["unchanged"])
    if tally.total() != read:
        raise Refused(_("导入的行数对不上，没有保存任何内容。"), status=500)
    if counts.created or counts.changed:
        _keep(session, what, sha256(data).hexdigest(), counts, now=now)
    return counts


def _keep(session: Session, what: str, digest: str, counts: Counts, *, now: datetime) -> None:
    numbers = {
        "read": counts.read,
        "created": counts.created,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
    }
    session.add(ImportRun(what=what, file_sha256=digest, at=now, **numbers))
    session.flush()
    log.write(session, "import", at=now, w=what, d=digest, n=numbers)
