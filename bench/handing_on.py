"""What a release is handed on as, over a large city: seconds of each file, beside its limit. Markdown.

python -m bench.handing_on [--grids 20000]

A table of a row of twenty columns for each grid as CSV and as workbook; the same of the whole release, twelve
rows a grid, which has no limit; the reports of the city, of a street of a thousand grids and of one grid.
Exit 1 where one takes more CPU than its limit.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

from flask.testing import FlaskClient

from bench.contest import machine
from bench.desk import WAVE, signed_in, stored
from huying.base import settings
from huying.sheets import writing
from huying.sheets.writing import Written
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.app import create_app
from survey.models import db as tables

COLUMNS = 20
TABLE = 20.0
FILES = {
    "CSV of the release": (f"/scores/{WAVE}.csv", None),
    "XLSX of the release": (f"/scores/{WAVE}.xlsx", None),
    "report of the city, PDF": (f"/scores/{WAVE}/reports/C.pdf", 10.0),
    "report of a street, PDF": (f"/scores/{WAVE}/reports/S00.pdf", 10.0),
    "report of a grid, PDF": (f"/scores/{WAVE}/reports/G00000.pdf", 10.0),
}


def spent() -> float:
    """Return the CPU seconds of this process and of those that it waited for."""
    return sum(getrusage(who).ru_utime + getrusage(who).ru_stime for who in (RUSAGE_SELF, RUSAGE_CHILDREN))


def timed(get: Callable[[], bytes]) -> tuple[int, float, float]:
    """Return the bytes, the seconds of the clock and of the CPU."""
    clock, cpu = time.monotonic(), spent()
    size = len(get())
    return size, time.monotonic() - clock, spent() - cpu


def rows(grids: int) -> Iterator[Sequence[Written]]:
    """Yield a heading and a row for each grid: texts and numbers, as a release has them."""
    yield [f"column {number}" for number in range(COLUMNS)]
    for grid in range(grids):
        shares = (0.5 + grid % 40 / 100 + column / 1000 for column in range(COLUMNS - 5))
        yield [WAVE, f"G{grid:05d}", f"第{grid}网格", "老旧小区", grid % 60, *shares]


def workbook(grids: int) -> bytes:
    """Return the table as a workbook."""
    with writing.long_workbook([("得分", rows(grids))]) as made:
        return made.read()


def comma_separated(grids: int) -> bytes:
    """Return the table as CSV."""
    with writing.long_table(rows(grids)) as made:
        return made.read()


def line(name: str, get: Callable[[], bytes], limit: float | None) -> bool:
    """Make a file, print what it took, and return whether it kept to its limit."""
    size, seconds, cpu = timed(get)
    beside = "– | –" if limit is None else f"{limit:.0f} | {cpu / limit:.2f}"
    print(f"| {name} | {size / 1e6:.2f} | {seconds:.1f} | {cpu:.1f} | {beside} |", flush=True)
    return size > 1000 and (limit is None or cpu <= limit)


def main() -> int:
    """Make every file; print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--grids", type=int, default=20_000)
    grids = parser.parse_args().grids
    print(f"{machine()}; {grids:,} grids\n")
    print("| file | MB | s | CPU s | limit, s | of the limit |\n|---|---|---|---|---|---|")
    held = line(f"CSV, {grids:,} rows of {COLUMNS} columns", lambda: comma_separated(grids), TABLE)
    held &= line(f"XLSX, {grids:,} rows of {COLUMNS} columns", lambda: workbook(grids), TABLE)
    with tempfile.TemporaryDirectory() as folder:
        environ = {"HUYING_DATA": folder, "HUYING_DEMO": "1", "HUYING_SURVEY_BASE_URL": "http://127.0.0.1:1"}
        made = settings.load("survey", "HUYING_SURVEY", environ)
        database = Database(made.database_url, db=tables)
        upgrade("survey", database)
        stored(database, grids)
        database.dispose()
        client = signed_in(create_app(made).test_client())
        for name, (path, limit) in FILES.items():
            held &= line(name, partial(_get, client, path), limit)
    return 0 if held else 1


def _get(client: FlaskClient, path: str) -> bytes:
    data: bytes = client.get(path).data
    return data


if __name__ == "__main__":
    raise SystemExit(main())
