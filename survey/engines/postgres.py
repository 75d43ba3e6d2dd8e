"""The draw by PostgreSQL, over a copy of the frame in temporary tables that sort by bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import TYPE_CHECKING

from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from survey.engines.bounds import Bound, EngineRow, Scan
from survey.engines.query import text

if TYPE_CHECKING:
    from types import ModuleType

TABLES = """
CREATE TEMPORARY TABLE frame (unit text COLLATE "C" NOT NULL, stratum text COLLATE "C" NOT NULL, c text);
CREATE TEMPORARY TABLE bound (stratum text COLLATE "C" PRIMARY KEY, wanted bigint, prefix bytea);
"""
QUERY = text(
    ticket="sha256(convert_to(%(key)s || frame.unit, 'UTF8'))",
    within="substring(ticketed.ticket FROM 1 FOR 4) <= bound.prefix",
    shown="encode(ticket, 'hex')",
    materialized="NOT MATERIALIZED",
)
PIECE = 1 << 20


@contextmanager
def open_scan(frame: Path, *, key: str, database: str = "") -> Iterator[Scan]:
    """Copy the frame into a temporary table of `database`; nothing of it stays there."""
    if not database:
        raise Invalid(_("用 PostgreSQL 抽签，请用 --database 写明数据库地址。"))
    psycopg = _library()
    try:
        connection = psycopg.connect(database.replace("postgresql+psycopg://", "postgresql://", 1))
    except psycopg.OperationalError:
        raise Refused(_("连不上数据库，请检查 --database 的地址。")) from None
    with connection, connection.cursor() as cursor:
        cursor.execute(TABLES)
        with frame.open("rb") as source, cursor.copy("COPY frame FROM STDIN") as target:
            while piece := source.read(PIECE):
                target.write(piece)
        cursor.execute("ANALYZE frame")

        def scan(within: Sequence[Bound]) -> Iterator[EngineRow]:
            cursor.execute("TRUNCATE bound")
            with cursor.copy("COPY bound FROM STDIN") as target:
                for bound in within:
                    stratum, wanted, prefix = astuple(bound)
                    target.write_row((stratum, wanted, bytes.fromhex(prefix)))
            cursor.execute("ANALYZE bound")
            cursor.execute(QUERY, {"key": key})
            yield from cursor

        yield scan


def _library() -> ModuleType:
    try:
        import psycopg  # noqa: PLC0415  (an extra)
    except ImportError:
        raise Refused(
            _("没有安装 PostgreSQL 的驱动。请先安装：%(command)s", command="pip install 'huying[postgres]'")
        ) from None
    return psycopg
