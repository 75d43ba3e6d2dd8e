"""What a file of households would do is told before it is done; much at once needs somebody's name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from huying.base.errors import Conflict, Refused
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.sheets.plans import Plan
from huying.sheets.tried import plan_digest
from huying.store.db import Database
from survey.models import Adult, Household, Number, RegistryImport
from survey.registry.operations import registry
from survey.registry.rules import file as registry_file
from survey.registry.rules import sealing
from survey.registry.rules.curation import Approval
from survey.registry.rules.file import RegistryFile
from tests.conftest import NOW
from tests.support.owner import as_owner
from tests.survey.stories import SECOND, grids, household, sheet

LATER = NOW + timedelta(days=7)
Rows = Sequence[tuple[str, ...]]


def stated(rows: Rows, *, file: str = "f.csv") -> RegistryFile:
    return registry_file.read(sheet(rows), file=file, allowed="invented", today=LATER.date())


def applied(
    database: Database,
    rows: Rows,
    vault: Vault,
    *,
    by_name: str | None = None,
    shown: str | None = None,
    approval: Approval | None = None,
) -> Plan:
    named = {"confirmed_by": by_name, "shown": shown, "approval": approval}
    with database.transaction() as session:
        return registry.apply(session, stated(rows), vault=vault, by="anna", now=LATER, **named)


def compared(database: Database, rows: Rows, vault: Vault) -> Plan:
    with database.reading() as session:
        return registry.compare(session, stated(rows), vault=vault, by="anna", now=LATER).plan


def told(plan: Plan) -> set[tuple[str, str, int | None, str]]:
    return {(change.kind, change.key, change.line, change.what) for change in plan.changes}


def writes(session: Session) -> int:
    """Rows written so far; on PostgreSQL whether any was: only a writer is given a number."""
    if session.get_bind().dialect.name == "sqlite":
        return int(session.connection().connection.driver_connection.total_changes)
    return int(session.scalar(text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")))


def test_a_plan_tells_of_each_household_what_would_happen(survey_db: Database, vault: Vault) -> None:
    before = [
        household("h1", "G1", "+99910000001"),
        household("h2", "G1", "+99910000002"),
        household("h3", "G1", "+99910000003"),
        household("h4", "G2", ""),
        household("h5", "G1", ""),
    ]
    applied(survey_db, before, vault)
    after = [
        before[0],
        household("h2", "G1", "+99910000009", address="新址"),
        household("h3", "G2", "+99910000003"),
        household("h4", "G2", "", adults="+99910000004"),
        household("h6", "G1", ""),
    ]
    plan = compared(survey_db, after, vault)
    assert told(plan) == {
        ("new", "h6", 6, ""),
        ("changed", "h2", 3, "地址、电话"),
        ("moved", "h3", 4, "G1 → G2"),
        ("changed", "h4", 5, "成年人电话"),
        ("left", "h5", None, "G1"),
    }
    assert (plan.read, plan.known, plan.unchanged) == (5, 5, 1)
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(RegistryImport.id))) == 1


def test_who_comes_back_is_changed_and_says_so(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 2})
    applied(survey_db, rows, vault)
    applied(survey_db, rows[:1], vault)
    assert told(compared(survey_db, rows, vault)) == {("changed", "G1-1", 3, "迁出后又登记")}
    applied(survey_db, rows, vault)
    with survey_db.reading() as session:
        assert session.get_one(Household, "G1-1").left_at is None
        assert session.scalar(select(func.count(Number.id))) == 2


def test_the_same_file_again_writes_nothing_at_all(survey_db: Database, vault: Vault) -> None:
    rows = [*grids({"G1": 30, "G2": 20}), household("x", "G2", "", adults="+99910000001;+99910000002")]
    applied(survey_db, rows, vault)
    with survey_db.transaction() as session:
        before = writes(session)
        plan = registry.apply(session, stated(rows), vault=vault, by="bert", now=LATER)
        assert writes(session) == before
    assert (plan.unchanged, plan.changes) == (51, ())
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(RegistryImport.id))) == 1
        assert session.scalar(select(func.max(Household.changed_at))) == LATER


def test_a_dry_run_stores_nothing(survey_db: Database, vault: Vault) -> None:
    assert compared(survey_db, grids({"G1": 3}), vault).count("new") == 3
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(Household.code))) == 0


@pytest.mark.parametrize("name", [None, "", "  "])
def test_a_register_that_shrinks_too_much_waits_for_a_name(
    survey_db: Database, vault: Vault, name: str | None
) -> None:
    rows = grids({"G1": 40})
    applied(survey_db, rows, vault)
    with pytest.raises(Refused):
        applied(survey_db, rows[:30], vault, by_name=name)
    with survey_db.reading() as session:
        assert session.scalar(select(func.count(Household.left_at))) == 0


def test_a_register_that_moves_too_much_waits_for_a_name(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 40, "G2": 1})
    applied(survey_db, rows, vault)
    moved = [(code, "G2", *rest) for code, _grid, *rest in rows]
    assert compared(survey_db, moved, vault).count("moved") == 40
    with pytest.raises(Refused):
        applied(survey_db, moved, vault)
    applied(survey_db, moved, vault, approval=SECOND)


def test_the_name_of_who_confirmed_is_kept_and_cannot_be_changed(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 40})
    applied(survey_db, rows, vault, by_name="不必")
    plan = applied(survey_db, rows[:30], vault, approval=SECOND)
    assert plan.count("left") == 10
    with survey_db.reading() as session:
        first, second = session.scalars(select(RegistryImport).order_by(RegistryImport.id)).all()
    assert (first.confirmed_by, first.alarm, first.created) == ("", "", 40)
    assert (second.by, second.confirmed_by, second.left) == ("anna", SECOND.name, 10)
    assert second.alarm
    assert second.sha256 == registry_file.digest(sheet(rows[:30]))
    with pytest.raises(Exception, match="insert-only"), as_owner(survey_db) as session:
        session.execute(text("UPDATE registry_import SET confirmed_by = 'x'"))


def test_a_grid_that_the_file_does_not_name_does_not_soften_the_alarm(
    survey_db: Database, vault: Vault
) -> None:
    rows = grids({"G1": 400, "G2": 30})
    applied(survey_db, rows, vault)
    assert compared(survey_db, rows[400:420], vault).alarm is not None


def test_only_what_was_shown_is_applied(survey_db: Database, vault: Vault) -> None:
    rows = grids({"G1": 3})
    shown = plan_digest(compared(survey_db, rows, vault))
    applied(survey_db, grids({"G1": 2}), vault)
    with pytest.raises(Conflict, match="已有内容变了"):
        applied(survey_db, rows, vault, shown=shown)
    applied(survey_db, rows, vault, shown=plan_digest(compared(survey_db, rows, vault)))


def test_a_file_that_fails_in_the_middle_leaves_nothing(
    survey_db: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "BATCH", 10)

    def stop(done: int, _of: int) -> None:
        if done >= 20:
            raise InterruptedError

    with pytest.raises(InterruptedError), survey_db.transaction() as session:
        registry.apply(session, stated(grids({"G1": 50})), vault=vault, by="a", now=NOW, progress=stop)
    with survey_db.reading() as session:
        for model in (Household, Number, Adult, RegistryImport):
            assert session.scalar(select(func.count()).select_from(model)) == 0


def test_progress_is_told_while_reading_and_while_writing(
    survey_db: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry_file, "EVERY", 10)
    monkeypatch.setattr(registry, "BATCH", 10)
    heard: list[tuple[int, int]] = []

    def hear(done: int, of: int) -> None:
        heard.append((done, of))

    file = registry_file.read(
        sheet(grids({"G1": 25})), file="f.csv", allowed="invented", today=NOW.date(), progress=hear
    )
    with survey_db.transaction() as session:
        registry.apply(session, file, vault=vault, by="a", now=NOW, progress=hear)
    assert heard == [(10, 25), (20, 25), (10, 25), (20, 25), (25, 25)]


HOUSES = st.dictionaries(
    st.sampled_from([f"h{place}" for place in range(12)]),
    st.tuples(st.sampled_from("AB"), st.sampled_from(["", "1", "2"]), st.sampled_from(["", "3", "3;4"])),
    max_size=12,
)


def as_rows(houses: dict[str, tuple[str, str, str]]) -> list[tuple[str, ...]]:
    def full(ends: str) -> str:
        return ";".join(f"+9991000000{end}" for end in ends.split(";") if end)

    return [
        household(code, grid, full(number), adults=full(adults))
        for code, (grid, number, adults) in houses.items()
    ]


@pytest.fixture(scope="module")
def one_vault(tmp_path_factory: pytest.TempPathFactory) -> Vault:
    return Vault(Keyring(tmp_path_factory.mktemp("keys")))


@pytest.fixture(scope="module")
def one_database(
    tmp_path_factory: pytest.TempPathFactory, sqlite_templates: dict[str, Path]
) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("registry") / "survey.db"
    shutil.copy(sqlite_templates["survey"], path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


@given(st.lists(HOUSES, min_size=1, max_size=4))
def test_the_registry_holds_what_the_last_file_said_of_each_grid(
    one_vault: Vault, one_database: Database, files: list[dict[str, tuple[str, str, str]]]
) -> None:
    held: dict[str, tuple[str, str, str]] = {}
    with one_database.transaction() as session:
        for houses in files:
            rows = as_rows(houses)
            plan = registry.apply(session, stated(rows), vault=one_vault, by="a", now=NOW, approval=SECOND)
            assert (
                plan.read == len(rows) == plan.unchanged + sum(map(plan.count, ("new", "changed", "moved")))
            )
            named = {grid for grid, _, _ in houses.values()}
            held = {code: house for code, house in held.items() if house[0] not in named} | houses
            assert told_of(session, one_vault) == held
        session.rollback()


def told_of(session: Session, vault: Vault) -> dict[str, tuple[str, str, str]]:
    def last(sealed: bytes, code: str) -> str:
        return vault.open(sealed, where=sealing.seal_context(code))[-1]

    session.expire_all()
    homes = session.scalars(select(Household).where(Household.left_at.is_(None))).all()
    return {
        home.code: (
            home.grid_code,
            "".join(last(each.sealed, home.code) for each in home.numbers if each.position > 0),
            ";".join(last(each.sealed, home.code) for each in home.adults),
        )
        for home in homes
    }
