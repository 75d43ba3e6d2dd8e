"""Addresses as people write them: one home in four spellings is still one home."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import combinations

DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
TENS = {"十": 10, "百": 100}
CHINESE = re.compile(f"[{''.join((*DIGITS, *TENS))}]+")
UNITS = re.compile(r"号楼|单元|号院|[号號栋棟幢座楼樓室房户戶层層弄院第#,.、/_\-—–~()]")
"""Words and signs between an address's numbers, which one clerk writes and the other leaves out."""

NUMBER = re.compile(r"[0-9]+")
ALIKE = 0.5
"""How alike the names of two places with the same numbers must be."""

MOST_PAIRS = 20
"""Of more homes under one address each is compared with the first alone."""

Pair = tuple[str, str]
"""Two households' codes, the smaller first."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """An address without its spelling: the letters that name the place, and its numbers in their order."""

    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Home:
    """A household as it is compared: where it lives and what tells its telephone apart, None without one."""

    code: str
    grid: str
    address: str
    phone: Hashable | None


def spelling(address: str) -> Spelling:
    """Return an address without what differs from clerk to clerk."""
    text = "".join(unicodedata.normalize("NFKC", address).casefold().split())
    text = UNITS.sub(" ", CHINESE.sub(_number, text))
    numbers = tuple(found.lstrip("0") or "0" for found in NUMBER.findall(text))
    return Spelling("".join(NUMBER.sub("", text).split()), numbers)


def plain(address: str) -> str:
    """Return an address as one text by which equal ones are found."""
    found = spelling(address)
    return f"{found.name} {'-'.join(found.numbers)}"


def is_similar(one: Spelling, other: Spelling) -> bool:
    """Whether two addresses may be one home's: the same numbers, or their last, of a like-named place."""
    short, long = sorted((one.numbers, other.numbers), key=len)
    if long[len(long) - len(short) :] != short or bool(short) != bool(long):
        return False
    if one.name in other.name or other.name in one.name:
        return True
    return SequenceMatcher(None, one.name, other.name).ratio() >= ALIKE


def twins(homes: Callable[[], Iterable[Home]]) -> dict[Pair, tuple[str, str]]:
    """Return pairs that may be one home: one address in a grid, or one telephone and a similar address.

    With each pair come its two addresses. A city's homes are looked through twice rather than kept: `homes`
    yields them anew each time.
    """
    again = _met_again(key for home in homes() for key in _keys(home))
    alike: dict[int, list[Home]] = {}
    for home in homes():
        for key in _keys(home):
            if key in again:
                alike.setdefault(key, []).append(home)
    found = {pair for several in alike.values() for pair in _pairs(sorted(several, key=_code))}
    return {
        (one.code, other.code): (one.address, other.address)
        for one, other in found
        if _may_be_one(one, other)
    }


def _met_again(keys: Iterable[int]) -> set[int]:
    met: set[int] = set()
    again: set[int] = set()
    for key in keys:
        (again if key in met else met).add(key)
    return again


def _keys(home: Home) -> Iterator[int]:
    """Yield what a home shares with another that may be the same: short, for there are many."""
    yield hash((home.grid, plain(home.address)))
    if home.phone is not None:
        yield hash(home.phone)


def _may_be_one(one: Home, other: Home) -> bool:
    first, second = spelling(one.address), spelling(other.address)
    if one.grid == other.grid and first == second:
        return True
    return one.phone is not None and one.phone == other.phone and is_similar(first, second)


def _code(home: Home) -> str:
    return home.code


def groups(pairs: Iterable[Pair]) -> list[tuple[str, ...]]:
    """Return the codes that pairs hold together, each group sorted."""
    group_of: dict[str, set[str]] = {}
    for one, other in sorted(pairs):
        joined = group_of.get(one, {one}) | group_of.get(other, {other})
        for code in joined:
            group_of[code] = joined
    return sorted({tuple(sorted(group)) for group in group_of.values()})


def resolved(merged: Mapping[str, str], code: str) -> str:
    """Return the household that a code was merged into, at the end of all merges; the code if none."""
    seen = {code}
    while (kept := merged.get(code)) is not None and kept not in seen:
        seen.add(kept)
        code = kept
    return code


def _pairs(homes: list[Home]) -> Iterator[tuple[Home, Home]]:
    if len(homes) <= MOST_PAIRS:
        yield from combinations(homes, 2)
    else:
        yield from ((homes[0], other) for other in homes[1:])


def _number(found: re.Match[str]) -> str:
    """Return a Chinese number in digits; 三〇二 is 302, 十二 is 12, 一百零一 is 101."""
    text = found[0]
    if not any(sign in TENS for sign in text):
        return "".join(str(DIGITS[sign]) for sign in text)
    total, last = 0, 1 if text[0] in TENS else 0
    for sign in text:
        if sign in TENS:
            total += (last or 1) * TENS[sign]
            last = 0
        else:
            last = DIGITS[sign]
    return str(total + last)
