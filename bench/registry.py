"""The import of 200,000 households on both databases beside bare inserts, and of a workbook of 30,000 rows.

Prints Markdown.
"""

from __future__ import annotations

import csv
import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from sqlalchemy import text
from sqlalchemy.orm import Session

from huying.base.area_names import AreaNames
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.registry.operations import registry
from survey.registry.rules import file as registry_file
from tests.support import postgres

HOUSEHOLDS, GRIDS = 200_000, 400
HEADING = ("户编号", "网格编号", "地址", "电话", "电话来源", "电话登记日期", "登记人", "成年人电话")
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
FILE, WORKBOOK, ROLE = "households.csv", "households.xlsx", "huying_survey"
SHEET_ROWS = 30_000
INSERTS = (
    "INSERT INTO household (code, grid_code, address, row_hash, changed_at) VALUES (?, ?, ?, ?, ?)",
    """INSERT INTO household_number (household_code, sealed, blind_index, source, source_date, source_by,
    recorded_at, position) VALUES (?, ?, ?, ?, ?, ?, ?, ?)""",
    "INSERT INTO household_adult (household_code, position, sealed, blind_index) VALUES (?, ?, ?, ?)",
)
MOST = "VmHWM:"
"""The most memory that a program ever had, as Linux tells it; a child's count begins anew."""


def _households() -> Iterator[tuple[str, ...]]:
    """Yield households of one number each and of no, one or two adults with their own."""
    for number in range(HOUSEHOLDS):
        grid = number % GRIDS
        adults = ";".join(f"+9991{place + 1}{number:08d}" for place in range(number % 3))
        address = f"云川市春街道第{grid}网格春一路{number // GRIDS}号{number % 29 + 1}室"
        phone = f"+9991{number:08d}"
        yield (f"H{number:07d}", f"G{grid:04d}", address, phone, "物业登记", "2026-05-01", "名册员", adults)


def _write_workbook(path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("名册")
    for row in [("云川市住户名册",), HEADING, *islice(_households(), SHEET_ROWS), ("合计", "", SHEET_ROWS)]:
        sheet.append(row)
    book.save(path)


def _write(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADING)
        writer.writerows(_households())


def _ours(url: str, folder: Path) -> int:
    """Import the file as the command line does; return how many rows were written."""
    return _applied(url, folder, FILE)


def _sheet(url: str, folder: Path) -> int:
    """Import the workbook as the command line does."""
    return _applied(url, folder, WORKBOOK)


def _applied(url: str, folder: Path, file: str) -> int:
    vault = Vault(Keyring(folder / "keys"))
    data = (folder / file).read_bytes()
    grids = AreaNames.of((f"G{number:04d}", f"第{number}网格") for number in range(GRIDS))
    stated = registry_file.read(data, file=file, allowed="invented", grids=grids)
    del data
    database = Database(url)
    with database.transaction() as session:
        before = _writes(session)
        registry.apply(session, stated, vault=vault, by="bench", now=NOW)
        written = _writes(session) - before
    database.dispose()
    return written


def _writes(session: Session) -> int:
    """Count the rows written by this connection; on PostgreSQL 1 for any, as only a writer has a number."""
    if session.get_bind().dialect.name == "sqlite":
        driver: Any = session.connection().connection.driver_connection
        return int(driver.total_changes)
    return int(session.scalar(text("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")))


def _bare(url: str, folder: Path) -> int:
    """Read the file with csv and insert the same rows with the driver: nothing checked, sealed, compared."""
    database = Database(url)
    tables = _read(folder / FILE)
    with database.transaction() as session:
        sqlite = session.get_bind().dialect.name == "sqlite"
        cursor = session.connection().connection.cursor()
        for statement, rows in zip(INSERTS, tables, strict=True):
            cursor.executemany(statement if sqlite else statement.replace("?", "%s"), rows)
    database.dispose()
    return sum(map(len, tables))


def _read(path: Path) -> tuple[list[Any], list[Any], list[Any]]:
    now = str(NOW.replace(tzinfo=None))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    homes = [(code, grid, address, "0" * 32, now) for code, grid, address, *_ in rows]
    numbers = [
        (code, phone.encode(), phone.encode()[:16], source, day, by, now, 1)
        for code, _, _, phone, source, day, by, _ in rows
    ]
    adults = [
        (row[0], place, number.encode(), number.encode()[:16])
        for row in rows
        for place, number in enumerate(filter(None, row[7].split(";")), start=1)
    ]
    return homes, numbers, adults


WORK = {"bare": _bare, "ours": _ours, "sheet": _sheet}


def _child(what: str, url: str, folder: str) -> None:
    """Do one piece of work and print its seconds, most MiB of memory, and rows written."""
    begin = time.perf_counter()
    written = WORK[what](url, Path(folder))
    seconds = time.perf_counter() - begin
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(MOST))
    told = {"seconds": seconds, "cpu": _cpu(), "peak": int(peak.split()[1]) // 1024, "written": written}
    print(json.dumps(told))


def _cpu() -> float:
    """Return the seconds of CPU of this process and of those that it started, such as a workbook's reader."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _measured(what: str, url: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.registry", what, url, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  (our own words)
    return dict(json.loads(done.stdout))


def _engine(engine: str, folder: Path, *, address: Callable[[], str]) -> Iterator[str]:
    """Yield the lines of one database's table."""
    bare = _measured("bare", _empty(address()), folder)
    url = _empty(address())
    other = _empty(address())
    yield _line(engine, "csv and executemany", bare, bare)
    for what, name, where in (
        ("ours", "first import", url),
        ("ours", "the same file again", url),
        ("sheet", f"{SHEET_ROWS:,} rows of XLSX", other),
        ("sheet", "the same XLSX again", other),
    ):
        yield _line(engine, name, _measured(what, where, folder), bare)


def _line(engine: str, name: str, result: dict[str, Any], bare: dict[str, Any]) -> str:
    ratio, wrote = result["seconds"] / bare["seconds"], "yes" if result["written"] else "no"
    numbers = f"{result['seconds']:.1f} | {result['cpu']:.1f} | {ratio:.2f} | {result['peak']}"
    return f"| {engine} | {name} | {numbers} | {wrote} |"


def _empty(url: str) -> str:
    database = Database(url)
    upgrade("survey", database)
    database.dispose()
    return url


def main() -> None:
    """Make the file, import it on both databases, each time in a process of its own; print a table."""
    with tempfile.TemporaryDirectory() as name, postgres.cluster(durable=True) as cluster:
        folder, numbers = Path(name), count()
        _write(folder / FILE)
        _write_workbook(folder / WORKBOOK)
        size = (folder / FILE).stat().st_size // 2**20
        print(f"Python {platform.python_version()}, {HOUSEHOLDS:,} households, {GRIDS} grids, {size} MiB\n")
        print("| database | what | s | CPU s | ratio | most MiB | wrote |\n|---|---|---|---|---|---|---|")
        addresses: dict[str, Callable[[], str]] = {
            "SQLite": lambda: f"sqlite:///{folder}/{next(numbers)}.db",
            "PostgreSQL": lambda: cluster.url(cluster.create(ROLE), ROLE),
        }
        for engine, address in addresses.items():
            for line in _engine(engine, folder, address=address):
                print(line, flush=True)


if __name__ == "__main__":
    _child(*sys.argv[1:]) if len(sys.argv) > 1 else main()
