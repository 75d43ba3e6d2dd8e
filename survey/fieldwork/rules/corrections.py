"""A wrong outcome is put right: by one person, or where a complete is undone by two of different roles."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256

from huying.base.errors import Conflict, Forbidden, Invalid
from huying.base.i18n import _
from survey.drawing import fields
from survey.fieldwork.rules.dispositions import group_of
from survey.roles import AUDITOR, REGISTRAR, SUPERVISOR
from survey.waves.rules.early_ending import Signer, check_reason

ASK = (SUPERVISOR, AUDITOR)
CONFIRM = (SUPERVISOR, AUDITOR, REGISTRAR)
"""Whoever sees no score: an assessor's word could hang on what the answers say so far."""
COMPLETE = "complete"
COMPLETES = frozenset({COMPLETE, "complete_other"})
BY_RULE = "rule"
FEW, SHARE = 3, Fraction(1, 50)
"""More undone completes than this many, or this share of all, stand only if an auditor has seen them."""


def check(before: str | None, *, after: str, why: str) -> str:
    """Return the reason tidied; raise unless the outcome `before` can become `after`."""
    if before is None:
        raise Conflict(_("这一户还没有最终结果，不用更正。"))
    group_of(after)
    if after == before:
        raise Invalid(_("更正以后的结果和现在的一样。"))
    if after in COMPLETES:
        raise Invalid(_("不能更正成完成：没有封存过的回答，不能补。"))
    return check_reason(why)


def check_asker(by: Signer) -> None:
    """Raise Forbidden unless somebody of this role may ask for a correction."""
    if by.role not in ASK:
        raise Forbidden(_("更正由督导或审计员提出。"))


def check_second(first: Signer, second: Signer) -> None:
    """Raise unless the second person is another one, of another role that may confirm."""
    if second.login == first.login or second.role == first.role:
        raise Conflict(_("要由另一个人、另一种职责的人来确认。"))
    if second.role not in CONFIRM:
        raise Forbidden(_("您的账号不能确认更正。"))


def reason_entry(why: str, *, salt: str) -> str:
    """Return the reason as the ledger has it: a code, or the digest of salt and words."""
    if fields.REASON.fits(why) and not fields.HASH.fits(why):
        return why
    return sha256(f"huying-correction/v1\n{salt}\n{why}\n".encode()).hexdigest()


def needs_auditor(undone: int, *, completes: int) -> bool:
    """Whether so many undone completes stand only if an auditor has seen them."""
    return undone > max(Fraction(FEW), SHARE * completes)
