"""One key takes back the last thing done in a call: a wish is lifted, an answer has its former value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from survey.fieldwork.operations import dnc, interviews
from survey.fieldwork.queries.last_steps import WISH
from survey.fieldwork.rules.typed import whole
from survey.models import Account


@dataclass(frozen=True, slots=True)
class UndoneStep:
    """What was taken back: the item to be asked again ("" of a wish), whether its former answer is back."""

    item: str = ""
    is_former: bool = True


def undo(
    session: Session, unit: str, *, interviewer: Account, fence: int, mark: str, now: datetime
) -> UndoneStep:
    """Take back the step of that mark; sent twice it is done once.

    An answer that was the item's first in this talk stays until it is answered otherwise.
    """
    name, _dot, number = mark.rpartition(".")
    if name == WISH:
        dnc.undo(session, unit, interviewer=interviewer, now=now, wish=number)
        return UndoneStep()
    rev = whole(number) or 0
    is_former = interviews.undo_answer(
        session, unit, interviewer=interviewer, fence=fence, item=name, rev=rev, now=now
    )
    return UndoneStep(name, is_former)
