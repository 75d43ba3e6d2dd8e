"""Sealed contacts: open for one key, in one place, whole or not at all."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huying.base.errors import Invalid
from huying.deposit import cells, sealing
from huying.deposit.tables import CellKind

PRIVATE, PUBLIC = sealing.new_keypair()
SECRET = bytes(range(32))
NUMBER = "+8613800000000"

texts = st.text(st.characters(codec="utf-8"), max_size=40)


def sealed(plaintext: str = NUMBER, *, code: str = "C1", secret: bytes = SECRET) -> str:
    return sealing.Sealer(PUBLIC, secret).seal(plaintext, table="cases", code=code, column="contact")


def opened(value: str, *, table: str = "cases", code: str = "C1", column: str = "contact") -> str:
    return sealing.Opener(PRIVATE).open(value, table=table, code=code, column=column)


@given(texts, texts)
@settings(deadline=None)
def test_what_is_sealed_opens_in_its_row(plaintext: str, code: str) -> None:
    value = sealed(plaintext, code=code)
    assert cells.fits(CellKind.SEALED, value)
    assert opened(value, code=code) == plaintext


@pytest.mark.parametrize(
    "place",
    [{"code": "C2"}, {"table": "visits"}, {"column": "address"}, {"table": "", "code": "cases\x00C1"}],
)
def test_a_sealed_contact_does_not_open_elsewhere(place: dict[str, str]) -> None:
    with pytest.raises(Invalid, match="不属于这一行"):
        opened(sealed(), **place)


def test_another_key_does_not_open_it() -> None:
    private, _ = sealing.new_keypair()
    with pytest.raises(Invalid, match="另一把公钥"):
        sealing.Opener(private).open(sealed(), table="cases", code="C1", column="contact")


def test_the_key_id_is_no_way_in() -> None:
    private, _ = sealing.new_keypair()
    other = sealing.Opener(private)
    value = other.key_id + "." + sealed().partition(".")[2]
    with pytest.raises(Invalid, match="已损坏"):
        other.open(value, table="cases", code="C1", column="contact")


def test_the_same_contact_in_the_same_row_gives_the_same_bytes() -> None:
    assert sealed() == sealed()


def test_any_other_row_contact_or_secret_gives_other_keys() -> None:
    ephemeral = {
        value.partition(".")[2][:43]
        for value in (sealed(), sealed(code="C2"), sealed(NUMBER[:-1] + "1"), sealed(secret=bytes(32)))
    }
    assert len(ephemeral) == 4


@given(st.data())
@settings(deadline=None)
def test_one_flipped_bit_is_noticed(data: st.DataObject) -> None:
    head, _, body = sealed().partition(".")
    raw = bytearray(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    # This includes the ephemeral key's top bit, which X25519 itself would overlook.
    place = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[place // 8] ^= 1 << place % 8
    altered = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    with pytest.raises(Invalid, match="已损坏"):
        opened(f"{head}.{altered}")


@pytest.mark.parametrize("cut", [1, 9, 10, 43, 60])
def test_a_cut_value_is_refused(cut: int) -> None:
    with pytest.raises(Invalid):
        opened(sealed()[:cut])


@pytest.mark.parametrize("body", ["====", "AA==", "A", "é", "AB", "A A", "AA+/"])
def test_only_one_spelling_of_base64url_is_read(body: str) -> None:
    with pytest.raises(Invalid, match="base64url"):
        opened(sealed()[:9] + body)


@pytest.mark.parametrize("text", ["", "AAAA", "not a key"])
def test_a_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        sealing.Opener(text)
    with pytest.raises(Invalid):
        sealing.Sealer(text, SECRET)


def test_a_point_that_hides_nothing_is_refused_as_recipient() -> None:
    with pytest.raises(Invalid, match="公钥"):
        sealing.Sealer("A" * 43, SECRET)


def test_a_guessable_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        sealing.Sealer(PUBLIC, b"secret")
