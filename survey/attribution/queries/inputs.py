"""What a period is attributed from, read from the deposits and from what campaigns found."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.attribution.queries import called, told
from survey.attribution.rules.inputs import AttributionInputs, PlaceName, ReleasedShare
from survey.attribution.rules.periods import AttributedPeriod
from survey.attribution.rules.places import EVERYTHING
from survey.kinds import CASE_FOLLOWUP, TEST_CALL, VISIT_CHECK
from survey.models import Area, Deposit
from survey.scores.queries import export, releases
from survey.scores.rules.pipeline import CITY, GRID, RATED, STREET
from survey.scores.rules.release import ScoreRow

CONDUCT, DEPARTMENTS = "conduct", "department"


def read(session: Session, period: AttributedPeriod, *, weights: Mapping[str, float]) -> AttributionInputs:
    """Return all that a period's attribution is computed from, as it is known now."""
    places = _places(session)
    followed, visited, tried = (called.of(session, kind) for kind in (CASE_FOLLOWUP, VISIT_CHECK, TEST_CALL))
    scored = _scored(session)
    return AttributionInputs(
        period=period,
        deposits=_deposits(session),
        campaigns={**followed.digests, **visited.digests, **tried.digests},
        wave=scored.wave,
        cases=told.cases(session, period, places=places),
        posts=told.posts(session, period),
        asked=followed.rows,
        visits=told.visits(session, period, places=places, asked=visited.rows),
        test_calls=called.posters(session, period, places=places, campaigns=tried),
        remit=told.remit(session),
        places=places,
        conduct=scored.shown(CONDUCT, (GRID,)),
        departments=scored.shown(DEPARTMENTS, (CITY, STREET)),
        weights=weights,
    )


def digest(inputs: AttributionInputs) -> str:
    """Return the SHA-256 of the inputs, 64 hex digits."""
    text = json.dumps(asdict(inputs), sort_keys=True, ensure_ascii=False, default=str)
    return sha256(text.encode()).hexdigest()


def _deposits(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(Deposit.period, Deposit.sha256).order_by(Deposit.period))
    return [(period, digest) for period, digest in rows]


def _places(session: Session) -> dict[str, PlaceName]:
    rows = session.execute(select(Area.code, Area.level, Area.name, Area.parent_code).order_by(Area.code))
    return {code: PlaceName(level, name, parent) for code, level, name, parent in rows}


@dataclass(frozen=True, slots=True)
class _Scored:
    """The last wave with scores and the digest of its release, which knows what is shown of it."""

    wave: tuple[str, str] | None
    rows: Sequence[ScoreRow]

    def shown(self, item: str, levels: Collection[str]) -> dict[str, ReleasedShare]:
        """The shares of an item that are shown of these levels, by area, the city's as that of all."""
        return {
            EVERYTHING if row.level == CITY else row.unit: ReleasedShare(row.estimate, row.low, row.high)
            for row in self.rows
            if (row.item, row.den) == (item, RATED) and row.level in levels
            if row.estimate is not None and row.low is not None and row.high is not None
        }


def _scored(session: Session) -> _Scored:
    finished = next((each for each in releases.finished_waves(session) if each.scored), None)
    made = None if finished is None else releases.find(session, finished.wave.label)
    if made is None:
        return _Scored(None, ())
    return _Scored((made.wave_label, export.digest_of(made)), releases.rows_of(made))
