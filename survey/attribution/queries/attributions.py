"""Attribution releases: of which periods there are any, and what they froze."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import NotFound
from huying.base.i18n import _
from survey.attribution.rules import release
from survey.attribution.rules.release import Attribution
from survey.models import AttributionRelease

KEPT = 3


@lru_cache(maxsize=KEPT)
def _read(body: str) -> Attribution:
    """Read a body once: that of twenty thousand grids takes seconds."""
    return release.read(json.loads(body))


@dataclass(frozen=True, slots=True)
class ReadAttribution:
    """A release of a period with what it froze; `history` are all of the period, the first one first."""

    release: AttributionRelease
    found: Attribution
    history: tuple[AttributionRelease, ...]

    @property
    def digest(self) -> str:
        """The SHA-256 of its body, 64 hex digits, by which the ledger names it."""
        return digest_of(self.release)


def digest_of(made: AttributionRelease) -> str:
    """Return the SHA-256 of a release's body."""
    return sha256(made.body.encode()).hexdigest()


def periods(session: Session) -> list[str]:
    """Return the periods that have a release, the one released last first."""
    rows = select(AttributionRelease.period, AttributionRelease.id).order_by(AttributionRelease.id.desc())
    return list(dict.fromkeys(session.scalars(rows)))


def every(session: Session, period: str) -> list[AttributionRelease]:
    """Return all releases of a period, the first one first."""
    rows = select(AttributionRelease).where(AttributionRelease.period == period)
    return list(session.scalars(rows.order_by(AttributionRelease.number)))


def get(session: Session, period: str) -> ReadAttribution:
    """Return the last release of a period; raise NotFound where there is none."""
    made = every(session, period)
    if not made:
        raise NotFound(_("%(period)s 还没有算过办理时间归谁。", period=period))
    return ReadAttribution(made[-1], _read(made[-1].body), tuple(made))


def latest(session: Session) -> ReadAttribution | None:
    """Return the last release of the period released last; None before the first."""
    found = periods(session)
    return get(session, found[0]) if found else None
