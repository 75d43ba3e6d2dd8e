"""The three files of a draw, checked against each other before anything is drawn from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.ledger.tree import leaf_hash, root
from survey.drawing import design, draw_text
from survey.drawing.design import DesignRow
from survey.drawing.draw_text import DrawText

ROW = re.compile(rb"([0-9A-Z]{14})\t([0-9A-Za-z._-]{1,32})\t[0-9a-f]{64}\n")
"""A line of `frame.tsv`: unit, stratum, commitment."""


def read(design_file: Path, draw_file: Path) -> tuple[tuple[DesignRow, ...], DrawText, str]:
    """Return the design, what `draw.txt` says and the draw's key; raise Invalid where they don't agree."""
    plan, text = design_file.read_bytes(), draw_file.read_bytes()
    draw = draw_text.parse(text)
    if design.digest(plan) != draw.design:
        raise Invalid(_("%(name)s 不是 draw.txt 里写明的那一份。", name=design_file.name))
    return design.parse(plan), draw, draw_text.key(text)


def check(frame_file: Path, *, draw: DrawText, plan: tuple[DesignRow, ...]) -> None:
    """Raise Invalid unless the frame is the one that `draw.txt` names and the design was made for.

    Reads `frame.tsv` once, line by line; memory grows with the number of strata.
    """
    strata: Counter[str] = Counter()
    found = root(leaf_hash(line) for line in _lines(frame_file, strata)).hex()
    if found != draw.frame_root or strata.total() != draw.frame_units:
        raise Invalid(_("%(name)s 不是 draw.txt 里写明的那一份。", name=frame_file.name))
    design.check(plan, sizes=strata)


def _lines(frame_file: Path, strata: Counter[str]) -> Iterator[bytes]:
    before = b""
    with frame_file.open("rb") as source:
        for number, line in enumerate(source, start=1):
            found = ROW.fullmatch(line)
            if found is None or not before < found[1]:
                raise Invalid(
                    _(
                        "%(name)s 第 %(number)s 行格式不对，或没有按字节升序排列。",
                        name=frame_file.name,
                        number=number,
                    )
                )
            before = found[1]
            strata[found[2].decode()] += 1
            yield line[:-1]
