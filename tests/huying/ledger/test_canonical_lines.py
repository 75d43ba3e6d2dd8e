"""Canonical lines: one value, one spelling."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.base.errors import Invalid
from huying.ledger import canonical

texts = st.text(st.characters(codec="utf-8"), max_size=12)
keys = st.text(st.characters(max_codepoint=127), max_size=6)
values = st.recursive(
    texts | st.integers(-canonical.LARGEST, canonical.LARGEST),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(values)
@settings(deadline=None)
def test_a_value_comes_back_from_its_line(value: object) -> None:
    text = canonical.dump(value)
    assert canonical.load(text) == value
    assert "\n" not in text


@given(st.dictionaries(keys, values, max_size=5))
@settings(deadline=None)
def test_the_order_of_keys_does_not_matter(entry: dict[str, object]) -> None:
    backwards = dict(reversed(entry.items()))
    assert canonical.line(backwards) == canonical.line(entry)


def test_the_worked_examples_entry_is_written_as_printed() -> None:
    entry = {"wave": "demo", "t": "frame", "n": 4, "root": "35", "why": "回访"}
    assert canonical.line(entry) == '{"n":4,"root":"35","t":"frame","wave":"demo","why":"回访"}'.encode()


@pytest.mark.parametrize(
    "value", [1.0, None, True, {"键": 1}, {1: 1}, 2**53, "\ud800", {"a": {"b": [b"x"]}}], ids=repr
)
def test_what_has_no_canonical_form_is_not_written(value: object) -> None:
    with pytest.raises(TypeError):
        canonical.dump(value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.5, "1.5 has no canonical form"),
        (None, "None has no canonical form"),
        (2**53, "9007199254740992 is too large for a canonical line"),
        (-(2**53), "-9007199254740992 is too large for a canonical line"),
        ({"键": 1}, "key '键' is not ASCII text"),
        ({1: 1}, "key 1 is not ASCII text"),
        ("\ud800", "a lone surrogate is no text"),
        ("a\udfff", "a lone surrogate is no text"),
        ([b"x"], "bytes has no canonical form"),
    ],
)
def test_it_is_said_what_has_no_canonical_form(value: object, said: str) -> None:
    with pytest.raises(TypeError, match=f"^{re.escape(said)}$"):
        canonical.dump(value)


@pytest.mark.parametrize("value", [2**53 - 1, 1 - 2**53, "\ud7ff\ue000", (1, 2)])
def test_the_last_that_has_one_is_written(value: object) -> None:
    assert canonical.load(canonical.dump(value)) == (list(value) if isinstance(value, tuple) else value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        '{"a": 1}',
        '{"b":1,"a":2}',
        '{"a":1,"a":1}',
        '{"a":1.0}',
        '{"a":1e3}',
        '{"a":NaN}',
        '{"a":true}',
        '"\\u4e2d"',
        "-0",
        "[1]\n",
        '"\\ud800"',
        "[" * 100_000,
        "9" * 5000,
    ],
    ids=lambda text: text[:12],
)
def test_any_other_spelling_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        canonical.load(text)
