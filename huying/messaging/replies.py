"""What somebody wrote back: to stop, to go on, yes, no, or something that a person has to read."""

from __future__ import annotations

import re
import unicodedata

STOP, RESUME, YES, NO, OTHER = "stop", "resume", "yes", "no", "other"
UNDERSTOOD = (STOP, RESUME, YES, NO, OTHER)

_NOISE = re.compile(r"[\W_]+")
_STOPPING = re.compile(
    r"(?:退订|退|td|t|stop|stopall|unsubscribe|cancel|end|quit|拒收|不要再发|不要再打|别再发)+"
)
_ANYWHERE = ("不要再发", "不要再打", "别再发")
_RESUMING = frozenset({"恢复", "恢复接收", "hf"})
_YES, _NO = frozenset({"1", "是", "是的", "1是"}), frozenset({"2", "不是", "否", "2不是"})


def understood(text: str) -> str:
    """Return what a reply says, whatever its width, capitals, blanks and signs.

    START lifts nothing: carriers make that word their own.
    """
    plain = plain_words(text)
    if _STOPPING.fullmatch(plain) or any(words in plain for words in _ANYWHERE):
        return STOP
    if plain in _RESUMING:
        return RESUME
    return YES if plain in _YES else NO if plain in _NO else OTHER


def plain_words(text: str) -> str:
    """Return a text without its blanks and signs, in small letters of usual width."""
    usual = unicodedata.normalize("NFKC", text)
    visible = "".join(sign for sign in usual if unicodedata.category(sign) != "Cf")
    return _NOISE.sub("", visible).casefold()
