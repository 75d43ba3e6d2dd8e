"""docs/kept.md, written from the registers of both sides: `python -m tests.support.kept_register`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from feedback.side import SIDE as FEEDBACK
from huying.base import i18n
from huying.side.side import Side
from survey.side import SIDE as SURVEY

FILE = Path(__file__).parents[2] / "docs" / "kept.md"
HEAD = """# What is kept of people, why and how long

Each side shows its own register on `/kept`. Where a time is given, the background work deletes; \
`huying feedback erase` and `huying survey erase` delete, as the owner of the tables, \
what rows that are never changed hold ([operating](operating.md)).
"""


def lines(side: Side) -> Iterator[str]:
    """Yield a table of a side's register."""
    yield from ("| what | why | how long | where |", "|---|---|---|---|")
    for kind in side.register:
        where = " ".join(f"`{name}`" for name in kind.columns)
        yield f"| {kind.what} | {kind.why} | {kind.how_long} | {where} |"


def text() -> str:
    """Return what the file says."""
    with i18n.speaking("en"):
        parts = [
            f"## {title}\n\n" + "\n".join(lines(side)) + "\n"
            for title, side in (("Public side", FEEDBACK), ("Independent side", SURVEY))
        ]
    return "\n".join([HEAD, *parts])


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
