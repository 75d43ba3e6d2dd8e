"""Entries of a wave's end say exactly what they were given, and take no field of another form."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from huying.base.errors import Invalid
from survey.drawing import result_entries
from survey.drawing.grouped_tally import NOTHING, Score

HASH, OTHER = "ab" * 32, "cd" * 32
Made = Callable[..., bytes]
END: Mapping[str, tuple[Made, dict[str, Any], dict[str, Any]]] = {
    "late": (
        result_entries.release_made,
        {"wave": "w1", "sha256": HASH, "direct": "71.3"},
        {"t": "release_made", "wave": "w1", "sha256": HASH, "direct": "71.3"},
    ),
    "again": (
        result_entries.release_again,
        {"wave": "w1", "number": 2, "sha256": HASH, "former": OTHER, "direct": "71.3", "drop": [OTHER, HASH]},
        {"t": "release_made", "wave": "w1", "n": 2, "sha256": HASH, "former": OTHER, "direct": "71.3"}
        | {"drop": [HASH, OTHER]},
    ),
    "erased": (
        result_entries.erase,
        {"wave": "w1", "n": 0},
        {"t": "erase", "wave": "w1", "n": 0},
    ),
    "calendar": (
        result_entries.calendar,
        {"year": 1, "dates": ["2026-11-23", "2026-02-01", "2026-11-23"]},
        {"t": "calendar", "year": 1, "dates": ["2026-02-01", "2026-11-23"]},
    ),
}
NO_HASH, NO_DECIMAL = ["", HASH[1:], HASH.upper()], ["", "x", "1,5"]
WRONG: Mapping[str, Mapping[str, list[Any]]] = {
    "late": {"wave": ["", "a b"], "sha256": NO_HASH, "direct": NO_DECIMAL},
    "again": {
        "wave": ["", "a b"],
        "number": [1, 0, True, "2"],
        "sha256": NO_HASH,
        "former": NO_HASH,
        "direct": NO_DECIMAL,
        "drop": [[HASH, "x"]],
    },
    "erased": {"wave": ["", "a b"], "n": [-1, True, "1"]},
    "calendar": {"year": [0, True, "2026"], "dates": [["2026-02-30"], ["soon"]]},
}


@pytest.mark.parametrize("name", END)
def test_an_entry_says_what_it_was_given_in_canonical_bytes(name: str) -> None:
    make, given, told = END[name]
    assert json.loads(make(**given)) == told
    assert make(**given) == make(**dict(reversed(given.items())))


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        (name, field, value)
        for name, fields in WRONG.items()
        for field, values in fields.items()
        for value in values
    ],
)
def test_an_entry_takes_no_field_of_another_form(name: str, field: str, value: object) -> None:
    make, given, _told = END[name]
    with pytest.raises(Invalid):
        make(**given | {field: value})


SCORE = Score(mean="4.125", share="0.713", covered=985)


def scored(**known: str) -> dict[str, Any]:
    given = {"score": SCORE, "state": "whole", "direct": "0.713", "late": HASH, "release": OTHER} | known
    found: dict[str, Any] = json.loads(result_entries.score(**given))  # type: ignore[arg-type]
    return found


def test_a_score_says_tally_cover_and_the_releases_own_figure() -> None:
    assert scored() == {
        "t": "score", "mean": "4.125", "share": "0.713", "covered": 985, "direct": "0.713",
        "tally": "whole", "late": HASH, "release": OTHER,
    }  # fmt: skip


def test_where_there_is_no_late_replicate_or_release_a_score_says_so() -> None:
    found = scored(late=NOTHING, release=NOTHING)
    assert (found["late"], found["release"]) == (NOTHING, NOTHING)
    bare = json.loads(result_entries.score(score=SCORE, state="whole", direct="0.713"))
    assert bare == found
    for wrong in ({"late": "x"}, {"release": "x"}, {"direct": "x"}):
        with pytest.raises(Invalid):
            scored(**wrong)
