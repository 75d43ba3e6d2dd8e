"""Sheets of a thousand posters and of twenty thousand: codes, setting and reading back, each apart. Markdown.

python bench/posters.py [--sheets 1000 20000]
"""

from __future__ import annotations

import argparse
import resource
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from bench.contest import machine
from feedback import codes
from feedback.posters.press import printing, proof, sheets
from feedback.posters.press.proof import Expected
from feedback.posters.press.sheets import PosterRow, Sheet
from feedback.posters.rules import qr
from huying.press import font

BASE = "https://hy.example.cn"
A_FILE = 1000
GOALS = {1000: "≤ 10 s, ≤ 250 MB, ≤ 5 MB", 20_000: "≤ 150 s, ≤ 500 MB"}
SHEET = Sheet(BASE, "a4", "zh", date(2026, 11, 23))


@dataclass(frozen=True)
class Cost:
    """What a step took: CPU seconds, and the peak memory of its largest process in MB."""

    cpu: float
    memory: float


def rows(count: int) -> list[PosterRow]:
    """Return posters with random codes."""
    return [
        PosterRow(
            code=codes.new_poster_code(),
            dial_code=codes.new_dial_code(),
            place=f"{number % 60 + 1}号楼{number % 4 + 1}单元大厅",
            area=f"和平里社区第{number % 12 + 1}网格",
            office="和平里社区居委会（虚构）",
            office_number="+99921000001",
            call_in="12345",
            serial=number,
        )
        for number in range(count)
    ]


def files(listed: Sequence[PosterRow]) -> Iterator[Sequence[PosterRow]]:
    """Yield what goes into one file each: a community's thousand."""
    for start in range(0, len(listed), A_FILE):
        yield listed[start : start + A_FILE]


def draw(listed: Sequence[PosterRow], *, mask: int | None) -> int:
    """Draw every symbol, as sheets do; return the bytes of the drawings."""
    return sum(len(qr.svg(BASE, row.code, mask=mask)) for row in listed)


def lay_out(listed: Sequence[PosterRow], folder: Path) -> int:
    """Write all files; return their bytes. Symbols are drawn within."""
    chosen, size = font.find(), 0
    for number, part in enumerate(files(listed)):
        pdf = printing.apart(partial(sheets.posters, part, SHEET, font=chosen))
        (folder / f"{number}.pdf").write_bytes(pdf)
        size += len(pdf)
    return size


def read_back(listed: Sequence[PosterRow], folder: Path) -> int:
    """Read every sheet back against its row; return the symbols read."""
    read = 0
    for number, part in enumerate(files(listed)):
        expected = [Expected((row.code,), (row.dial_code,)) for row in part]
        read += proof.prove((folder / f"{number}.pdf").read_bytes(), expected, base_url=BASE).read
    return read


def apart(step: Callable[[], int]) -> tuple[Cost, int]:
    """Carry a step out in a process of its own, whose memory is its alone."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(_measured, step).result()


def _measured(step: Callable[[], int]) -> tuple[Cost, int]:
    found = step()
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in used)
    return Cost(cpu, max(each.ru_maxrss for each in used) / 1000), found


def main() -> None:
    """Print a table for each size."""
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--sheets", type=int, nargs="+", default=[1000, 20_000])
    print(f"{machine()}\n")
    print("| sheets | step | CPU s | peak MB | | goal |\n|---|---|---|---|---|---|")
    for count in given.parse_args().sheets:
        listed = rows(count)
        with tempfile.TemporaryDirectory() as place:
            best, _bytes = apart(partial(draw, listed, mask=None))
            fixed, _bytes = apart(partial(draw, listed, mask=qr.MASK))
            laid, size = apart(partial(lay_out, listed, Path(place)))
            proven, read = apart(partial(read_back, listed, Path(place)))
        line = "| {:,} | {} | {:.1f} | {:.0f} | {} | {} |".format
        print(line(count, "codes, best mask", best.cpu, best.memory, "", ""))
        print(line(count, "codes, fixed mask", fixed.cpu, fixed.memory, "", ""))
        print(line(count, "sheets with their codes", laid.cpu, laid.memory, f"{size / 1e6:.1f} MB", ""))
        print(line(count, "sheets without codes", laid.cpu - best.cpu, laid.memory, "", GOALS.get(count, "")))
        print(line(count, "read back", proven.cpu, proven.memory, f"{read:,} symbols", ""))


if __name__ == "__main__":
    main()
