"""The QR symbol of a poster: version 3, upper case, as inline SVG. ISO/IEC 18004."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal
from urllib.parse import urlsplit

from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_Q
from qrcode.main import QRCode
from qrcode.util import MODE_ALPHA_NUM, QRData

from feedback.codes import POSTER_LENGTH
from huying.base.errors import Refused
from huying.base.i18n import _, lazy

VERSION = 3
MASK = 2
MODULES = 29
QUIET = 4
SIZE = MODULES + 2 * QUIET
CAPACITY = {"H": 35, "Q": 47}
"""Characters that version 3 holds in alphanumeric mode, by level of error correction."""

LABEL = lazy("二维码：用手机扫一扫，找网格员")

_LEVELS = {"H": ERROR_CORRECT_H, "Q": ERROR_CORRECT_Q}
_HOST = re.compile(r"[A-Z0-9.:-]+")


@dataclass(frozen=True, slots=True)
class HostCheck:
    """The level of error correction that a host leaves room for, and a warning where it isn't the highest."""

    level: Literal["H", "Q"]
    warning: str | None = None


def url(base_url: str, code: str) -> str:
    """Return the address that a poster's symbol holds, in upper case: scheme, host and code."""
    return f"{base_url.rstrip('/')}/{code}".upper()


def check_host(base_url: str) -> HostCheck:
    """Return the level that fits `base_url`; raise Refused where its host is unfit or too long for version 3.

    With https a host of up to 18 characters leaves room for level H, one of up to 30 for level Q.
    """
    _check_form(base_url)
    length = len(url(base_url, "0" * POSTER_LENGTH))
    if length <= CAPACITY["H"]:
        return HostCheck("H")
    if length <= CAPACITY["Q"]:
        cut = length - CAPACITY["H"]
        return HostCheck(
            "Q", _("网址偏长，二维码的容错只能用 Q 级；域名再短 %(cut)s 个字符就能用 H 级。", cut=cut)
        )
    cut = length - CAPACITY["Q"]
    raise Refused(_("网址太长，海报的二维码放不下：域名至少要再短 %(cut)s 个字符。", cut=cut))


def matrix(base_url: str, code: str, *, mask: int | None = MASK) -> list[list[bool]]:
    """Return the symbol's 29 × 29 modules without quiet zone, True where dark.

    `mask` None looks for the best of the eight, as print deserves; it takes some ten times as long.
    """
    symbol: QRCode = QRCode(
        version=VERSION,
        error_correction=_LEVELS[check_host(base_url).level],
        mask_pattern=mask,
        border=0,
    )
    symbol.add_data(QRData(url(base_url, code), mode=MODE_ALPHA_NUM))
    symbol.make(fit=False)
    return [[bool(module) for module in row] for row in symbol.get_matrix()]


def svg(base_url: str, code: str, *, mask: int | None = MASK) -> str:
    """Return the symbol as an `<svg>` element, 37 units wide, on white with its quiet zone of 4 modules."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" role="img" '
        f'aria-label="{LABEL}" shape-rendering="crispEdges">'
        f'<rect width="{SIZE}" height="{SIZE}" fill="#fff"/>'
        f'<path stroke="#000" d="{"".join(_strokes(matrix(base_url, code, mask=mask)))}"/></svg>'
    )


def _check_form(base_url: str) -> None:
    parts = urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(parts.netloc.upper()):
        raise Refused(_("海报网址须是 https:// 加域名，域名只用英文字母、数字、点和连字符。"))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise Refused(_("海报网址只能到域名为止，后面不能再有路径。"))


def _strokes(rows: Sequence[Sequence[bool]]) -> Iterable[str]:
    """Yield one stroke, a module thick, for each run of dark modules: half the size of as many rectangles."""
    for y, row in enumerate(rows, start=QUIET):
        for dark, run in groupby(enumerate(row, start=QUIET), key=lambda cell: cell[1]):
            columns = [x for x, _ in run]
            if dark:
                yield f"M{columns[0]} {y}.5h{len(columns)}"
