"""What a period is attributed from, read from the deposits and from what campaigns found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.attribution.queries import called, told
from survey.attribution.rules.inputs import AttributionInputs, PlaceName, ReleasedConduct
from survey.attribution.rules.periods import AttributedPeriod
from survey.kinds import CASE_FOLLOWUP, TEST_CALL, VISIT_CHECK
from survey.models import Area, Deposit
from survey.scores.queries import export, releases
from survey.scores.rules.pipeline import GRID, RATED

CONDUCT = "conduct"


def read(session: Session, period: AttributedPeriod, *, weights: Mapping[str, float]) -> AttributionInputs:
    """Return all that a period's attribution is computed from, as it is known now."""
    places = _places(session)
    followed, visited, tried = (called.of(session, kind) for kind in (CASE_FOLLOWUP, VISIT_CHECK, TEST_CALL))
    scored = _scored(session)
    return AttributionInputs(
        period=period,
        deposits=_deposits(session),
        campaigns={**followed.digests, **visited.digests, **tried.digests},
        wave=scored[0],
        cases=told.cases(session, period, places=places),
        posts=told.posts(session, period),
        asked=followed.rows,
        visits=told.visits(session, period, places=places, asked=visited.rows),
        test_calls=called.posters(session, period, places=places, campaigns=tried),
        remit=told.remit(session),
        places=places,
        conduct=scored[1],
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


def _scored(session: Session) -> tuple[tuple[str, str] | None, Mapping[str, ReleasedConduct]]:
    """The last wave with scores, its release's digest, and the conduct of each grid that it shows."""
    finished = next((each for each in releases.finished_waves(session) if each.scored), None)
    made = None if finished is None else releases.find(session, finished.wave.label)
    if made is None:
        return None, {}
    shown = {
        row.unit: ReleasedConduct(row.estimate, row.low, row.high)
        for row in releases.rows_of(made)
        if (row.level, row.item, row.den) == (GRID, CONDUCT, RATED)
        and row.estimate is not None
        and row.low is not None
        and row.high is not None
    }
    return (made.wave_label, export.digest_of(made)), shown
