"""The log names whom a second person calls back; anybody works the lots out again, and notices others."""

from __future__ import annotations

import json

import pytest

from survey.drawing import callbacks
from tests.survey.verify import bound, bundles

SALT = "ab" * 16


@pytest.fixture(scope="module")
def drawn() -> bound.Bound:
    """The honest wave with the lots of its first day, drawn by the checkpoint that sealed it."""
    b = bound.honest()
    log = b.log
    day = callbacks.sealed_days(list(enumerate(log))[: b.at("answers", 1)])[0]
    size = day.after + 1
    root = bundles.root_of(b"".join(b.files["log.txt"].splitlines(keepends=True)[:size])).hex()
    finals = [callbacks.Final(unit, "complete", by) for unit, by in day.completes]
    lot = callbacks.chosen(root, finals)
    line = callbacks.entry(after=day.after, size=size, root=root, lot=lot, more=2, s=SALT)
    b.insert(size + 1, json.loads(line))
    return b.sealed()


def failing(b: bound.Bound, folder) -> list[int]:
    status, said = bound.checked(b, folder)
    assert (status == 1) == bool(bundles.numbers(said, "FAIL")), said
    return bundles.numbers(said, "FAIL")


def test_the_lots_are_worked_out_again(drawn, tmp_path):
    status, said = bound.checked(drawn, tmp_path)
    entry = drawn.log[drawn.at("call_backs")]
    assert status == 0, said
    assert f"who was called back about an interview was drawn: {len(entry['u'])} by lot, 2 for" in said


@pytest.mark.parametrize(
    "changed",
    [
        {"u": ["H" + "0" * 13]},
        {"u": []},
        {"root": "0" * 64},
        {"after": 0},
        {"size": 9**9},
    ],
)
def test_other_lots_are_noticed_whoever_signs_them(drawn, tmp_path, changed):
    b = drawn.copy()
    b.change(b.at("call_backs"), **changed)
    assert failing(b.sealed(), tmp_path) == [26]


def test_a_later_checkpoint_than_the_day_s_first_is_noticed(drawn, tmp_path):
    b = drawn.copy()
    place = b.at("call_backs")
    entry = b.log[place]
    b.drop(place)
    later = next(i for i, each in enumerate(b.log) if each["t"] == "attempt" and each["day"].endswith("04"))
    lines = b.files["log.txt"].splitlines(keepends=True)
    root = bundles.root_of(b"".join(lines[:later])).hex()
    day = callbacks.sealed_days(list(enumerate(b.log))[: b.at("answers", 1)])[0]
    lot = callbacks.chosen(root, [callbacks.Final(unit, "complete", by) for unit, by in day.completes])
    b.insert(later + 1, entry | {"size": later, "root": root, "u": sorted(lot)})
    assert failing(b.sealed(), tmp_path) == [26]
