"""Every sheet is read back from the PDF itself before anybody prints it: by eye of a decoder, and as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import pypdfium2
import zxingcpp

from feedback.codes import print_dial
from feedback.posters.rules import qr
from huying.base.errors import Refused
from huying.base.i18n import _

EVERY_DPI = 75
SAMPLE_DPI = (40, 150)
SAMPLE = 20
"""Of so many sheets one is read at SAMPLE_DPI too."""
POINTS_PER_INCH = 72

Reader = Callable[[Any], Sequence[str]]
"""Takes a picture (PIL, grey) and returns the texts of the symbols in it."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a page has to say: addresses by symbol, numbers as text, both in the order of the rows."""

    codes: tuple[str, ...]
    dial_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found good: pages, symbols read, and the SHA-256 of the file."""

    pages: int
    read: int
    digest: str


def zxing(picture: Any) -> Sequence[str]:
    """Read all QR symbols of a picture with ZXing."""
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    return [symbol.text for symbol in found]


def prove(pdf: bytes, expected: Sequence[Expected], *, base_url: str, reader: Reader = zxing) -> Proof:
    """Read a file back against what its pages have to say, page by page; raise Refused at the first fault."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        if len(document) != len(expected):
            raise Refused(
                _(
                    "应有 %(wanted)s 页，排出来 %(got)s 页，没有放行。",
                    wanted=len(expected),
                    got=len(document),
                )
            )
        read = sum(
            _page(document[place], each, number=place + 1, base_url=base_url, reader=reader)
            for place, each in enumerate(expected)
        )
    finally:
        document.close()
    return Proof(len(expected), read, sha256(pdf).hexdigest())


def _page(page: Any, expected: Expected, *, number: int, base_url: str, reader: Reader) -> int:
    wanted = sorted(qr.url(base_url, code) for code in expected.codes)
    for dpi in _resolutions(number):
        found = sorted(reader(_picture(page, dpi)))
        if found != wanted:
            raise Refused(
                _(
                    "第 %(number)s 页的二维码在 %(dpi)s dpi 下读出来不对，没有放行。",
                    number=number,
                    dpi=dpi,
                )
            )
    said = _text(page)
    for dial_code in expected.dial_codes:
        if print_dial(dial_code) not in said:
            raise Refused(_("第 %(number)s 页上没有印对电话编号，没有放行。", number=number))
    return len(wanted)


def _resolutions(number: int) -> Iterator[int]:
    yield EVERY_DPI
    if number % SAMPLE == 1:
        yield from SAMPLE_DPI


def _picture(page: Any, dpi: int) -> Any:
    return page.render(scale=dpi / POINTS_PER_INCH, grayscale=True).to_pil()


def _text(page: Any) -> str:
    text = page.get_textpage()
    try:
        return " ".join(str(text.get_text_range()).split())
    finally:
        text.close()
