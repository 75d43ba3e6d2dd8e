"""Texts that are shown publicly: short, and without anybody's telephone or identity number."""

from __future__ import annotations

import re
import unicodedata

from huying.base.errors import Invalid
from huying.base.i18n import _

LONGEST = 200
NUMBERS = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|(?:\+?86)?1[3-9][0-9]{9})(?![0-9])")
"""Identity numbers, old and new, and mobile numbers, blanks and hyphens taken out."""


def reason(text: str | None) -> str:
    """Return a reason that may be shown to everybody; raise Invalid for none, or one with numbers in it."""
    plain = " ".join((text or "").split())
    if not plain:
        raise Invalid(_("请写明理由：它会公开。"))
    if len(plain) > LONGEST:
        raise Invalid(_("理由至多 %(most)s 个字。", most=LONGEST))
    if holds_numbers(plain):
        raise Invalid(_("这段文字会公开，里面不能有电话号码或证件号码。"))
    return plain


def holds_numbers(text: str) -> bool:
    """Whether a text holds what looks like a telephone or an identity number."""
    plain = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    return bool(NUMBERS.search(plain))
