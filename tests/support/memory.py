"""What a running process holds in memory: whether some bytes are in it."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path

LINE = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (r\S+) \S+ \S+ \S+\s*(\S*)")
KERNELS = ("[vvar", "[vsyscall")


def group_of(leader: int) -> list[int]:
    """Return the processes of a group: a server and its workers."""
    found = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdecimal()]
    return [pid for pid in found if _group(pid) == leader]


def _group(pid: int) -> int:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return 0


def held(pid: int, needles: Collection[bytes]) -> set[bytes]:
    """Return which needles a process holds."""
    return {needle for block in _blocks(pid) for needle in needles if needle in block}


def _blocks(pid: int) -> Iterator[bytes]:
    maps = Path(f"/proc/{pid}/maps").read_text(encoding="utf-8")
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for start, end, _rights, name in LINE.findall(maps):
            if not name.startswith(KERNELS):
                yield from _block(memory, int(start, 16), int(end, 16))


def _block(memory, start: int, end: int) -> Iterator[bytes]:
    try:
        memory.seek(start)
        yield memory.read(end - start)
    except (OSError, ValueError, OverflowError):
        return  # a page that only the kernel reads
