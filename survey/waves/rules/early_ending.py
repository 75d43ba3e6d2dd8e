"""A field ends early by two people of different roles, and a reason."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from huying.base.errors import Conflict, Forbidden, Invalid
from huying.base.i18n import _
from survey.drawing import fields
from survey.roles import AUDITOR, DRAW_OFFICER, REGISTRAR, SUPERVISOR

ASKS = DRAW_OFFICER
CONFIRM = (SUPERVISOR, REGISTRAR, AUDITOR)
"""Whoever sees no score: an assessor's word could hang on what the answers say so far."""

NAME = "early.json"
"""The reason in words and its salt, in the bundle of a wave that ended early."""

MOST_WORDS = 2000
SHORT = 16
"""Digits of a login's digest that tell the accounts of one office apart."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who puts a name to an early end."""

    login: str
    role: str

    def entry(self) -> str:
        """Return the name as the ledger has it: a login of other letters stands there by its digest."""
        name = f"{self.role}:{self.login}"
        if fields.ROLE.fits(name):
            return name
        return f"{self.role}:{sha256(self.login.encode()).hexdigest()[:SHORT]}"


def check_reason(why: str) -> str:
    """Return the reason without blanks around it; raise Invalid where there is none, or too much of it."""
    text = why.strip()
    if not text or len(text) > MOST_WORDS:
        raise Invalid(_("请写明理由，最多 %(most)s 个字。", most=MOST_WORDS))
    return text


def reason_entry(why: str, *, salt: str) -> str:
    """Return the reason as the ledger has it: a code, or the digest of salt and words."""
    if fields.REASON.fits(why) and not fields.HASH.fits(why):
        return why
    return sha256(f"huying-early/v1\n{salt}\n{why}\n".encode()).hexdigest()


def check_second(first: Signer, second: Signer) -> None:
    """Raise unless the second person is another one, of another role that may confirm."""
    if second.login == first.login or second.role == first.role:
        raise Conflict(_("要由另一个人、另一种职责的人来确认。"))
    if second.role not in CONFIRM:
        raise Forbidden(_("您的账号不能确认提前结束。"))
