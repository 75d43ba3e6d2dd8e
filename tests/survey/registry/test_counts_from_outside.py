"""What others count stands beside the registry's own: kept with source and date, compared at the freeze."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from huying.base.phones import Vault
from huying.store.db import Database
from survey.registry.operations import outside as outside_counts
from survey.registry.queries import outside
from survey.registry.rules.outside import read
from survey.waves.queries import frame_changes
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.stories import frozen, grids, register


def test_counts_from_outside_stand_beside_the_first_frame_too(survey_db: Database, vault: Vault) -> None:
    with survey_db.transaction() as session:
        register(session, grids({"G1": 125, "G2": 20}), vault=vault)
        for text_, source in (("G1 130\nG7 88", "统计局"), ("G1 125", "供电公司"), ("G1 126", "统计局")):
            outside_counts.keep(session, read(text_), source=source, day=NOW.date(), by="anna", now=NOW)
        assert len(outside.latest(session)) == 3
        frozen(session, {"G1": (2, 0), "G2": (2, 0)}, vault=vault)
        found = [
            (row.grid, row.source, row.households, row.registered)
            for row in frame_changes.outside(session, "w1")
        ]
    assert found == [("G1", "供电公司", 125, 125), ("G1", "统计局", 126, 125), ("G7", "统计局", 88, 0)]
    for table in ("outside_count", "wave_outside"):
        with pytest.raises(DBAPIError, match="insert-only"), as_owner(survey_db) as session:
            session.execute(text(f"UPDATE {table} SET households = 1"))
