"""The letters of a grid as one printable page: a sheet a household, nothing to load from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Protocol

import qrcode
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from qrcode.image.svg import SvgPathImage

from huying.base import assets


class LetterText(Protocol):
    """What a letter says: where it goes and its code."""

    @property
    def address(self) -> str:
        """Where the household lives."""
        ...

    @property
    def code(self) -> str:
        """The household's code, in groups."""
        ...


def html(title: str, letters: Sequence[LetterText], *, url: str) -> str:
    """Return the page; `url` is the address that residents open."""
    loader = FileSystemLoader(assets.folder("templates"))
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined)
    template = environment.get_template("survey/letters/letters.html")
    return template.render(title=title, letters=letters, url=url, symbol=symbol(url))


def symbol(url: str) -> Markup:
    """Return an address as a code to be scanned, in SVG."""
    out = BytesIO()
    qrcode.make(url, image_factory=SvgPathImage, border=2).save(out)
    # Several stand on a page, and an id is one thing's.
    text = out.getvalue().decode().replace(' id="qr-path"', "")
    return Markup(text[text.index("<svg") :])  # noqa: S704 - our own drawing
