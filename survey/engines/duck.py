"""The draw by DuckDB, straight from `frame.tsv` or from Parquet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.engines.bounds import Bound, EngineRow, Scan
from survey.engines.query import HEX_WITHIN, text

if TYPE_CHECKING:
    from types import ModuleType

MEMORY = "256MB"
"""What DuckDB may keep in memory; the rest it writes to its temporary folder."""

COLUMNS = "{'unit': 'VARCHAR', 'stratum': 'VARCHAR', 'c': 'VARCHAR'}"
READERS = {
    ".parquet": "read_parquet($frame)",
    ".tsv": (
        "read_csv($frame, delim='\t', header=false, auto_detect=false, quote='', escape='', "
        f"new_line='\\n', columns={COLUMNS})"
    ),
}


@contextmanager
def open_scan(frame: Path, *, key: str, database: str = "") -> Iterator[Scan]:
    """Let DuckDB read the frame where it lies."""
    del database
    duckdb = _library()
    reader = READERS[".parquet" if frame.suffix == ".parquet" else ".tsv"]
    query = text(ticket="sha256($key || frame.unit)", within=HEX_WITHIN).replace(
        "FROM frame", f"FROM {reader} AS frame"
    )
    with closing(duckdb.connect(config={"memory_limit": MEMORY})) as connection:
        connection.execute("CREATE TABLE bound (stratum VARCHAR, wanted BIGINT, prefix VARCHAR)")

        def scan(within: Sequence[Bound]) -> Iterator[EngineRow]:
            connection.execute("DELETE FROM bound")
            connection.execute(
                "INSERT INTO bound SELECT unnest($1), unnest($2), unnest($3)",
                [
                    [bound.stratum for bound in within],
                    [bound.wanted for bound in within],
                    [bound.prefix for bound in within],
                ],
            )
            yield from connection.execute(query, {"key": key, "frame": str(frame)}).fetchall()

        yield scan


def _library() -> ModuleType:
    try:
        import duckdb  # noqa: PLC0415  (an extra)
    except ImportError:
        raise Refused(
            _("没有安装 DuckDB。请先安装：%(command)s", command="pip install 'huying[duckdb]'")
        ) from None
    return duckdb
