"""The wall in PostgreSQL: the public side's role reaches nothing of the independent side."""

from __future__ import annotations

import psycopg
import pytest

from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.models import Base

pytestmark = pytest.mark.postgres


@pytest.fixture
def survey_name(cluster):
    """A database of the independent side, as deploy/postgresql.sql sets it up."""
    name = cluster.create("huying_survey")
    database = Database(cluster.url(name, "huying_survey"))
    upgrade("survey", database)
    database.dispose()
    yield name
    cluster.drop(name)


def _connect(cluster, name: str) -> psycopg.Connection:
    return psycopg.connect(host=str(cluster.folder), user="huying_public", dbname=name)


def test_the_public_role_cannot_even_connect(cluster, survey_name):
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        _connect(cluster, survey_name)


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_were_it_let_in_it_would_be_refused_every_table(cluster, survey_name, table):
    cluster.run(f"GRANT CONNECT ON DATABASE {survey_name} TO huying_public")
    with _connect(cluster, survey_name) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"SELECT 1 FROM {table}".encode())


def test_the_survey_role_cannot_connect_to_the_public_side(cluster):
    name = cluster.create("huying_public")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(host=str(cluster.folder), user="huying_survey", dbname=name)
    cluster.drop(name)
