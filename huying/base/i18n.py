"""The words of every page and sentence: Chinese is their source, other languages are catalogues beside it."""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from huying.base import assets

SOURCE = "zh"
LANGUAGES = {"zh": "中文", "en": "English"}
"""The languages offered, each named in itself; the source first."""

TAGS = {"zh": "zh-Hans", "en": "en"}
"""What a page says of its language (BCP 47)."""

_language: ContextVar[str] = ContextVar("language", default=SOURCE)


def language() -> str:
    """Return the language that is spoken now, a key of LANGUAGES."""
    return _language.get()


def speak(code: str) -> None:
    """Speak `code` from now on in this thread of work; the source language where it isn't offered."""
    _language.set(code if code in LANGUAGES else SOURCE)


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak `code` within a block."""
    before = language()
    speak(code)
    try:
        yield
    finally:
        speak(before)


def gettext_(message: str) -> str:
    """Return `message` in the language spoken now; itself where no translation exists."""
    return _catalogue(language()).gettext(message)


def ngettext_(one: str, many: str, n: int) -> str:
    """Return `one` or `many` for a count of `n` in the language spoken now."""
    return _catalogue(language()).ngettext(one, many, n)


def _(message: str, /, **values: Any) -> str:
    """Return `message` in the language spoken now, with `values` in the places %(name)s."""
    said = gettext_(message)
    return said % values if values else said


def _n(message: str, /, *, n: int, **values: Any) -> str:
    """Return `message` for a count of `n`: Chinese has one form, other languages may have more."""
    return ngettext_(message, message, n) % {"n": n, **values}


@dataclass(frozen=True, slots=True)
class Lazy:
    """A message of a module or class: said in the language that is spoken when it is shown."""

    message: str
    values: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return _(self.message, **dict(self.values))

    def __mod__(self, values: Any) -> str:
        """Return the message with `values` in its places, as WTForms asks of its own."""
        said: str = str(self) % values
        return said


def mark(message: str) -> str:
    """Return `message` as it is, to be stored; `_` says it in another language where it is shown."""
    return message


Words = str | Lazy
"""What may be shown: said already, or to be said later."""


def lazy(message: str, /, **values: Any) -> Lazy:
    """Return `message` with `values`, to be said later."""
    return Lazy(message, tuple(values.items()))


@cache
def _catalogue(code: str) -> gettext.NullTranslations:
    path = assets.folder("translations") / code / "LC_MESSAGES" / "huying.po"
    if code == SOURCE or not path.exists():
        return gettext.NullTranslations()
    return _compiled(path.read_bytes())


def _compiled(catalogue: bytes) -> gettext.GNUTranslations:
    # Compiled when first spoken: no second file that could lag behind the first.
    made = BytesIO()
    write_mo(made, read_po(BytesIO(catalogue), locale="en"))
    made.seek(0)
    return gettext.GNUTranslations(made)
