"""What stands in tables beside the data, and how words are compared: data in words.toml, read once."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from huying.sheets.cells import narrow, plain

COUNT = r"[:：]?[0-9,.]*[户人条个栋家]?"
PAGE = re.compile(r"(第[0-9]+页)?[,，/]?(共[0-9]+页)?", re.ASCII)
DROPPED = str.maketrans("", "", " \t\r\n*:")
ENDINGS = "0123456789一二三四五"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(resources.files(__package__).joinpath("words.toml").read_text("utf-8"))


@cache
def _simplified() -> dict[int, str]:
    return {ord(pair[0]): pair[1] for pair in _words()["traditional"].split()}


@cache
def _totals() -> re.Pattern[str]:
    return re.compile(rf"({'|'.join(_words()['totals'])}){COUNT}")


@cache
def _beginnings() -> re.Pattern[str]:
    signed, notes = "|".join(_words()["signed"]), "|".join(_words()["notes"])
    return re.compile(
        rf"({signed})([(（].*?[)）])?([:：].*|)|({notes})([0-9一二三四五]?[:：、.].*|)", re.DOTALL
    )


def simple(text: str) -> str:
    """Return a text half-width, without blanks, in simplified signs."""
    return "".join(narrow(plain(text)).translate(_simplified()).split())


@lru_cache(maxsize=4096)
def key(text: str) -> str:
    """Return a heading without what doesn't matter: blanks, marks of need, colons, brackets, capitals."""
    bare = simple(text).translate(DROPPED).lower()
    return bare.partition("(")[0] or bare.strip("()")


def stem(word: str) -> str:
    """Return a heading's key without the number at its end: 电话 for 电话2."""
    return word.rstrip(ENDINGS)


def is_total(text: str) -> bool:
    """Tell a cell of a row of totals."""
    return not text.isascii() and len(text) <= 40 and _totals().fullmatch(simple(text)) is not None


def is_note(text: str) -> bool:
    """Tell the beginning of a note, a signature or a page's number."""
    bare = simple(text)
    return _beginnings().fullmatch(bare) is not None or (bare != "" and PAGE.fullmatch(bare) is not None)
