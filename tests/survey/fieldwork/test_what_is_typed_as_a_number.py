"""A number that is typed is read in any digits, and is none where nobody counts so far."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.fieldwork.rules.typed import LONGEST, whole


@given(st.integers(0, 10**LONGEST - 1))
def test_whole_numbers_are_read(number: int) -> None:
    assert whole(f" {number} ") == number


@given(st.text())
def test_whatever_is_typed_is_a_number_or_none(text: str) -> None:
    found = whole(text)
    assert found is None or 0 <= found < 10**LONGEST


@pytest.mark.parametrize(
    ("text", "number"),
    [("３", 3), ("٣", 3), ("", None), ("-1", None), ("1.0", None), ("²", None), ("9" * 5000, None)],
)
def test_digits_of_any_script_count_and_nothing_else(text: str, number: int | None) -> None:
    assert whole(text) == number
