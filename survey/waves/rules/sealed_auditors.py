"""The auditors whom a design names, by the keys with which they sign."""

from __future__ import annotations

from collections.abc import Sequence

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.ledger.keys import LOG, parse_vkey


def check(keys: Sequence[str]) -> None:
    """Raise Invalid unless each is the key of somebody who can sign, and nobody stands twice."""
    for place, text in enumerate(keys, start=1):
        try:
            key = parse_vkey(text)
        except Invalid as wrong:
            raise Invalid(
                _("第 %(place)s 个审计员的公钥用不了：%(why)s", place=place, why=wrong.message)
            ) from None
        if key.kind != LOG:
            raise Invalid(_("“%(name)s”是见证单位的公钥，不是审计员的。", name=key.name))
    if len({parse_vkey(text).public for text in keys}) < len(keys):
        raise Invalid(_("同一位审计员的公钥写了两遍。"))
