"""docs/licences.md names every library that comes along, with its version and its licence."""

from __future__ import annotations

import re

from bench import licences

ROW = re.compile(r"^\| ([\w.-]+) \| (\S+) \| (.*) \|$", re.MULTILINE)


def _rows(page: str) -> set[tuple[str, str, str]]:
    return {row for row in ROW.findall(page) if row[0] != "library"}


def test_what_is_installed_here_stands_on_the_page():
    # Another Python or machine needs a few less or others beside them; none may be missing.
    assert _rows(licences.page()) <= _rows(licences.PAGE.read_text(encoding="utf-8"))


def test_no_licence_is_left_open_and_none_of_the_programs_own_is_strong_copyleft():
    page = licences.page()
    assert [name for name, _version, licence in _rows(page) if not licence.strip()] == []
    brought = page.partition("## The tests alone")[0]
    assert [row for row in _rows(brought) if re.search(r"\bA?GPL", row[2])] == []
