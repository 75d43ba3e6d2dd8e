"""What is asked for when a wave is frozen: sizes grid by grid, or a mean that is shared out."""

from __future__ import annotations

import pytest

from huying.base.errors import Invalid
from survey.waves.rules.control import ControlFinding
from survey.waves.rules.frame_scope import MOST_REST, FrameScope
from survey.waves.rules.freeze_request import FreezeRequest, SharedSizes
from survey.waves.rules.wave_rules import WaveRules

HOUSEHOLDS = {"G1": 40, "G2": 3}


def _sizes(sizes):
    request = FreezeRequest(label="w1", sizes=sizes, rules=WaveRules(), beacon_source="dice:x")
    return request.sizes_among(HOUSEHOLDS)


def test_sizes_that_were_stated_stay_as_they_are():
    assert _sizes({"G1": (10, 5)}) == {"G1": (10, 5)}


def test_a_mean_is_shared_out_and_no_grid_gives_more_than_it_has():
    assert _sizes(SharedSizes(mean=10, method="equal", replicate=5)) == {"G1": (10, 5), "G2": (3, 5)}


def test_a_method_that_is_not_there_is_refused():
    with pytest.raises(Invalid, match="分配方法"):
        _sizes(SharedSizes(mean=10, method="by_taste", replicate=5))


@pytest.mark.parametrize("rest", [-1, MOST_REST + 1])
def test_households_rest_for_a_possible_number_of_waves(rest):
    with pytest.raises(Invalid, match="最近几轮"):
        FrameScope(rest=rest)


@pytest.mark.parametrize(("result", "source"), [("perhaps", "上门"), ("true", " "), ("", "")])
def test_a_finding_has_a_known_result_and_a_source(result, source):
    with pytest.raises(Invalid):
        ControlFinding(result, source)
