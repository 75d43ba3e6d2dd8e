"""The registry keeps a log of its own: what leaves in small steps adds up, and nobody can take it back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Forbidden, Refused
from huying.base.phones import Vault
from huying.ledger import tree
from huying.store.db import Database
from survey.models import LEDGER, Account, Household, RegistryEvent, RegistryImport, RegistryRequest
from survey.registry.operations import registry, requests
from survey.registry.queries import audit, departures, log
from survey.registry.rules import curation
from survey.registry.rules import file as registry_file
from survey.registry.rules.curation import RowEvent, SaltedEvent, TooMuchLeaves, allowance
from survey.waves.queries import frame_changes, waves
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.stories import SECOND, frozen, grids, household, register, sheet

WEEK = timedelta(weeks=1)
ROWS = grids({"G1": 125, "G2": 20})
STEP = 6
"""Of 125 households 6 are 4.8 %."""


@pytest.fixture
def database(survey_db: Database, vault: Vault) -> Database:
    with survey_db.transaction() as session:
        register(session, ROWS, vault=vault)
    return survey_db


def events(session: Session) -> list[RegistryEvent]:
    return list(session.scalars(select(RegistryEvent).order_by(RegistryEvent.id)))


def entries(session: Session) -> list[dict[str, object]]:
    return [json.loads(line) for line in LEDGER.lines(session)]


def test_six_imports_of_4_8_percent_are_stopped_at_the_second(database: Database, vault: Vault) -> None:
    with database.transaction() as session:
        register(session, ROWS[STEP:], vault=vault, now=NOW + WEEK)
    for step in range(2, 7):
        left = f"迁出 {STEP * step}，换电话 0，各至多 6"
        with pytest.raises(TooMuchLeaves, match=left), database.transaction() as session:
            register(session, ROWS[STEP * step :], vault=vault, now=NOW + step * WEEK)
    with database.reading() as session:
        gone = select(Household.code).where(Household.left_at.is_not(None))
        assert len(session.scalars(gone).all()) == STEP


def test_numbers_changed_in_small_steps_are_stopped_as_well(database: Database, vault: Vault) -> None:
    def swapped(step: int) -> list[tuple[str, ...]]:
        changed = [household(row[0], row[1], f"+99988{place:06}") for place, row in enumerate(ROWS)]
        return changed[: STEP * step] + ROWS[STEP * step :]

    with database.transaction() as session:
        register(session, swapped(1), vault=vault, now=NOW + WEEK)
    with pytest.raises(TooMuchLeaves, match="换电话 12"), database.transaction() as session:
        register(session, swapped(2), vault=vault, now=NOW + 2 * WEEK)


def test_a_number_taken_away_counts_and_a_first_one_does_not(database: Database, vault: Vault) -> None:
    silent = [household(code, "G1", "") for code, *_rest in ROWS[:STEP]]
    with database.transaction() as session:
        register(session, [*silent, *ROWS[STEP:]], vault=vault, now=NOW + WEEK)
        register(session, ROWS, vault=vault, now=NOW + 2 * WEEK)
        kinds = [event.kind for event in events(session) if event.kind != "new"]
    assert kinds == ["number"] * STEP + ["added"] * STEP


def test_whoever_moves_to_another_grid_has_left_its_own(database: Database, vault: Vault) -> None:
    moved = [(code, "G9", *rest) for code, _grid, *rest in ROWS[:7]]
    with pytest.raises(TooMuchLeaves), database.transaction() as session:
        register(session, [*moved, *ROWS[7:]], vault=vault)


def test_after_twelve_months_they_no_longer_add_up(database: Database, vault: Vault) -> None:
    for step, at in ((1, NOW + WEEK), (2, NOW + WEEK + curation.WINDOW + timedelta(seconds=1))):
        with database.transaction() as session:
            assert register(session, ROWS[STEP * step - step + 1 :], vault=vault, now=at).left > 0


def test_in_the_smallest_grid_one_may_leave() -> None:
    assert [allowance(n) for n in (1, 39, 40, 59, 60, 125, 1000)] == [1, 1, 2, 2, 3, 6, 50]


def test_each_import_is_one_entry_whose_root_is_that_of_its_salted_rows(
    database: Database, vault: Vault
) -> None:
    with database.transaction() as session:
        register(session, ROWS[1:], vault=vault, now=NOW + WEEK)
        register(session, ROWS[1:], vault=vault, now=NOW + 2 * WEEK)
        first, second = (entry for entry in entries(session) if entry["t"] == "registry")
        rows = events(session)
        records = session.scalars(select(RegistryImport).order_by(RegistryImport.id)).all()
    assert [record.entry for record in records] == [0, 1]
    assert (first["new"], first["changed"], first["left"]) == (145, 0, 0)
    assert (second["new"], second["changed"], second["left"]) == (0, 0, 1)
    assert second["at"] == "2026-11-30T10:00:00+08:00"
    for entry, record in zip((first, second), records, strict=True):
        lines = [
            SaltedEvent(RowEvent(row.kind, row.household_code, row.grid_code), row.salt, row.drawn).line(
                curation.moment(row.at)
            )
            for row in rows
            if row.import_id == record.id
        ]
        assert entry["root"] == tree.root(map(tree.leaf_hash, lines)).hex()
    assert len({row.salt for row in rows}) == len(rows)


def test_the_ledger_names_no_household(database: Database) -> None:
    with database.reading() as session:
        assert b"G1-0" not in b"".join(LEDGER.lines(session))


DEEDS = {
    "let a departure never have been": "DELETE FROM registry_event",
    "call a departure a change": "UPDATE registry_event SET kind = 'new'",
    "let a household leave past the log": "UPDATE household SET left_at = '2026-12-01 00:00:00'",
    "move a household past the log": "UPDATE household SET grid_code = 'G9'",
    "delete a household": "DELETE FROM household WHERE code = 'G1-3'",
    "swap a number under its row": "UPDATE household_number SET blind_index = (SELECT blind_index FROM "
    "household_number WHERE household_code = 'G1-7') WHERE household_code = 'G1-3'",
    "let a number never have been": "DELETE FROM household_number",
    "change who imported": "UPDATE registry_import SET entry = 7",
}


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_can_by_sql(database: Database, deed: str) -> None:
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(database) as session:
        session.execute(text(DEEDS[deed]))


PAST = {
    "a row that the ledger doesn't know": "INSERT INTO registry_event (import_id, place, at, household_code, "
    "grid_code, kind, salt, drawn) SELECT import_id, 999, at, 'G1-5', 'G1', 'left', '0', drawn "
    "FROM registry_event WHERE place = 0",
    "a household that was put in by hand": "INSERT INTO household (code, grid_code, address, row_hash, "
    "changed_at) SELECT 'G1-X', 'G1', 'x', row_hash, changed_at FROM household WHERE code = 'G1-0'",
}


@pytest.mark.parametrize("deed", PAST)
def test_whoever_goes_past_the_log_shows_at_the_freeze(database: Database, vault: Vault, deed: str) -> None:
    with database.transaction() as session:
        assert audit.audit(session).is_sound
        session.execute(text(PAST[deed]))
        assert not audit.audit(session).is_sound
        frozen(session, {"G1": (2, 0), "G2": (2, 0)}, vault=vault)
        assert max(grid.unlogged for grid in frame_changes.of(session, "w1")) > 0


def test_an_import_without_an_entry_hides_nothing_once_one_is_logged(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text(PAST["a household that was put in by hand"]))
        session.execute(
            text(
                'INSERT INTO registry_import (at, "by", file, sha256, read, created, changed, moved, "left", '
                "alarm, confirmed_by, why) "
                "SELECT at, '', '', '', 0, 0, 0, 0, 0, '', '', '' FROM registry_import"
            )
        )
        assert not audit.audit(session).is_sound


def account(session: Session, login: str, *, name: str) -> Account:
    row = Account(login=login, name=name, role="registrar", password_hash="", active=True, created_at=NOW)
    session.add(row)
    session.flush()
    return row


def handed(database: Database, vault: Vault, *, rows: list[tuple[str, ...]], by: str = "anna") -> int:
    data = sheet(rows)
    stated = registry_file.read(data, file="f.csv", allowed="invented")
    with database.transaction() as session:
        row = requests.hand_over(
            session, data, stated=stated, why="3 号楼拆迁", vault=vault, by=by, now=NOW + WEEK
        )
        return row.id


def decided(database: Database, vault: Vault, number: int, by: Account, *, reason: str) -> None:
    with database.reading() as session:
        waits = requests.opened(session, number, vault=vault)
    stated = registry_file.read(waits.data, file=waits.file, allowed="invented")
    with database.transaction() as session:
        requests.confirm(
            session, number, stated=stated, by=by, reason=reason, vault=vault, now=NOW + 2 * WEEK
        )


def test_a_file_over_the_limit_is_applied_by_a_second_account_and_says_so(
    database: Database, vault: Vault
) -> None:
    number = handed(database, vault, rows=ROWS[20:])
    with database.transaction() as session:
        anna, bert = account(session, "anna", name="安娜"), account(session, "bert", name="李四")
    with pytest.raises(Forbidden):
        decided(database, vault, number, anna, reason="我自己看过")
    for reason in (" ", "电话 13800000000", "身份证 110101199003074514"):
        with pytest.raises(Refused):
            decided(database, vault, number, bert, reason=reason)
    decided(database, vault, number, bert, reason="现场看过")
    with pytest.raises(Refused):
        decided(database, vault, number, bert, reason="再来一次")
    with database.reading() as session:
        (brought,) = log.brought(session, after=None)
        row = session.get_one(RegistryRequest, number)
        assert row.sealed is None
        drawn = departures.checks(session).drawn
    assert (brought.by, brought.why, brought.second, brought.reason) == (
        "anna",
        "3 号楼拆迁",
        "李四",
        "现场看过",
    )
    assert (brought.left, brought.total, drawn) == ({"G1": 20}, 20, 3)


def test_a_second_name_stands_for_what_was_shown_and_no_more(database: Database, vault: Vault) -> None:
    number = handed(database, vault, rows=[*ROWS[20:125], *ROWS[126:]])
    with database.transaction() as session:
        bert = account(session, "bert", name="李四")
        register(session, [*ROWS[:125], *grids({"G2": 40})[20:], *ROWS[125:]], vault=vault, now=NOW + WEEK)
    with pytest.raises(Conflict, match="比交来时多"):
        decided(database, vault, number, bert, reason="现场看过")


def test_why_somebody_left_is_told_beside_who_says_so(database: Database, vault: Vault) -> None:
    def brought(rows: list[tuple[str, ...]], why: str) -> None:
        with database.transaction() as session:
            stated = registry_file.read(sheet(rows), file="f.csv", allowed="invented")
            registry.apply(session, stated, vault=vault, by="anna", now=NOW + WEEK, why=why)

    for why in ("打 13800000000 问过", "x" * 201):
        with pytest.raises(Refused):
            brought(ROWS[1:], why)
    brought(ROWS[1:], "搬去了外地")
    with database.reading() as session:
        assert [(each.by, each.why) for each in log.brought(session, after=None)] == [("anna", "搬去了外地")]


def test_the_waiting_file_lies_sealed_and_what_was_decided_stays(database: Database, vault: Vault) -> None:
    number = handed(database, vault, rows=ROWS[20:])
    with database.reading() as session:
        assert b"9991" not in bytes(session.get_one(RegistryRequest, number).sealed or b"")
    with pytest.raises(Conflict, match="已经在等"):
        handed(database, vault, rows=ROWS[20:])
    with pytest.raises(DBAPIError), as_owner(database) as session:
        session.execute(
            text(
                "UPDATE registry_request SET decided_by = by, decided_at = at, decision = 'applied', "
                "decided_name = by"
            )
        )
    with pytest.raises(DBAPIError, match="insert-only"), as_owner(database) as session:
        session.execute(text("UPDATE registry_request SET why = 'x'"))


def test_a_file_within_the_limit_needs_nobody(database: Database, vault: Vault) -> None:
    with pytest.raises(Conflict, match="直接导入"):
        handed(database, vault, rows=ROWS[1:])


def test_who_imports_cannot_be_the_second(database: Database, vault: Vault) -> None:
    with pytest.raises(Conflict), database.transaction() as session:
        registry.import_households(
            session, sheet(ROWS[20:]), vault=vault, allowed="invented", by=SECOND.login, now=NOW,
            approval=SECOND,
        )  # fmt: skip


def test_the_lot_takes_a_tenth_of_the_departures_and_three_at_least() -> None:
    for left, drawn in ((0, 0), (2, 2), (20, 3), (40, 4), (41, 5)):
        rows = curation.salted(
            [RowEvent("left", str(n), "G") for n in range(left)], [f"{n:032}" for n in range(left)]
        )
        assert sum(row.drawn for row in rows) == drawn


def test_the_freeze_lists_what_left_since_the_wave_before_and_who_brought_it(
    database: Database, vault: Vault
) -> None:
    sizes = {"G1": (2, 0), "G2": (2, 0)}
    swapped = [household("G1-9", "G1", "+99988000001"), *ROWS[10:]]
    with database.transaction() as session:
        register(session, ROWS[1:], vault=vault, now=NOW + timedelta(days=1))
        waves.find(session, frozen(session, sizes, vault=vault, now=NOW + WEEK).label).state = "closed"
        register(session, [*ROWS[2:9], *swapped], vault=vault, now=NOW + 20 * WEEK)
    with database.transaction() as session:
        second = frozen(session, sizes, vault=vault, label="w2", now=NOW + 40 * WEEK)
        register(session, [*ROWS[3:9], *swapped], vault=vault, now=NOW + 41 * WEEK)
        first = waves.find(session, "w1")
        assert [each.left for each in frame_changes.brought(session, first)] == [{"G1": 1}]
        (brought,) = frame_changes.brought(session, second)
        assert (brought.by, brought.left, brought.numbers) == ("registrar", {"G1": 1}, {"G1": 1})
        counted = {grid.grid: (grid.gone, grid.changed) for grid in frame_changes.of(session, "w2")}
    assert counted == {"G1": (1, 1), "G2": (0, 0)}
