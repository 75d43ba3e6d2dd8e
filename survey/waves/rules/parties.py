"""Parties of a ceremony: how a digest is written, how long a link lives, when two readings agree."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.waves.rules import event_clock

SEAL, OPEN = "seal", "open"
"""What a link is good for: handing in a digest before the event, or the part after it."""

LIFE = timedelta(days=14)
OPERATOR = "operator"
DIGEST = re.compile(r"sha256:([0-9a-f]{64})")
BLANK = re.compile(r"\s+")


def digest_text(commitment: str) -> str:
    """Return a digest as it is handed in and read out: it says what it is, unlike a part."""
    return f"sha256:{commitment}"


def digest_of(text: str) -> str:
    """Return the 64 digits of a digest that was handed in; blanks and capitals don't matter.

    Raises Invalid where `sha256:` is missing: the text may be a part, which nobody but its party may see.
    """
    found = DIGEST.fullmatch(BLANK.sub("", text).lower())
    if not found:
        raise Invalid(
            _(
                "指纹以 sha256: 开头，后面是 64 位十六进制数字。"
                "没有这个开头的，可能是份额本身：如果刚才填的是份额，它已经不能用了，请另做一份。"
            )
        )
    return found[1]


def expires_at(purpose: str, *, source: str, now: datetime) -> datetime:
    """Return when a link made now ends: one for a digest with the event at the latest."""
    event = event_clock.instant(source)
    last = now + LIFE
    return min(last, event) if purpose == SEAL and event is not None else last


def grouped(text: str, size: int) -> list[str]:
    """Return a text in groups of `size` signs, as they are read aloud."""
    return [text[at : at + size] for at in range(0, len(text), size)]


def differences(first: str, second: str) -> list[int]:
    """Return at which places two readings differ, counted from 0; a missing sign differs."""
    longest = max(len(first), len(second))
    return [at for at in range(longest) if first[at : at + 1] != second[at : at + 1]]


def check_agree(first: str, second: str) -> str:
    """Return the value that was entered twice; raise Invalid naming the places where the entries differ."""
    if wrong := differences(first, second):
        places = "、".join(str(at + 1) for at in wrong[:5])
        raise Invalid(_("两次录入不一样：第 %(places)s 位。请对着白板重新录。", places=places))
    return first
