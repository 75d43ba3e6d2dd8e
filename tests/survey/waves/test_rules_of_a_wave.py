"""The rules that a wave seals: what can't be said in them is refused, and what is kept reads back alike."""

from __future__ import annotations

from typing import Any

import pytest

from huying.base.errors import Invalid
from survey.waves.rules import wave_rules
from survey.waves.rules.wave_rules import MOST_ATTEMPTS, MOST_WORDS, WaveRules


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        ({"attempts": 0}, "未接通"),
        ({"attempts": MOST_ATTEMPTS + 1}, "未接通"),
        *(({name: -1}, "负数") for name in ("plan", "most", "windows", "days", "asked_extra", "control")),
        *(({name: -1}, "负数") for name in ("unworked", "armcap", "late", "quorum")),
        ({"late": 5}, "一起写"),
        ({"late_day": "2026-12-20"}, "一起写"),
        ({"item": "C2"}, "总分题"),
        ({"voice": "person"}, "计数单位"),
        ({"criteria": "字" * (MOST_WORDS + 1)}, "太长"),
        ({"lists": "beside"}, "名单"),
        ({"hours": "night"}, "时段"),
    ],
)
def test_what_can_t_be_said_is_refused(odd: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        WaveRules(**odd)


@pytest.mark.parametrize("attempts", [1, MOST_ATTEMPTS])
def test_as_few_and_as_many_attempts_as_there_may_be(attempts: int) -> None:
    assert WaveRules(attempts=attempts).attempts == attempts


def test_what_a_wave_keeps_reads_back_alike() -> None:
    made = WaveRules(attempts=4, late=5, late_day="2026-12-20", criteria="字" * MOST_WORDS, lists="apart")
    assert wave_rules.read(made.text()) == made
