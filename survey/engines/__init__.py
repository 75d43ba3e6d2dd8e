"""The same draw by other means, for frames of millions: every engine finds the same rows, bit for bit."""

from __future__ import annotations

from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path

from survey.engines.bounds import Scan

ENGINES = {"python": "plain", "sqlite": "lite", "duckdb": "duck", "postgresql": "postgres", "spark": "spark"}
"""Names for people, and the modules, which import their libraries only when they are asked to work."""


def open_scan(name: str, frame: Path, *, key: str, database: str = "") -> AbstractContextManager[Scan]:
    """Open a frame (`frame.tsv`, or for DuckDB and Spark a .parquet) for a draw under `key`.

    `database` is PostgreSQL's address; others take none. Raises Refused where the library isn't installed.
    """
    scan: AbstractContextManager[Scan] = import_module(f"survey.engines.{ENGINES[name]}").open_scan(
        frame, key=key, database=database
    )
    return scan
