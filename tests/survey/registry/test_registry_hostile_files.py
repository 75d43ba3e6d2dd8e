"""Forty hostile files against the registry: each is imported right or refused, and none is half written."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from huying.base.errors import Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey.registry.operations import registry
from survey.registry.operations.registry import RegistryCounts
from survey.registry.rules import file as registry_file
from tests.conftest import NOW
from tests.survey.stories import grids, sheet

hostile = pytest.importorskip("tests.huying.sheets.hostile")

TABLES = ("household", "household_number", "household_adult", "registry_import", "registry_trial")
OURS = "ZZ9"
"""A grid that no hostile file names: what is held of it stays whatever comes."""


def census(database: Database) -> dict[str, int]:
    """Count the rows of each table, and what else a half-written file would leave, in SQL."""
    counts = {table: f"SELECT count(*) FROM {table}" for table in TABLES} | {
        "left": "SELECT count(*) FROM household WHERE left_at IS NOT NULL",
        "superseded": "SELECT count(*) FROM household_number WHERE position < 0",
        "ours": f"SELECT count(*) FROM household WHERE grid_code = '{OURS}' AND left_at IS NULL",
        "orphans": """SELECT count(*) FROM household_number WHERE household_code NOT IN
            (SELECT code FROM household)""",
    }
    with database.reading() as session:
        return {
            name: int(session.execute(text(statement)).scalar_one()) for name, statement in counts.items()
        }


def taken_in(database: Database, data: bytes, vault: Vault, *, file: str) -> RegistryCounts:
    with database.transaction() as session:
        return registry.import_households(
            session, data, vault=vault, allowed="real", by="r", now=NOW, file=file, confirmed_by="安娜"
        )


def taken_in_or_refused(
    database: Database, data: bytes, vault: Vault, *, file: str
) -> tuple[RegistryCounts | None, str]:
    try:
        return taken_in(database, data, vault, file=file), ""
    except Refused as refusal:
        return None, refusal.message


@pytest.fixture
def settled(survey_db: Database, vault: Vault) -> Database:
    """A registry that has households already."""
    with survey_db.transaction() as session:
        registry.import_households(
            session, sheet(grids({OURS: 5})), vault=vault, allowed="invented", by="r", now=NOW
        )
    return survey_db


def test_no_hostile_file_is_half_written(settled: Database, vault: Vault) -> None:
    files = list(hostile.files(registry_file.LAYOUT))
    assert len(files) >= 40
    before = first = census(settled)
    for each in files:
        counts, said = taken_in_or_refused(settled, each.data, vault, file=each.file)
        after = census(settled)
        if counts is None:
            assert after == before, each.name
            assert each.file in said, (each.name, said)
            assert all(word in said for word in each.says), (each.name, said)
            continue
        assert (counts.read, each.says) == (each.rows, ()), each.name
        assert after["household"] == before["household"] + counts.created, each.name
        assert after["left"] == before["left"] + counts.left, each.name
        assert (after["ours"], after["orphans"]) == (5, 0), each.name
        before = after
    assert before["household"] > first["household"]
