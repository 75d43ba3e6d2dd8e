"""What an interview holds so far, and what follows from it: the path is computed anew from the answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.fieldwork.queries import histories
from survey.fieldwork.questionnaire import entry, orders, path
from survey.fieldwork.questionnaire.items import Value
from survey.fieldwork.questionnaire.path import Ending, SpokenForm
from survey.models import Answer, Interview, SampledCase, Wave


@dataclass(frozen=True, slots=True)
class InterviewSoFar:
    """The form with its orders, the latest answer to each item (on the path or not) and its revision."""

    form: SpokenForm
    answers: Mapping[str, Value]
    revisions: Mapping[str, int]
    is_begun: bool

    @property
    def items(self) -> tuple[str, ...]:
        """Codes of the items to be asked, as far as the answers decide it."""
        return path.path(self.answers, form=self.form)

    @property
    def next_item(self) -> str | None:
        """Code of the first item that isn't answered; None when nothing more is to be asked."""
        item = path.next_item(self.answers, form=self.form)
        return item.code if item else None

    @property
    def ending(self) -> Ending | None:
        """Why the interview is at its end, None while it isn't or wasn't begun."""
        return path.ending(self.answers, form=self.form)

    @property
    def completeness(self) -> str | None:
        """`complete`, `partial` or `break_off`; None where the interview proper wasn't begun."""
        return path.completeness(self.answers, form=self.form)

    @property
    def headline(self) -> int | None:
        """The headline answer 1…5; None without one."""
        return path.headline(self.answers, form=self.form)

    def item_before(self, code: str) -> str | None:
        """Return the code of the item before `code` on the path, with "" of the last one."""
        item = path.item_before(code, self.answers, form=self.form)
        return item.code if item else None


def texts(session: Session, unit: str) -> dict[str, str]:
    """Return the latest answer to each item, as stored."""
    rows = select(Answer.item, Answer.value).where(Answer.unit == unit).order_by(Answer.rev)
    return dict(session.execute(rows).all())


def so_far(session: Session, unit: str) -> InterviewSoFar:
    """Return the interview of a case; before it was begun, in the orders that it will have."""
    rows = select(Answer.item, Answer.value, Answer.rev).where(Answer.unit == unit).order_by(Answer.rev)
    latest = {item: (value, rev) for item, value, rev in session.execute(rows)}
    interview = session.get(Interview, unit)
    return InterviewSoFar(
        form=_form(session, unit, interview),
        answers={item: entry.from_text(value) for item, (value, _rev) in latest.items()},
        revisions={item: rev for item, (_value, rev) in latest.items()},
        is_begun=interview is not None,
    )


def _form(session: Session, unit: str, interview: Interview | None) -> SpokenForm:
    if interview is not None:
        return SpokenForm(orders=orders.from_json(json.loads(interview.orders)))
    case = session.get_one(SampledCase, unit)
    seed = histories.field_seed(session.get_one(Wave, case.wave_label))
    return SpokenForm(orders=orders.orders(seed, unit=unit))
