"""The wall in PostgreSQL: the public side's role reaches nothing of the independent side."""

from __future__ import annotations

import psycopg
import pytest

from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.models.base import Base

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def survey_name(cluster):
    """A database of the independent side, as deploy/postgresql.sql sets it up."""
    name = cluster.create("huying_survey")
    database = Database(cluster.url(name, "huying_survey"))
    upgrade("survey", database)
    database.dispose()
    yield name
    cluster.drop(name)


@pytest.fixture(scope="module")
def entered(cluster, survey_name):
    """A copy of it that the public side's role was let into."""
    name = cluster.create("huying_survey", template=survey_name)
    cluster.run(f"GRANT CONNECT ON DATABASE {name} TO huying_public")
    with _connect(cluster, name) as connection:
        connection.autocommit = True
        yield connection
    cluster.drop(name)


def _connect(cluster, name: str) -> psycopg.Connection:
    return psycopg.connect(host=str(cluster.folder), user="huying_public", dbname=name)


def test_the_public_role_cannot_even_connect(cluster, survey_name):
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        _connect(cluster, survey_name)


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_were_it_let_in_it_would_be_refused_every_table(entered, table):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        entered.execute(f"SELECT 1 FROM {table}".encode())


def test_the_survey_role_cannot_connect_to_the_public_side(cluster):
    name = cluster.create("huying_public")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        psycopg.connect(host=str(cluster.folder), user="huying_survey", dbname=name)
    cluster.drop(name)
