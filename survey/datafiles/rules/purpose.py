"""What a wave's data are taken along for: one sentence that stands in the records."""

from __future__ import annotations

from huying.base.errors import Invalid
from huying.base.i18n import _

LONGEST = 52
"""In characters: what a record has room for."""


def check(purpose: str) -> str:
    """Return a purpose without blanks at its ends; raise Invalid for none, or one that is too long."""
    said = purpose.strip()
    if not said:
        raise Invalid(_("请写明用途；这一句会进入记录，审计员看得到。"))
    if len(said) > LONGEST:
        raise Invalid(_("用途请写在 %(most)s 个字以内。", most=LONGEST))
    return said
