"""The process that sets a page: takes JSON (template, data) on its input, prints the PDF.

typst keeps what it set, a gigabyte after twenty files: each page is set by a process of its own.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import typst

from huying.base import assets
from huying.press import font

LACKING = "〓"
"""What printers set where a character has no shape."""


def main() -> None:
    """Set the page."""
    given = json.load(sys.stdin.buffer)
    chosen = font.find()
    source = (assets.folder("templates") / given["template"]).read_bytes()
    data = json.dumps({**given["data"], "font": chosen.family}, ensure_ascii=False)
    files = {"main.typ": source, "data.json": _shaped(data, chosen).encode()}
    # The stubs know of no virtual files, which the function takes.
    make: Callable[..., Any] = typst.compile
    sys.stdout.buffer.write(make(files, font_paths=[str(chosen.path.parent)], ignore_system_fonts=True))


def _shaped(text: str, chosen: font.Font) -> str:
    return text.translate({ord(sign): LACKING for sign in chosen.lacks([text])})


main()
