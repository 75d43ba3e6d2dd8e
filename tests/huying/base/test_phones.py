"""Numbers: read as people write them, masked where people see them, sealed where they rest."""

from __future__ import annotations

import pytest

from huying.base import phones
from huying.base.errors import Invalid, Refused


def test_full_width_digits_are_read():
    assert phones.parse("１３８００１３８０００") == "+8613800138000"


@pytest.mark.parametrize("text", ["", "abc", "12", "0", "+99912345678"])
def test_what_is_no_number_is_refused_in_plain_words(text):
    with pytest.raises(Invalid, match="号码"):
        phones.parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("无", "没有写号码"),
        ("13800138000、13900139000", "只能写一个号码"),
        ("021-55551234转801", "记不下分机号"),
    ],
)
def test_a_field_for_one_number_takes_exactly_one_and_no_extension(text, sentence):
    with pytest.raises(Invalid, match=sentence):
        phones.parse(text)


def test_invented_numbers_are_read_in_demonstrations_only():
    assert phones.parse("+999 1 0000 0001", allowed="invented") == "+999100000001"


def test_a_sealed_number_opens_at_its_own_place_only(vault):
    number = "+8613800138000"
    sealed = vault.seal(number, where="contact.sealed:1")
    assert number.encode() not in sealed
    assert vault.open(sealed, where="contact.sealed:1") == number
    with pytest.raises(Refused, match="密文"):
        vault.open(sealed, where="contact.sealed:2")


def test_indexes_of_two_purposes_cannot_be_joined(vault):
    assert vault.index("+8613800138000", purpose="case") != vault.index("+8613800138000", purpose="staff")
    assert vault.index("+8613800138000", purpose="case") == vault.index("+8613800138000", purpose="case")


def test_only_the_last_four_digits_are_shown():
    assert phones.masked("+8613800138000") == "••• 8000"


def test_an_extension_is_shown_behind_its_number_and_never_taken_for_it():
    number = "+862155551234;ext=801"
    assert phones.pretty(number) == "021 5555 1234 转 801"
    assert phones.masked(number) == "••• 1234"


def test_a_log_line_loses_its_numbers():
    assert "13800138000" not in phones.redact("calling 13800138000 now")
    assert phones.redact("calling +86 138 0013-8000 now") == "calling [号码] now"
    for line in ("case 42 at 10:00", "2026-11-23 02:00:00,123 [4711] ERROR"):
        assert phones.redact(line) == line
