"""The outsider's checker accepts the published example, and names what was tampered with."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from survey import verify

EXAMPLE = Path(__file__).parents[2] / "vectors" / "draw" / "example_bundle"


@pytest.fixture
def bundle(tmp_path):
    """A copy of the example, to be tampered with."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "bundle"))


def _check(bundle, capsys) -> tuple[int, list[str]]:
    keys = [word for key in (EXAMPLE / "vkeys").read_text().split() for word in ("--key", key)]
    more = ["--quorum", "2", "--seen", str(EXAMPLE / "checkpoint.before-draw")]
    status = verify.main([str(bundle), *keys, *more, "--openings", str(bundle / "openings.tsv")])
    return status, re.findall("^FAIL ([0-9]+) ", capsys.readouterr().out, re.MULTILINE)


def _edit(path, change):
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("".join(f"{line}\n" for line in change(lines)), encoding="utf-8")


def _replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _both_beacons(bundle):
    for name in ("draw.txt", "log.txt"):
        _replace(bundle / name, "48313091275528166034", "58313091275528166034")


def _first_complete(bundle):
    _replace(bundle / "log.txt", '"code":"complete"', '"code":"noncontact"')


def _better_tally(bundle):
    def change(lines):
        rows = [line.split("\t") for line in lines]
        row = next(row for row in rows if row[1] != "0")
        row[1], row[5] = str(int(row[1]) - 1), str(int(row[5]) + 1)
        return ["\t".join(row) for row in rows]

    _edit(bundle / "tally.tsv", change)


def _other_unit(bundle):
    _edit(
        bundle / "sample.tsv",
        lambda lines: [lines[0][:-1] + ("0" if lines[0][-1] != "0" else "1"), *lines[1:]],
    )


def _other_opening(bundle):
    def change(lines):
        head, answer = lines[0].rsplit("\t", 1)
        return [f"{head}\t{1 if answer != '1' else 2}", *lines[1:]]

    _edit(bundle / "openings.tsv", change)


TAMPERINGS = {
    "a household that wasn't drawn is dropped": (
        lambda b: _edit(b / "frame.tsv", lambda lines: lines[:100] + lines[101:]),
        ["5", "9"],
    ),
    "a unit is swapped in the sample": (_other_unit, ["10"]),
    "the public value is changed in one place": (
        lambda b: _replace(b / "draw.txt", "48313091275528166034", "58313091275528166034"),
        ["8", "10", "11", "13", "14"],
    ),
    "the wave's label is changed": (
        lambda b: _replace(b / "draw.txt", "wave 2026Q4", "wave 2026Q5"),
        ["8", "10", "11", "13", "14"],
    ),
    "the public value is changed in both places": (_both_beacons, ["2", "8", "10", "11", "13", "14"]),
    "a complete interview becomes a non-contact": (_first_complete, ["2", "12", "13", "14"]),
    "an answer moves from one star to five": (_better_tally, ["15", "16"]),
    "an attempt is dropped from the log": (
        lambda b: _edit(b / "log.txt", lambda lines: lines[:50] + lines[51:]),
        ["2"],
    ),
    "the witnesses are removed": (
        lambda b: _edit(b / "checkpoint", lambda lines: lines[:5]),
        ["1"],
    ),
    "an opening is changed": (_other_opening, ["15"]),
}


def test_the_example_is_accepted(bundle, capsys):
    assert _check(bundle, capsys) == (0, [])


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_named(bundle, capsys, name):
    tamper, expected = TAMPERINGS[name]
    tamper(bundle)
    assert _check(bundle, capsys) == (1, expected)


@pytest.mark.parametrize("name", verify.LIMITS)
@pytest.mark.parametrize("damage", ["missing", "empty", "crlf", "no last LF"])
def test_a_damaged_file_never_ends_in_a_traceback(bundle, capsys, name, damage):
    path = bundle / name
    if not path.exists():
        return
    data = path.read_bytes()
    path.write_bytes(
        {"empty": b"", "crlf": data.replace(b"\n", b"\r\n"), "no last LF": data[:-1]}.get(damage, b"")
    )
    if damage == "missing":
        path.unlink()
    status, failed = _check(bundle, capsys)
    assert status == 1
    assert failed
