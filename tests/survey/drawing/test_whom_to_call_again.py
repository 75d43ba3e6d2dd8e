"""Who is called again follows from the sealed day alone: not from any list, not from the order of results."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey.drawing import callbacks
from survey.drawing.callbacks import Final, chosen

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "draw" / "callbacks.json").read_text("utf-8"))
KINDS = st.sampled_from(["complete", "refusal", "no_answer", "not_eligible"])
ROOTS = st.binary(min_size=32, max_size=32).map(bytes.hex)


@st.composite
def days(draw: st.DrawFn) -> list[Final]:
    rows = draw(
        st.lists(
            st.tuples(KINDS, st.sampled_from(["801", "802"]), st.integers(60, 900), st.booleans()),
            max_size=60,
        )
    )
    return [
        Final(f"u{n}", kind, by, seconds=seconds, even=even and kind == "complete")
        for n, (kind, by, seconds, even) in enumerate(rows)
    ]


def test_the_vectors_are_reproduced():
    assert chosen(VECTORS["checkpoint"], [Final(**each) for each in VECTORS["finals"]]) == VECTORS["chosen"]


@given(ROOTS, days(), st.randoms())
def test_the_order_of_the_results_does_not_matter(root, day, random):
    shuffled = list(day)
    random.shuffle(shuffled)
    assert chosen(root, shuffled) == chosen(root, day)


@given(ROOTS, days())
def test_of_every_interviewer_s_completes_a_tenth_is_drawn_and_never_none(root, day):
    found = chosen(root, day)
    for by in ("801", "802"):
        done = [each.unit for each in day if each.kind == "complete" and each.by == by]
        assert sum(found.get(unit) == "lot" for unit in done) == math.ceil(len(done) / 10)
    for kind in ("refusal", "no_answer", "not_eligible"):
        ended = [each.unit for each in day if each.kind == kind]
        assert sum(unit in found for unit in ended) == math.ceil(len(ended) / 10)


@given(ROOTS, days())
def test_every_even_talk_is_called_again(root, day):
    assert {each.unit for each in day if each.even} <= set(chosen(root, day))


def test_a_talk_shorter_than_nearly_all_others_is_called_again():
    day = [Final(f"u{n}", "complete", "801", seconds=300 + n) for n in range(39)]
    found = chosen("0" * 64, [*day, Final("quick", "complete", "801", seconds=40)])
    assert "quick" in found


def test_another_day_draws_others():
    day = [Final(f"u{n}", "refusal", "801") for n in range(200)]
    assert chosen("0" * 64, day) != chosen("f" * 64, day)


@pytest.mark.parametrize("root", ["", "0" * 63, "Z" * 64])
def test_what_is_no_digest_draws_nobody(root):
    with pytest.raises(Invalid):
        chosen(root, [])


def a_day(*units: str, by: str = "801") -> list[dict[str, object]]:
    calls = [{"t": "attempt", "u": unit, "by": by} for unit in units]
    return [*calls, *({"t": "final", "u": unit, "code": "complete"} for unit in units), {"t": "answers"}]


def test_a_day_of_the_log_ends_with_its_sealed_answers_and_is_drawn_once():
    log = list(enumerate([*a_day("a", "b"), *a_day("c", by="802"), *a_day("d")[:-1]], start=7))
    assert callbacks.sealed_days(log) == [
        callbacks.SealedDay(11, [("a", "801"), ("b", "801")]),
        callbacks.SealedDay(14, [("c", "802")]),
    ]
    drawn = [*log, (99, {"t": "call_backs", "after": 11})]
    assert [day.after for day in callbacks.sealed_days(drawn)] == [14]


def test_who_called_last_before_the_interview_held_it_and_other_outcomes_are_none():
    log = [
        {"t": "attempt", "u": "a", "by": "801"},
        {"t": "attempt", "u": "a", "by": "802"},
        {"t": "final", "u": "a", "code": "complete_other"},
        {"t": "attempt", "u": "a", "by": "803"},
        {"t": "final", "u": "b", "code": "refusal"},
        {"t": "answers"},
    ]
    assert callbacks.sealed_days(enumerate(log)) == [callbacks.SealedDay(5, [("a", "802")])]


GOOD = {"after": 3, "size": 4, "root": "0" * 64, "lot": ["H" * 14, "A" * 14], "more": 0, "s": "0" * 32}


def test_an_entry_names_the_lots_in_order_and_how_many_more():
    entry = json.loads(callbacks.entry(**GOOD))
    assert entry == {
        "t": "call_backs", "after": 3, "size": 4, "root": "0" * 64, "u": ["A" * 14, "H" * 14],
        "more": 0, "s": "0" * 32,
    }  # fmt: skip


@pytest.mark.parametrize(
    "changed", [{"after": -1}, {"size": 0}, {"root": "x"}, {"lot": ["h"]}, {"more": -1}, {"s": "0"}]
)
def test_a_field_of_another_form_is_refused(changed):
    with pytest.raises(Invalid):
        callbacks.entry(**GOOD | changed)
