"""Everything a database holds, as text: to look for what must not stand in it in clear."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import MetaData, Table, select

from huying.store.db import Database


def cells(database: Database) -> Iterator[tuple[str, bytes]]:
    """Yield every cell of every table with the name of its column."""
    with database.reading() as session:
        for table in _tables(database):
            for row in session.execute(select(table)):
                for column, value in zip(table.columns, row, strict=True):
                    data = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    yield f"{table.name}.{column.name}", data


@lru_cache(maxsize=1)
def _tables(database: Database) -> list[Table]:
    # Asked of the database itself, but once: no test makes tables between two looks.
    metadata = MetaData()
    metadata.reflect(database.engine)
    return metadata.sorted_tables


def holding(database: Database, secrets: list[str]) -> set[str]:
    """Return the columns in which one of the secrets stands in clear."""
    wanted = [secret.encode() for secret in secrets]
    return {name for name, data in cells(database) if any(each in data for each in wanted)}
