"""Who is called again follows from the sealed day alone: not from any list, not from the order of results."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
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
