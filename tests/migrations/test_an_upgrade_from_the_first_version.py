"""An installation of the first version, with a called wave and one in the field, upgrades to this one.

What it held is in `first/`, with the script that made it.
"""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import MetaData, Table, create_engine, inspect, select, text
from sqlalchemy.orm import Session

from survey import verify
from survey.registry.queries import audit
from tests.support import postgres
from tests.support.servers import PREFIXES, Installation

FIRST = Path(__file__).parent / "first"
PACKAGES = {"public": "feedback", "survey": "survey"}
Rows = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True)
class Upgraded:
    """A side after its upgrade, and every row of every table before it and after."""

    installation: Installation
    url: str
    before: Rows
    after: Rows


@pytest.fixture(
    scope="module",
    params=["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.slow])],
)
def sides(request, tmp_path_factory) -> Iterator[dict[str, Upgraded]]:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "sqlite":
        yield {side: _on_sqlite(side, folder / side) for side in PACKAGES}
        return
    server: postgres.Cluster = request.getfixturevalue("cluster")
    names = {side: server.create(f"huying_{side}") for side in PACKAGES}
    yield {side: _on_postgresql(side, folder / side, server, name) for side, name in names.items()}
    for name in names.values():
        server.drop(name)


def _dump(side: str, engine: str) -> str:
    return gzip.decompress((FIRST / f"{side}.{engine}.sql.gz").read_bytes()).decode()


def _keys(side: str, data: Path) -> None:
    for name, held in json.loads((FIRST / "keys.json").read_text("ascii")).items():
        if name.startswith(side):
            file = data / "keys" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(held, encoding="ascii")
            file.chmod(0o600)


def _on_sqlite(side: str, data: Path) -> Upgraded:
    _keys(side, data)
    data.chmod(0o700)
    with closing(sqlite3.connect(data / f"{side}.db")) as base:
        base.executescript(_dump(side, "sqlite"))
    return _upgraded(Installation(PACKAGES[side], data, 8000), f"sqlite:///{data / f'{side}.db'}")


def _on_postgresql(side: str, data: Path, server: postgres.Cluster, name: str) -> Upgraded:
    """Bring the dump in as it was, the program owning its tables; then as docs/operating.md says."""
    _keys(side, data)
    data.chmod(0o700)
    program, owner = f"huying_{side}", f"huying_{side}_owner"
    given = f"""
        RESET ROLE; REASSIGN OWNED BY {program} TO {owner}; ALTER SCHEMA public OWNER TO {owner};
        REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO {program};
        GRANT CONNECT ON DATABASE {name} TO {program};"""
    file = data / "dump.sql"
    file.write_text(f"\\connect {name}\nSET ROLE {program};\n{_dump(side, 'postgresql')}{given}", "utf-8")
    server.psql(file, ON_ERROR_STOP="1")
    package = PACKAGES[side]
    urls = {
        f"{PREFIXES[package]}_DATABASE_URL": server.url(name, program),
        f"{PREFIXES[package]}_OWNER_DATABASE_URL": server.url(name, owner),
    }
    return _upgraded(Installation(package, data, 8000, more=urls), server.url(name))


def _upgraded(installation: Installation, url: str) -> Upgraded:
    before = _rows(url)
    installation.run("upgrade")
    return Upgraded(installation, url, before, _rows(url))


def _rows(url: str) -> Rows:
    """Return every row of every table, with the names of its columns."""
    engine, found = create_engine(url), {}
    with engine.connect() as connection:
        for name in inspect(connection).get_table_names():
            table = Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
            found[name] = [dict(row) for row in connection.execute(select(table)).mappings()]
    engine.dispose()
    return found


def _of(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> Counter[tuple[object, ...]]:
    return Counter(tuple(row[name] for name in columns) for row in rows)


BOTH = pytest.mark.parametrize("side", PACKAGES)


@BOTH
def test_every_row_from_before_stands_as_it_stood_and_no_table_has_more(sides, side):
    before, after = sides[side].before, sides[side].after
    assert before.keys() <= after.keys()
    for name in before.keys() - {"alembic_version"}:
        had, has = ([row.keys() for row in rows[name][:1]] for rows in (before, after))
        kept = sorted(set().union(*had) & set().union(*has))
        assert _of(before[name], kept) == _of(after[name], kept), name


@BOTH
def test_what_was_left_behind_is_worth_the_trial(sides, side):
    most = {"public": ("rating", "help_case", "whistle"), "survey": ("answer", "attempt", "score_release")}
    assert all(sides[side].before[name] for name in ("log_entry", "account", *most[side]))


@BOTH
def test_the_doctor_finds_nothing_wrong_once_there_is_an_account_for_the_district(sides, side):
    installation = sides[side].installation
    if side == "public":
        described = ("--role", "department_officer", "--department", "district", "--name", "区")
        installation.run("account", "invite", "district", *described)
    assert "✗" not in installation.run("doctor")


def test_nothing_of_the_field_is_counted_otherwise(sides):
    survey = sides["survey"].installation
    for wave in ("demo-1", "demo-2"):
        survey.run("wave", "recount", wave)


def test_the_old_bundle_is_what_it_was_and_an_outsider_finds_it_in_order(sides, tmp_path, capsys):
    survey = sides["survey"].installation
    bundle = tmp_path / "bundle.zip"
    survey.run("wave", "bundle", "demo-1", "--out", str(bundle))
    key = survey.run("key", "--ledger").strip()
    assert verify.main([str(bundle), "--key", key, "--quorum", "0"]) == 0, capsys.readouterr().out
    if not survey.more:  # the digests are of what that version made of its SQLite file
        with ZipFile(bundle) as files:
            made = {name: sha256(files.read(name)).hexdigest() for name in files.namelist()}
        assert json.loads((FIRST / "digests.json").read_text("ascii")).items() <= made.items()


def test_a_household_put_past_the_log_after_the_upgrade_shows(sides):
    engine = create_engine(sides["survey"].url)
    with Session(engine) as session:
        assert audit.audit(session).is_sound
        session.execute(
            text(
                "INSERT INTO household (code, grid_code, address, row_hash, changed_at) "
                "SELECT 'NEW', grid_code, '', '', '2026-11-28 00:00:00' FROM household LIMIT 1"
            )
        )
        assert sum(audit.audit(session).unlogged.values()) == 1
    engine.dispose()
