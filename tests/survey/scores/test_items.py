"""What an interview says to each item: who counts, and who counts as a yes."""

from __future__ import annotations

import pytest

from survey.scores.rules.columns import LEFT_OUT, NOT, OFF_PATH, SATISFIED, UNRATED
from survey.scores.rules.items import ABOVE_GRIDS, DENS, read
from survey.scores.rules.pipeline import ALL


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"A1": 1, "A2": (1, 8)}, SATISFIED),
        ({"A1": 1, "A2": (7, 8)}, NOT),
        ({"A1": 1, "A2": (9,)}, NOT),
        ({"A1": 2, "A2": (1,)}, NOT),
        ({"A1": 3}, NOT),
        ({"A1": 99}, NOT),
        ({}, LEFT_OUT),
    ],
)
def test_to_be_aware_is_to_know_of_the_worker_and_name_a_duty(answers, said):
    assert read(answers)["awareness"] == said


@pytest.mark.parametrize(
    ("answer", "said"),
    [(1, SATISFIED), (2, SATISFIED), (3, NOT), (4, OFF_PATH), (98, UNRATED), (None, OFF_PATH)],
)
def test_reach_is_of_those_who_tried(answer, said):
    assert read({} if answer is None else {"A4": answer})["reach"] == said


@pytest.mark.parametrize(("item", "code"), [("coached", "B1A"), ("foreknowledge", "B1")])
def test_who_was_told_of_the_call_is_a_share_of_everybody_whom_the_form_asks(item, code):
    assert [read({code: answer})[item] for answer in (1, 2, 98)] == [SATISFIED, NOT, UNRATED]
    assert read({"A1": 1})[item] == LEFT_OUT
    assert DENS[item] == (ALL,)
    assert item in ABOVE_GRIDS
