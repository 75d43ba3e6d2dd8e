"""docs/asvs.md has every requirement of levels 1 and 2 of ASVS 5.0.0, and evidence that exists."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "asvs.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+)\.(\d+)\.(\d+) \| ([12]) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
DEFINED = dict(re.findall(r"^\[([^\]]+)\]: (\S+)$", TEXT, re.MULTILINE))
OF_LEVEL = {"1": 70, "2": 183}
"""How many the standard itself counts."""
BY_CHAPTER = (27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7)


def test_no_requirement_is_missing_or_there_twice():
    rows = ROW.findall(TEXT)
    assert Counter(level for *_number, level, _asked, _here, _by in rows) == OF_LEVEL
    assert len({tuple(number) for *number, _level, _asked, _here, _by in rows}) == len(rows)
    by_chapter = Counter(int(chapter) for chapter, *_rest in rows)
    assert tuple(by_chapter[chapter] for chapter in range(1, 18)) == BY_CHAPTER
    assert len(rows) == sum(
        line.startswith(("| 1", "| 2", "| 3", "| 4", "| 5", "| 6", "| 7", "| 8", "| 9"))
        for line in TEXT.splitlines()
    )


def test_every_line_is_met_with_evidence_or_says_what_is_not_so():
    for chapter, section, number, _level, _asked, here, by in ROW.findall(TEXT):
        name = f"{chapter}.{section}.{number}"
        assert here.startswith(("**Met**", "**Exception**: ", "**None here**")), name
        assert by != "–" or not here.startswith("**Met**"), name
        assert all(shown in DEFINED for shown in re.findall(r"\[([^\]]+)\]", by)), name


def test_what_is_named_as_evidence_exists_and_is_used():
    assert [name for name, place in DEFINED.items() if not (DOCS / place).exists()] == []
    used = {shown for *_row, by in ROW.findall(TEXT) for shown in re.findall(r"\[([^\]]+)\]", by)}
    assert set(DEFINED) - used == set()
    files = {word for *_row, by in ROW.findall(TEXT) for word in re.findall(r"`([^` ]+)`", by) if "/" in word}
    assert [name for name in files if not list(DOCS.parent.glob(name.removesuffix("/")))] == []
