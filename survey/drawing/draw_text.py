"""`draw.txt`: everything that decides the draw, in one short text; its digest is the draw's key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing import tables
from survey.drawing.fields import HASH, PARTY, SOURCE, VALUE, WAVE, decimal, whole

NAME = "draw.txt"
HEAD = "huying-draw/v1"


@dataclass(frozen=True, slots=True)
class DrawText:
    """The frame's size and root, the design's digest, the public value and every party's opened part."""

    wave: str
    frame_units: int
    frame_root: str
    design: str
    source: str
    value: str
    parts: Mapping[str, str]


def build(text: DrawText) -> bytes:
    """Return `draw.txt`; raise Invalid for a wrong field or without any party."""
    if not text.parts:
        raise Invalid(_("至少要有一方的封存随机数。"))
    head = [
        HEAD,
        f"wave {WAVE.check(text.wave)}",
        f"frame {whole(text.frame_units, name=_('户数'), least=1)} {HASH.check(text.frame_root)}",
        f"design {HASH.check(text.design)}",
        f"beacon {SOURCE.check(text.source)} {VALUE.check(text.value)}",
    ]
    parts = [f"part {PARTY.check(by)} {HASH.check(r)}" for by, r in sorted(text.parts.items())]
    return "".join(f"{line}\n" for line in head + parts).encode()


def parse(data: bytes) -> DrawText:
    """Return what `draw.txt` says; raise Invalid unless these are the very bytes that `build` gives."""
    try:
        rows = [line.decode().split(" ") for line in tables.lines(data, name=NAME)]
        (head,), (_w, wave), (_f, units, root), (_d, design), (_b, source, value), *rest = rows
        parts = {by: r for _part, by, r in rest}
    except ValueError:
        raise Invalid(_("%(name)s 的格式不对。", name=NAME)) from None
    text = DrawText(wave, decimal(units, name=_("户数")), root, design, source, value, parts)
    if head != HEAD or build(text) != data:
        raise Invalid(_("%(name)s 的格式不对。", name=NAME))
    return text


def key(data: bytes) -> str:
    """Return the draw's key, 64 hex digits: the digest of `draw.txt`."""
    return sha256(data).hexdigest()
