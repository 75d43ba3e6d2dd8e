"""The one font of everything printed: pinned by its hash, and asked for every character beforehand."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTCollection, TTFont

from huying.base.errors import Refused
from huying.base.i18n import _

VARIABLE = "HUYING_FONT"
PINNED = "b76b0433203017ca80401b2ee0dd69350349871c4b19d504c34dbdd80541690a"
"""SHA-256 of NotoSansCJK-Regular.ttc as the package `noto-cjk-sans-otc` carries it."""
FAMILY = "Noto Sans CJK SC"
SIMPLIFIED = 2
"""Place of the simplified Chinese face in the collection."""


@dataclass(frozen=True, slots=True)
class Font:
    """A font file and the name by which it is asked for."""

    path: Path
    family: str

    def lacks(self, texts: Iterable[str]) -> str:
        """Return the characters of `texts` that the font has no shape for, each once, in order."""
        known = _characters(self.path)
        wanted = dict.fromkeys("".join(texts))
        return "".join(char for char in wanted if ord(char) not in known and not char.isspace())


def find() -> Font:
    """Return the font: the file that HUYING_FONT names, else the pinned one; raise Refused if it is unfit."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return _chosen(Path(chosen))
    path = Path(str(files("noto_cjk_sans_otc") / "NotoSansCJK-Regular.ttc"))
    if _digest(path) != PINNED:
        raise Refused(_("印刷用的字体文件和预期的不一致，请重新安装，或用 HUYING_FONT 指定一个字体文件。"))
    return Font(path, FAMILY)


def _chosen(path: Path) -> Font:
    if not path.is_file():
        raise Refused(_("HUYING_FONT 指定的字体文件不存在：%(path)s", path=path))
    name = _face(path)["name"].getDebugName(16) or _face(path)["name"].getDebugName(1)
    return Font(path, str(name))


@cache
def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@cache
def _characters(path: Path) -> frozenset[int]:
    return frozenset(_face(path).getBestCmap())


@cache
def _face(path: Path) -> TTFont:
    if path.suffix.lower() in {".ttc", ".otc"}:
        faces = TTCollection(path, lazy=True).fonts
        return faces[SIMPLIFIED if len(faces) > SIMPLIFIED else 0]
    return TTFont(path, lazy=True)
