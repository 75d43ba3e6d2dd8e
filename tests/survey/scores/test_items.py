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


@pytest.mark.parametrize(
    ("answer", "whole", "partly"),
    [(1, SATISFIED, SATISFIED), (2, NOT, SATISFIED), (3, NOT, NOT), (4, NOT, NOT), (98, UNRATED, UNRATED)],
)
def test_a_matter_is_resolved_as_the_household_confirms(answer, whole, partly):
    said = read({"E4": answer})
    assert (said["resolved"], said["resolved_partly"]) == (whole, partly)
    assert read({})["resolved"] == OFF_PATH


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"A3": 1, "A4A": 2}, OFF_PATH),
        ({"A3": 1, "A4A": 1, "A4": 2}, SATISFIED),
        ({"A3": 1, "A4A": 1, "A4": 3}, NOT),
    ],
)
def test_in_either_questionnaire_reach_is_of_those_who_tried(answers, said):
    assert read(answers)["reach"] == said


def test_no_department_took_part_is_in_no_denominator_and_the_community_in_no_overall():
    assert read({"S-D": 97})["department"] == LEFT_OUT
    assert read({"A1": 3, "G1C": 5})["overall"] == OFF_PATH


@pytest.mark.parametrize(("item", "code"), [("coached", "B1A"), ("foreknowledge", "B1")])
def test_who_was_told_of_the_call_is_a_share_of_everybody_whom_the_form_asks(item, code):
    assert [read({code: answer})[item] for answer in (1, 2, 98)] == [SATISFIED, NOT, UNRATED]
    assert read({"A1": 1})[item] == LEFT_OUT
    assert DENS[item] == (ALL,)
    assert item in ABOVE_GRIDS
