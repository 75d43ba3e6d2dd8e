"""A reader for QR symbols of version 3, mask 2, alphanumeric: by ISO/IEC 18004, from the drawn path alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

SIZE = 29
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
DATA_CODEWORDS = {"H": 13, "Q": 17}
LEVELS = {"01": "L", "00": "M", "11": "Q", "10": "H"}
FORMAT_MASK = 0b101010000010010


def dark_modules(svg: str, *, quiet: int = 4) -> set[tuple[int, int]]:
    """Return the (row, column) of each dark module of an inline SVG."""
    strokes = re.findall(r"M(\d+) (\d+)\.5h(\d+)", svg)
    return {(int(y) - quiet, int(x) - quiet + i) for x, y, length in strokes for i in range(int(length))}


def level_and_mask(dark: set[tuple[int, int]]) -> tuple[str, int]:
    """Return what the format information beside the upper left finder says."""
    cells = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    bits = int("".join("1" if cell in dark else "0" for cell in cells), 2) ^ FORMAT_MASK
    text = f"{bits:015b}"
    return LEVELS[text[:2]], int(text[2:5], 2)


def read(dark: set[tuple[int, int]]) -> str:
    """Return the text; error correction is not used, so every module must be right."""
    level, mask = level_and_mask(dark)
    assert mask == 2
    bits = "".join("1" if (cell in dark) != (cell[1] % 3 == 0) else "0" for cell in _path())
    words = [bits[i : i + 8] for i in range(0, len(bits) - 7, 8)][: 2 * DATA_CODEWORDS[level]]
    stream = "".join(words[0::2] + words[1::2])
    assert stream[:4] == "0010"
    return _alphanumeric(stream[13:], count=int(stream[4:13], 2))


def _alphanumeric(bits: str, *, count: int) -> str:
    text = ""
    for i in range(count // 2):
        pair = int(bits[11 * i : 11 * i + 11], 2)
        text += ALPHABET[pair // 45] + ALPHABET[pair % 45]
    rest = bits[11 * (count // 2) :]
    return text + (ALPHABET[int(rest[:6], 2)] if count % 2 else "")


def _path() -> Iterator[tuple[int, int]]:
    """Yield the data modules in reading order: pairs of columns from the right, up and down by turns."""
    for turn, right in enumerate([*range(28, 6, -2), 5, 3, 1]):
        rows = range(SIZE) if turn % 2 else range(SIZE - 1, -1, -1)
        yield from ((row, column) for row in rows for column in (right, right - 1) if not _fixed(row, column))


def _fixed(row: int, column: int) -> bool:
    finder = (row < 9 and (column < 9 or column > 20)) or (row > 20 and column < 9)
    alignment = 20 <= row <= 24 and 20 <= column <= 24
    return finder or alignment or row == 6 or column == 6
