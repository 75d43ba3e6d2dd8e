"""A name that tells when something happened, sorts by it, and is never given twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from huying.base.ulids import ALPHABET, new_ulid

AT = datetime(2026, 11, 23, 2, 0, 0, 123_000, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


def told(name: str) -> int:
    """Return the milliseconds since 1970 that the first ten of its symbols say."""
    number = 0
    for symbol in name[:10]:
        number = number * 32 + ALPHABET.index(symbol)
    return number


def test_a_name_is_twenty_six_symbols_of_crockfords_alphabet() -> None:
    assert ALPHABET == "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    name = new_ulid(AT)
    assert len(name) == 26
    assert set(name) <= set(ALPHABET)
    assert name[0] <= "7"


def test_it_says_the_millisecond() -> None:
    assert told(new_ulid(AT)) == int(AT.timestamp()) * 1000 + 123


def test_what_happens_a_millisecond_later_sorts_behind() -> None:
    for _ in range(50):
        assert new_ulid(AT) < new_ulid(AT + MILLISECOND)


def test_no_two_of_one_instant_are_alike_in_any_part_of_their_chance() -> None:
    names = [new_ulid(AT) for _ in range(200)]
    assert len(set(names)) == 200
    for place in range(10, 26):
        assert len({name[place] for name in names}) > 16
