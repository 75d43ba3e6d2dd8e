"""Interviews that somebody else checked, as a data file: what the call-back told, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from survey.datafiles.queries.numbers import RunningNumbers
from survey.datafiles.rules.data_file import Cell, DataFile, Variable
from survey.fieldwork.questionnaire.items import DONT_KNOW
from survey.fieldwork.rules import call_backs
from survey.fieldwork.rules.agreement import ITEMS
from survey.models import CallBack, Dispute, SampledCase

NAME = "checks"
DOUBTED = 1
DECIDED = {None: DOUBTED, "stands": 2, "voided": 3}


def of_wave(session: Session, label: str, *, numbers: RunningNumbers) -> tuple[DataFile, ...]:
    """Return the file of a wave's checks; none where nothing was checked."""
    rows = [*_rows(session, label, numbers)]
    if not rows:
        return ()
    about = _("一行是一份被回访、或被提出异议的访问；回访由另一位访问员做。")
    return (DataFile(NAME, _("回访和异议"), about, _variables(), rows),)


def _variables() -> list[Variable]:
    yes_no = {call_backs.YES: _("有"), call_backs.NO: _("没有"), DONT_KNOW: _("记不清")}
    decided = {0: _("没有异议"), 1: _("还没有决定"), 2: _("有效"), 3: _("作废")}
    return [
        Variable("case", _("这一轮数据文件里的住户号；与别的文件、别的轮次无关"), "count"),
        Variable("interviewer", _("做那次访问的访问员号"), "count"),
        Variable("reason", _("为什么回访：抽签、太短、答案都一样"), "text"),
        Variable("tries", _("回访打了几次"), "count"),
        Variable("verdict", _("回访和访问对不对得上"), "text"),
        Variable("held", _("住户说有没有做过访问"), "code", yes_no),
        *(variable for item in ITEMS for variable in _both(item)),
        Variable("dispute", _("异议和决定"), "code", decided),
    ]


def _both(item: str) -> tuple[Variable, Variable]:
    name = item.lower()
    return (
        Variable(f"{name}_interview", _("%(item)s：访问里的", item=item), "count"),
        Variable(f"{name}_again", _("%(item)s：回访里的", item=item), "count"),
    )


def _rows(session: Session, label: str, numbers: RunningNumbers) -> Iterator[tuple[Cell, ...]]:
    mine = SampledCase.wave_label == label
    called = select(CallBack).join(SampledCase, SampledCase.unit == CallBack.unit).where(mine)
    doubted = select(Dispute).where(Dispute.wave_label == label).order_by(Dispute.id)
    checked = {row.unit: row for row in session.scalars(called)}
    # The last one of a household is what holds.
    disputes = {row.unit: row for row in session.scalars(doubted)}
    for unit in sorted(checked.keys() | disputes.keys(), key=numbers.cases.__getitem__):
        back, dispute = checked.get(unit), disputes.get(unit)
        who = back.interviewer_id if back else disputes[unit].interviewer_id
        yield (
            numbers.cases[unit],
            numbers.interviewers[who],
            *_told(back),
            DECIDED[dispute.decision] if dispute else 0,
        )


def _told(back: CallBack | None) -> tuple[Cell, ...]:
    """What a call-back told: why it was made, how often, its verdict, and both answers to each item."""
    if back is None:
        return (None,) * (4 + 2 * len(ITEMS))
    talk = call_backs.read(back.said) if back.said else None
    pairs = {pair.item: (pair.before, pair.again) for pair in talk.pairs} if talk else {}
    both = [cell for item in ITEMS for cell in pairs.get(item, (None, None))]
    return (back.reason, back.tries, back.verdict, talk.held if talk else None, *both)
