"""Numbers: read as people write them, masked where people see them, sealed where they rest."""

from __future__ import annotations

import hmac

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
        ("13800138000、13800000001", "只能写一个号码"),
        ("021-55551234转801", "记不下分机号"),
    ],
)
def test_a_field_for_one_number_takes_exactly_one_and_no_extension(text, sentence):
    with pytest.raises(Invalid, match=sentence):
        phones.parse(text)


def test_invented_numbers_are_read_in_demonstrations_only():
    assert phones.parse("+999 1 0000 0001", allowed="invented") == "+999100000001"


def test_a_real_number_is_read_in_demonstrations_too_and_an_invented_one_nowhere_else():
    assert phones.parse("010-1234 5678", allowed="invented") == "+861012345678"
    with pytest.raises(Invalid):
        phones.parse("+999 1 0000 0001", allowed="real")


def test_a_number_without_its_country_is_of_the_region_that_is_served():
    assert phones.parse("23456789", region="HK") == "+85223456789"
    assert phones.parse("0044 20 7946 0958") == phones.parse("+44 20-7946-0958") == "+442079460958"


@pytest.mark.parametrize(
    ("number", "kind", "pretty"),
    [
        ("+8613800138000", "mobile", "138 0013 8000"),
        ("+861012345678", "landline", "010 1234 5678"),
        ("+99910000001", "mobile", "+999 1000 0001"),
        ("+99921000001", "landline", "+999 2100 0001"),
        ("+99920000001234", "landline", "+999 2000 0001234"),
    ],
)
def test_a_number_is_mobile_or_not_and_written_as_people_write_it(number, kind, pretty):
    assert phones.kind(number) == kind
    assert phones.pretty(number) == pretty


@pytest.mark.parametrize("short", ["12345", "57200"])
def test_a_short_code_is_written_as_it_is(short):
    assert phones.pretty(short) == short


def test_a_sealed_number_opens_at_its_own_place_only(vault):
    number = "+8613800138000"
    sealed = vault.seal(number, where="contact.sealed:1")
    assert number.encode() not in sealed
    assert vault.open(sealed, where="contact.sealed:1") == number
    with pytest.raises(Refused, match="密文") as refused:
        vault.open(sealed, where="contact.sealed:2")
    assert refused.value.status == 500


def test_a_seal_is_its_key_a_fresh_nonce_and_what_only_that_key_opens(vault):
    number = "+8613800138000"
    seals = {vault.seal(number, where="here") for _ in range(20)}
    assert {seal[:1] for seal in seals} == {b"1"}
    assert {len(seal) for seal in seals} == {1 + 12 + len(number) + 16}
    assert len({seal[1:13] for seal in seals}) == 20
    seal = seals.pop()
    opened = AESGCM(vault.keys.raw("contacts")).decrypt(seal[1:13], seal[13:], b"here")
    assert opened.decode() == number


@given(place=st.integers(1, 42), bit=st.integers(0, 7))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_seal_of_which_one_bit_is_another_does_not_open(vault, place, bit):
    seal = bytearray(vault.seal("+8613800138000", where="here"))
    seal[place] ^= 1 << bit
    with pytest.raises(Refused, match="密文"):
        vault.open(bytes(seal), where="here")


def test_an_index_is_sixteen_bytes_of_a_keyed_digest(vault):
    key = vault.keys.raw("index-case")
    digest = hmac.digest(key, b"+8613800138000", "sha256")
    assert vault.index("+8613800138000", purpose="case") == digest[:16]


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
