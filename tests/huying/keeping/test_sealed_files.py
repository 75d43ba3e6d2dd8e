"""A sealed file opens with one key, whole, or not at all."""

from __future__ import annotations

import io

import pytest

from huying.base.errors import Invalid
from huying.deposit.sealing import new_keypair
from huying.keeping import envelope
from huying.keeping.envelope import Envelope, OpenedEnvelope

PRIVATE, PUBLIC = new_keypair()


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(envelope, "BLOCK", 8)


def sealed(data: bytes) -> bytes:
    target = io.BytesIO()
    writer = Envelope(target, PUBLIC)
    for start in range(0, len(data), 5):
        writer.write(data[start : start + 5])
    writer.finish()
    return target.getvalue()


def opened(data: bytes, private: str = PRIVATE) -> bytes:
    reader, found = OpenedEnvelope(io.BytesIO(data), private), b""
    while part := reader.read(3):
        found += part
    return found


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 16, 40])
def test_what_was_written_is_read_again(size):
    data = bytes(range(size))
    assert opened(sealed(data)) == data


def test_nothing_of_it_stands_in_clear():
    assert b"secrets!" not in sealed(b"secrets!" * 3)


@pytest.mark.parametrize("end", range(1, 80, 3))
def test_a_file_that_was_cut_off_does_not_open(end):
    whole = sealed(bytes(40))
    with pytest.raises(Invalid):
        opened(whole[:-end])


def test_blocks_that_changed_places_do_not_open():
    whole = sealed(bytes(40))
    block, head = 8 + envelope.TAG, len(whole) - 5 * (8 + envelope.TAG)
    parts = [whole[head + n * block : head + (n + 1) * block] for n in range(5)]
    with pytest.raises(Invalid):
        opened(whole[:head] + b"".join([parts[1], parts[0], *parts[2:]]))


def test_one_changed_bit_is_noticed():
    whole = bytearray(sealed(bytes(40)))
    whole[-30] ^= 1
    with pytest.raises(Invalid):
        opened(bytes(whole))


def test_another_key_opens_nothing():
    with pytest.raises(Invalid):
        opened(sealed(b"abc"), new_keypair()[0])


def test_what_is_no_public_key_is_refused():
    with pytest.raises(Invalid):
        Envelope(io.BytesIO(), "not-a-key")
