"""What a number, a day and a text of the published tables may look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey.drawing import fields

MOST = 2**53 - 1


@given(st.integers(0, MOST))
def test_every_whole_number_below_2_to_the_53_is_read(number: int) -> None:
    assert fields.whole(number, name="n") == number
    assert fields.decimal(str(number), name="n") == number


@pytest.mark.parametrize("number", [0, 1, 10**15, 10**15 + 1, MOST])
def test_the_ends_of_the_range_belong_to_it(number: int) -> None:
    assert fields.whole(number, name="n", least=number) == number
    assert fields.decimal(str(number), name="n", least=number) == number


@pytest.mark.parametrize("text", [str(2**53), "1" * 17, "9" * 5000, "-1", "01", "+1", "1.0", "", "１", "1\n"])
def test_what_is_no_such_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        fields.decimal(text, name="n")


def test_a_number_below_the_least_is_refused() -> None:
    with pytest.raises(Invalid):
        fields.whole(1, name="n", least=2)
    with pytest.raises(Invalid):
        fields.decimal("1", name="n", least=2)


def test_forty_characters_of_a_wrong_number_are_shown() -> None:
    with pytest.raises(Invalid) as refused:
        fields.decimal("7" * 50, name="n")
    assert f"'{'7' * 40}'" in refused.value.message


@pytest.mark.parametrize("value", [None, 1, b"demo"])
def test_only_a_text_has_a_form(value: object) -> None:
    assert not fields.WAVE.fits(value)


@pytest.mark.parametrize("day", ["2026-02-28", "2028-02-29"])
def test_a_day_that_exists_is_read(day: str) -> None:
    assert fields.day(day) == day
    assert fields.minute(f"{day}T23:59") == f"{day}T23:59"
