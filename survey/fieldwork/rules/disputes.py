"""A disputed interview: who may doubt it, who is heard, who decides, and what becomes of the case."""

from __future__ import annotations

from datetime import datetime, timedelta

from huying.base.errors import Conflict, Forbidden, Invalid
from huying.base.i18n import _, lazy
from survey.fieldwork.rules.corrections import COMPLETES, check_second
from survey.roles import SUPERVISOR
from survey.waves.rules.early_ending import Signer, check_reason

STANDS, VOIDED = "stands", "voided"
HEARING = timedelta(days=2)
"""So long the interviewer has to say something; whoever is gone holds nothing up."""
LONGEST_STATEMENT = 500
REST = timedelta(days=1)
"""A household whose interview was voided is left in peace so long before it is called again."""
NO_INTERVIEW = lazy("这一户现在没有完成的访问，不用提出异议。")
WHY = "voided"
"""The reason of a voided interview's correction, as the ledger has it."""


def check_opening(outcome: str | None, *, by: Signer, why: str) -> str:
    """Return the reason tidied; raise unless a supervisor disputes a complete interview."""
    if by.role != SUPERVISOR:
        raise Forbidden(_("访问由督导提出异议。"))
    check_stands(outcome)
    return check_reason(why)


def check_stands(outcome: str | None) -> None:
    """Raise Conflict unless a complete interview is in force."""
    if outcome not in COMPLETES:
        raise Conflict(NO_INTERVIEW)


def check_statement(text: str) -> str:
    """Return what the interviewer says, tidied; raise Invalid for nothing, or too much."""
    said = text.strip()
    if not said or len(said) > LONGEST_STATEMENT:
        raise Invalid(_("请写一两句说明，最多 %(most)s 个字。", most=LONGEST_STATEMENT))
    return said


def check_decision(
    decision: str, *, opened: Signer, by: Signer, opened_at: datetime, heard: bool, now: datetime
) -> None:
    """Raise unless somebody of another role decides, and the interviewer was heard or let the time pass."""
    if decision not in {STANDS, VOIDED}:
        raise Invalid(_("请选择：访问有效，还是作废。"))
    check_second(opened, by)
    if decision == VOIDED and not heard and now < opened_at + HEARING:
        raise Conflict(_("要先听访问员怎么说：提出以后两天内没有说明，才能作废。"))


def goes_on(*, now: datetime, ended: datetime | None, field_ends: datetime | None) -> bool:
    """Whether the case of a voided interview returns to the queue: while the field is open."""
    return ended is None and (field_ends is None or now < field_ends)
