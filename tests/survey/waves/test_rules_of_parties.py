"""A digest says what it is, so that no part is taken for it; two readings agree or name where they don't."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Invalid
from survey.drawing import parts, thrown_part
from survey.waves.rules import dice_pad, parties
from tests.conftest import NOW
from tests.support.later import dice_at

PARTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
SOURCE = "dice:2026-12-01T10:00+08:00,20d10"


@given(PARTS)
def test_a_digest_is_read_as_it_was_written_and_its_part_never_is(part):
    digest = parts.seal(part)
    written = parties.digest_text(digest)
    assert parties.digest_of(f" {written[:20].upper()} {written[20:]}\n") == digest
    for mistaken in (part, digest, part.upper(), f"sha256 {digest}"):
        with pytest.raises(Invalid, match="可能是份额本身"):
            parties.digest_of(mistaken)


@given(st.text("0123456789", max_size=30), st.text("0123456789", max_size=30))
def test_two_readings_agree_exactly_if_no_place_differs(first, second):
    places = parties.differences(first, second)
    assert (places == []) == (first == second)
    for at in range(max(len(first), len(second))):
        assert (at in places) == (first[at : at + 1] != second[at : at + 1])
    if first == second:
        assert parties.check_agree(first, second) == first
        return
    with pytest.raises(Invalid, match=f"第 {places[0] + 1}"):
        parties.check_agree(first, second)


@given(st.text("0123456789abcdef", max_size=70), st.integers(1, 9))
def test_groups_are_the_text(text, size):
    groups = parties.grouped(text, size)
    assert "".join(groups) == text
    assert all(len(group) == size for group in groups[:-1])


@given(st.timedeltas(timedelta(minutes=1), timedelta(60)))
def test_a_link_for_a_digest_ends_with_the_event_at_the_latest(until):
    event = (NOW + until).replace(microsecond=0)
    ends = parties.expires_at(parties.SEAL, source=dice_at(event), now=NOW)
    assert ends == min(event, NOW + parties.LIFE)
    assert parties.expires_at(parties.OPEN, source=dice_at(event), now=NOW) == NOW + parties.LIFE


@given(st.lists(st.sampled_from([*"0123456789", "back", "x", "12", ""]), max_size=60))
def test_a_pad_holds_at_most_its_dice_and_only_digits(pressed):
    pad = dice_pad.of_source(SOURCE)
    assert pad is not None
    for key in pressed:
        before, pad = pad, pad.pressed(key)
        assert len(pad.first) - len(before.first) in {-1, 0, 1}
        assert pad.second == ""
    assert len(pad.first) <= 20
    assert set(pad.first) <= set("0123456789")
    assert pad.phase == ("read" if len(pad.first) == 20 else "first")


@given(st.text("0123456789", min_size=20, max_size=20), st.text("0123456789", min_size=20, max_size=20))
def test_a_second_entry_is_typed_blindly_and_must_agree(first, second):
    pad = dice_pad.of_source(SOURCE, first=first, read=True)
    assert pad is not None
    for key in second:
        assert pad.phase == "second"
        assert first not in "".join(pad.groups)
        pad = pad.pressed(key)
    assert pad.phase == ("agree" if first == second else "differ")
    assert pad.wrong == [at + 1 for at in parties.differences(first, second)]


@given(st.text(max_size=30), st.text(max_size=30), st.booleans())
def test_an_odd_address_gives_an_empty_pad_or_a_true_one(first, second, read):
    pad = dice_pad.of_source("dice:2026-12-01T10:00+08:00,26d6", first=first, second=second, read=read)
    assert pad is not None
    assert pad.first in {first, ""}
    assert set(pad.first + pad.second) <= set("123456")


def test_other_sources_have_no_pad():
    assert dice_pad.of_source("lottery:ssq,1,2026-12-01T10:00+08:00") is None


@given(st.text("123456", min_size=50, max_size=80) | st.text("0123456789", min_size=50, max_size=80))
def test_a_part_from_dice_is_the_digest_of_the_digits_as_anybody_computes_it(thrown):
    spaced = " ".join(thrown[at : at + 5] for at in range(0, len(thrown), 5))
    assert thrown_part.part_of(spaced) == sha256(thrown.encode()).hexdigest()


@pytest.mark.parametrize("thrown", ["", "1" * 49, "0" * 38, "1" * 60 + "x", "１" * 60])
def test_too_few_dice_or_other_signs_make_no_part(thrown):
    with pytest.raises(Invalid):
        thrown_part.part_of(thrown)
