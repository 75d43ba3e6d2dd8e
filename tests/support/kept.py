"""Sides as `backup`, `restore` and `check` find them: looked through law by law, changed under the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from huying.base.settings import Settings
from huying.side.side import Side
from huying.store.insert_only import lifted
from huying.store.installation import Installation
from tests.support.owner import as_owner
from tests.support.postgres import Cluster

BOTH = ["sqlite", pytest.param("postgresql", marks=[pytest.mark.postgres, pytest.mark.slow])]
"""PostgreSQL's waits for the night."""

Nowhere = Callable[[Settings], Settings]


def broken(side: Side, here: Installation) -> dict[str, tuple[str, ...]]:
    """Return what breaks which law; no law that all keep."""
    found = {}
    for law in side.laws:
        with here.database.reading() as session:
            found[str(law.name)] = law.held(session, here).broken
    return {name: each for name, each in found.items() if each}


def named(side: Side, here: Installation, number: int) -> tuple[str, ...]:
    """Return what breaks one law."""
    with here.database.reading() as session:
        return side.laws[number].held(session, here).broken


def change(here: Installation, table: str, statement: str) -> None:
    """Change rows as the owner of the tables can who lifts their rules."""
    with as_owner(here.database) as session, lifted(session, table):
        assert session.execute(text(statement)).rowcount


def guards_of(session: Session, table: str) -> list[str]:
    """Return the names of a table's triggers."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table ORDER BY name",
        "postgresql": "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE NOT tgisinternal AND relname = :table ORDER BY tgname",
    }[session.get_bind().dialect.name]
    return list(session.scalars(text(query), {"table": table}))


@contextmanager
def nowhere(engine: str, cluster: Callable[[], Cluster], folder: Path) -> Iterator[Nowhere]:
    """Give settings like a side's, of a folder and a database where nothing is yet."""
    with ExitStack() as stack:

        def like(settings: Settings) -> Settings:
            data = folder / "elsewhere"
            if engine == "sqlite":
                return replace(settings, data=data, database_url=f"sqlite:///{data / 'kept.db'}")
            role = f"huying_{settings.side}"
            name = cluster().create(role, owner=f"{role}_owner")
            stack.callback(cluster().drop, name)
            url, owner = (cluster().url(name, each) for each in (role, f"{role}_owner"))
            return replace(settings, data=data, database_url=url, owner_url=owner)

        yield like
