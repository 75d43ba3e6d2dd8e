"""Set up by deploy/postgresql.sql, the program reads and adds rows and can't touch a table's rules."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from feedback.models import Base as PublicBase
from feedback.models import grants as public
from survey.models import Base as SurveyBase
from survey.models import grants as survey
from tests.support import apart, postgres

pytestmark = pytest.mark.postgres
FILE = Path(__file__).parents[2] / "deploy" / "postgresql.sql"
GRANTS = {"survey": survey.GRANTS, "public": public.GRANTS}
TABLES = {"survey": SurveyBase.metadata.tables, "public": PublicBase.metadata.tables}
PACKAGES = {"survey": "survey", "public": "feedback"}


@pytest.fixture(scope="module", params=["public", "survey"])
def side(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def server(side: str):
    """A server of one side alone."""
    with postgres.cluster(roles=()) as started:
        started.psql(FILE, side=side)
        yield started


@pytest.fixture(scope="module")
def environment(server, side, tmp_path_factory) -> dict[str, str]:
    name, prefix = f"huying_{side}", f"HUYING_{side.upper()}"
    return {
        "HUYING_DATA": str(tmp_path_factory.mktemp(side) / side),
        "HUYING_DEMO": "1",
        f"{prefix}_BASE_URL": "http://127.0.0.1:8000",
        f"{prefix}_DATABASE_URL": server.url(name, name),
        f"{prefix}_OWNER_DATABASE_URL": server.url(name, f"{name}_owner"),
    }


@pytest.fixture(scope="module")
def upgraded(side, environment) -> dict[str, str]:
    done = apart.run([PACKAGES[side], "upgrade"], environment)
    assert done.returncode == 0, done.stderr
    return environment


@pytest.fixture
def program(server, side, upgraded):
    name = f"huying_{side}"
    with psycopg.connect(host=str(server.folder), user=name, dbname=name, autocommit=True) as connection:
        yield connection


def test_without_the_owner_nobody_makes_tables_and_the_command_says_whose_it_is(side, environment):
    alone = {name: value for name, value in environment.items() if "OWNER" not in name}
    for words in (["upgrade"], ["work", "--once"]):
        done = apart.run([PACKAGES[side], *words], alone)
        assert done.returncode != 0
        assert f"HUYING_{side.upper()}_OWNER_DATABASE_URL" in done.stderr


DEEDS = [
    "ALTER TABLE log_entry DISABLE TRIGGER ALL",
    "ALTER TABLE log_entry ADD COLUMN more integer",
    "DROP TABLE log_entry",
    "TRUNCATE log_entry",
    "CREATE TABLE mine (a integer)",
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "DROP TRIGGER log_entry_no_change ON log_entry",
    "SET session_replication_role = replica",
    "UPDATE alembic_version SET version_num = '0001'",
    "INSERT INTO alembic_version VALUES ('0001')",
    "COPY log_entry TO PROGRAM 'cat'",
]


@pytest.mark.parametrize("deed", DEEDS)
def test_the_program_cannot(program, deed):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        program.execute(deed.encode())


def test_it_cannot_become_the_owner(program, side):
    for role in (f"huying_{side}_owner", "postgres"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            program.execute(f"SET ROLE {role}".encode())


def test_it_changes_and_removes_what_is_listed_and_nothing_else(program, side):
    for verb, listed in (("UPDATE", GRANTS[side].changed), ("DELETE", GRANTS[side].removed)):
        asked = (
            "SELECT c.relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        found = program.execute(f"{asked} AND has_table_privilege(oid, '{verb}')".encode()).fetchall()
        assert {name for (name,) in found} == set(listed)
        assert set(listed) <= set(TABLES[side])


def test_in_its_server_there_is_no_other_side(program, side, server):
    (names,) = zip(*program.execute(b"SELECT datname FROM pg_database").fetchall(), strict=True)
    assert set(names) == {f"huying_{side}", "postgres", "template0", "template1"}
    for name in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(host=str(server.folder), user=f"huying_{side}", dbname=name)


def test_the_doctor_says_so(side, upgraded):
    said = apart.run([PACKAGES[side], "doctor"], upgraded).stdout
    assert f"huying_{side} 改不了表和触发器" in said
    assert "同一个 PostgreSQL" not in said


def test_the_doctor_names_an_owner_that_serves_and_a_neighbour(side, server, upgraded):
    other = {"public": "survey", "survey": "public"}[side]
    server.psql(FILE, side=other)
    owner = upgraded[f"HUYING_{side.upper()}_OWNER_DATABASE_URL"]
    done = apart.run([PACKAGES[side], "doctor"], {**upgraded, f"HUYING_{side.upper()}_DATABASE_URL": owner})
    assert done.returncode == 1
    assert "是表的属主" in done.stdout
    assert f"psql -v side={side} -f deploy/postgresql.sql" in done.stdout
