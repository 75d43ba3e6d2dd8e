"""The process that opens workbooks: little memory, little time, and no word of it but what it prints."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO, Any

import huying
from huying.base.errors import Invalid, Refused
from huying.base.i18n import _, lazy
from huying.sheets.cells import Cell
from huying.sheets.sheet import WorkbookSheet
from huying.workbooks.limits import MOST_ROWS, MOST_SPOKEN, SECONDS

HOME = Path(huying.__file__).resolve().parents[1]
MADE = {"n": "number", "d": "day", "e": "error", "f": "empty formula"}
Sheets = list[WorkbookSheet]
NO_WORKBOOK = lazy("现在做不出 .xlsx 文件，请改用 CSV。")


def sheets(data: bytes, *, file: str) -> Sheets:
    """Return the sheets of a workbook, hidden ones without rows; raise Invalid where it can't be opened."""
    found: Sheets = []
    with _working("read", data) as process:
        for line in _spoken(process, file=file):
            _take(json.loads(line), found, file=file)
    if process.returncode != 0:
        raise Invalid(_("%(file)s 打不开：文件有损坏，或不是普通的表格。请另存为 CSV 再试。", file=file))
    return found


def workbook(pages: list[tuple[str, list[list[str]]]]) -> bytes:
    """Return a workbook of pages (title, rows of texts)."""
    with _working("write", json.dumps(pages).encode()) as process:
        made = _speech(process).read()
    if process.returncode != 0:
        raise Refused(NO_WORKBOOK)
    return made


def long_workbook(lines: Iterable[str]) -> IO[bytes]:
    """Return a file with the workbook of which JSON lines speak, as `huying.workbooks.long` takes them."""
    made = tempfile.TemporaryFile()  # noqa: SIM115  (whoever sends it closes it)
    with tempfile.TemporaryFile() as given:
        given.writelines(f"{line}\n".encode() for line in lines)
        given.seek(0)
        with _started("long", given, into=made) as process:
            pass
    if process.returncode != 0:
        made.close()
        raise Refused(NO_WORKBOOK)
    made.seek(0)
    return made


def _take(given: Any, found: Sheets, *, file: str) -> None:
    if isinstance(given, list):
        found[-1].rows.append((given[0], [_cell(each) for each in given[1]]))
    elif "too" in given:
        raise Invalid(_("%(file)s 超过 %(most)d 行：请分成几份。", file=file, most=MOST_ROWS))
    elif "locked" in given:
        raise Invalid(_("%(file)s 加了密码：请去掉密码，再另存一份。", file=file))
    elif "padded" in given:
        found[-1].padded = frozenset(given["padded"])
    else:
        found.append(_sheet(given))


def _sheet(given: dict[str, Any]) -> WorkbookSheet:
    return WorkbookSheet(
        given["sheet"],
        merged=[(top, left, bottom, right) for top, left, bottom, right in given.get("merged", ())],
        hidden_rows=frozenset(given.get("hidden_rows", ())),
        hidden_columns=frozenset(given.get("hidden_columns", ())),
        hidden=given.get("hidden", False),
    )


def _cell(given: Any) -> Cell:
    if given is None:
        return Cell("")
    if isinstance(given, str):
        return Cell(given)
    ((kind, value),) = given.items()
    return Cell("" if kind == "f" else value, MADE[kind])  # type: ignore[arg-type]


def _spoken(process: subprocess.Popen[bytes], *, file: str) -> Iterator[bytes]:
    """Yield the lines that the process prints; a small file may speak of one long text a million times."""
    left = MOST_SPOKEN
    while line := _speech(process).readline(left + 1):
        left -= len(line)
        if left < 0:
            raise Invalid(_("%(file)s 解开以后大得不正常，没有打开。", file=file))
        if line.endswith(b"\n"):
            yield line


def _speech(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None  # noqa: S101  (it was asked for)
    return process.stdout


@contextmanager
def _working(what: str, data: bytes) -> Iterator[subprocess.Popen[bytes]]:
    """Run the process on `data` for a block; afterwards it has ended, by itself or not."""
    with tempfile.TemporaryFile() as given:
        given.write(data)
        given.seek(0)
        with _started(what, given) as process:
            yield process


@contextmanager
def _started(
    what: str, given: IO[bytes], *, into: IO[bytes] | int = subprocess.PIPE
) -> Iterator[subprocess.Popen[bytes]]:
    # -P: nothing that lies in the working directory is taken for a module.
    command = [sys.executable, "-P", "-m", "huying.workbooks", what]
    process = subprocess.Popen(  # noqa: S603
        command, stdin=given, stdout=into, stderr=subprocess.DEVNULL, env={"PYTHONPATH": str(HOME)}
    )
    with process, _watched(process):
        yield process


@contextmanager
def _watched(process: subprocess.Popen[bytes]) -> Iterator[None]:
    watch = Timer(SECONDS, process.kill)
    watch.start()
    try:
        yield
        process.wait()
    finally:
        process.kill()
        watch.cancel()
