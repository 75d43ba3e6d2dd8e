"""A deposit can't take a grid out of the next frame: the map changes where people live by a name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from huying.base.errors import Conflict, Forbidden, NotFound, Refused
from huying.base.phones import Vault
from huying.store.db import Database
from survey.deposits.operations import areas
from survey.models import LEDGER, Account, Area, MapChange
from survey.registry.queries import deposited
from survey.waves.operations import draw
from survey.waves.queries import frame_changes
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.deposits.test_accepting_a_deposit import AREAS, deposit, take
from tests.survey.stories import frozen, grids, register

SIZES = {"G1": (2, 0), "G2": (2, 0)}
MAP = [AREAS[0], AREAS[1], {**AREAS[1], "code": "G2", "name": "第2网格"}]


def called(
    level: str = "grid", *, kind: str = "old", name: str = "第1网格", parent: str = "C"
) -> list[dict[str, str]]:
    changed = {**AREAS[1], "level": level, "grid_type": kind, "name": name, "parent": parent}
    return [AREAS[0], changed, MAP[2]]


@pytest.fixture
def database(survey_db: Database, vault: Vault) -> Database:
    take(survey_db, deposit(size=7, areas=MAP, posts=[], cases=[], ratings=[], lists=[]))
    with survey_db.transaction() as session:
        register(session, grids({"G1": 5, "G2": 5}), vault=vault)
    return survey_db


def deposited_map(database: Database, given: list[dict[str, str]], period: str = "2026W49") -> None:
    bare = {"posts": [], "cases": [], "ratings": [], "lists": []}
    take(database, deposit(period, size=9, areas=given, **bare))


def person(database: Database, role: str = "registrar") -> Account:
    with database.transaction() as session:
        row = Account(login=role, name="王老师", role=role, password_hash="", active=True, created_at=NOW)
        session.add(row)
    return row


def standing(database: Database, code: str = "G1") -> tuple[str, str | None, str, str]:
    with database.reading() as session:
        area = session.get_one(Area, code)
        return area.level, area.parent_code, area.grid_type, area.name


@pytest.mark.parametrize(
    "given", [called("community"), called(kind="new"), called(parent="G2")], ids=["level", "type", "parent"]
)
def test_what_would_change_where_households_live_waits_and_the_name_does_not(
    database: Database, given: list[dict[str, str]]
) -> None:
    deposited_map(database, [{**row, "name": "新名"} for row in given])
    assert standing(database) == ("grid", "C", "old", "新名")
    with database.reading() as session:
        (change,) = deposited.map_changes(session)
        assert (change.code, change.households, change.decided_at) == ("G1", 5, None)


def test_it_is_taken_over_by_a_registrars_name_and_reason(database: Database) -> None:
    deposited_map(database, called("community"))
    registrar, officer = person(database), person(database, "draw_officer")
    for who, reason, refusal in ((officer, "合并", Forbidden), (registrar, " ", Refused)):
        with pytest.raises(refusal), database.transaction() as session:
            areas.decide(session, 1, by=who, reason=reason, apply=True, now=NOW)
    with database.transaction() as session:
        areas.decide(session, 1, by=registrar, reason="网格合并，见公告", apply=True, now=NOW)
    assert standing(database)[0] == "community"
    with database.reading() as session:
        row = session.get_one(MapChange, 1)
        assert (row.decision, row.decided_name, row.reason) == ("applied", "王老师", "网格合并，见公告")
    for number, refusal in ((1, Conflict), (9, NotFound)):
        with pytest.raises(refusal), database.transaction() as session:
            areas.decide(session, number, by=registrar, reason="再来", apply=True, now=NOW)


def test_what_was_refused_is_not_asked_again_and_what_was_taken_back_no_longer_waits(
    database: Database,
) -> None:
    deposited_map(database, called("community"))
    deposited_map(database, called("community"), "2026W50")
    registrar = person(database)
    with database.transaction() as session:
        areas.decide(session, 1, by=registrar, reason="那里还有人住", apply=False, now=NOW)
    deposited_map(database, called("community"), "2026W50")
    with database.reading() as session:
        assert len(session.scalars(select(MapChange)).all()) == 1
    assert standing(database)[0] == "grid"


def test_a_change_that_the_next_deposit_takes_back_no_longer_waits(database: Database) -> None:
    deposited_map(database, called("community"))
    deposited_map(database, called(), "2026W50")
    with database.reading() as session:
        assert session.scalars(select(MapChange.decision)).all() == ["replaced"]
        assert deposited.map_changes(session) == []


def test_types_change_only_between_waves(database: Database, vault: Vault) -> None:
    deposited_map(database, called(kind="new"))
    registrar = person(database)
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
    with pytest.raises(Conflict, match="两轮之间"), database.transaction() as session:
        areas.decide(session, 1, by=registrar, reason="重新分类", apply=True, now=NOW)
    with database.transaction() as session:
        draw.void(session, "w1", why="mistake", by=[], now=NOW)
        areas.decide(session, 1, by=registrar, reason="重新分类", apply=True, now=NOW)
    assert standing(database)[2] == "new"


def test_a_first_deposit_cannot_call_a_registered_grid_something_else(
    survey_db: Database, vault: Vault
) -> None:
    with survey_db.transaction() as session:
        register(session, grids({"G1": 5}), vault=vault)
    bare = {"posts": [], "cases": [], "ratings": [], "lists": []}
    take(survey_db, deposit(size=7, areas=called("community"), **bare))
    assert standing(survey_db)[0] == "grid"
    with survey_db.reading() as session:
        (change,) = deposited.map_changes(session)
        assert (change.was_level, change.level, change.households) == ("grid", "community", 5)


def test_a_grid_without_households_changes_at_once(database: Database, vault: Vault) -> None:
    deposited_map(database, [*MAP, {**AREAS[1], "code": "G3"}])
    deposited_map(database, [*MAP, {**AREAS[1], "code": "G3", "grid_type": "new"}], "2026W50")
    assert standing(database, "G3")[2] == "new"


DEEDS = {
    "call a grid a community": "UPDATE area SET level = 'community' WHERE code = 'G1'",
    "call it of another kind": "UPDATE area SET grid_type = 'new' WHERE code = 'G1'",
    "hang it elsewhere": "UPDATE area SET parent_code = 'G2' WHERE code = 'G1'",
    "decide twice": "UPDATE map_change SET decision = 'applied' WHERE id = 1",
    "let it never have been asked": "DELETE FROM map_change",
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_can_by_sql(database: Database, deed: str) -> None:
    deposited_map(database, called("community"))
    registrar = person(database)
    with database.transaction() as session:
        areas.decide(session, 1, by=registrar, reason="那里还有人住", apply=False, now=NOW)
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(database) as session:
        session.execute(text(DEEDS[deed]))


def test_grids_that_no_frame_has_are_listed_with_since_when(database: Database, vault: Vault) -> None:
    deposited_map(database, [*MAP, {**AREAS[1], "code": "G3", "name": "第3网格"}])
    with database.transaction() as session:
        frozen(session, SIZES, vault=vault)
        draw.void(session, "w1", why="mistake", by=[], now=NOW)
        later = NOW + timedelta(weeks=10)
        wave = frozen(session, SIZES, vault=vault, label="w2", now=later)
        wave.state = "closed"
        register(session, grids({"G1": 5, "G2": 5, "G3": 4})[10:], vault=vault, now=later)
        wave = frozen(
            session, SIZES | {"G3": (1, 0)}, vault=vault, label="w3", now=later + timedelta(weeks=9)
        )
        found = {label: frame_changes.absences(session, label) for label in ("w1", "w2", "w3")}
        entry = LEDGER.lines(session, wave.first_entry, wave.first_entry + 1)[0]
    assert [(each.grid, each.name, each.since, each.registered) for each in found["w2"]] == [
        ("G3", "第3网格", "2027-02-01", 0)
    ]
    assert found["w3"] == []
    assert b"absent" not in entry
