"""The work behind the answers: attempts, dials, when each question was answered, which case was offered."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from survey.datafiles.queries.numbers import RunningNumbers
from survey.datafiles.rules.data_file import Cell, DataFile, Variable, moment
from survey.datafiles.rules.instrument import name
from survey.models import Answer, Attempt, Dial, Offer, SampledCase


def of_wave(session: Session, label: str, *, numbers: RunningNumbers) -> tuple[DataFile, ...]:
    """Return the paradata of a wave. Notes are no part of it: they are free words about a household."""
    return (
        _attempts(session, label, numbers),
        _dials(session, label, numbers),
        _keystrokes(session, label, numbers),
        _offers(session, label, numbers),
    )


def _case() -> Variable:
    return Variable("case", _("这一轮数据文件里的住户号；与别的文件、别的轮次无关"), "count")


def _interviewer() -> Variable:
    return Variable("interviewer", _("这一轮数据文件里的访问员号"), "count")


def _attempts(session: Session, label: str, numbers: RunningNumbers) -> DataFile:
    rows = select(Attempt).join(SampledCase, SampledCase.unit == Attempt.unit)
    found = session.scalars(rows.where(SampledCase.wave_label == label).order_by(Attempt.id))
    return DataFile(
        "attempts",
        _("每一次联系"),
        _("一行是访问员对一户的一次联系，领了没有拨的也在里面。"),
        [
            _case(),
            Variable("attempt", _("这一户的第几次"), "count"),
            _interviewer(),
            Variable("started_at", _("领到的时间"), "moment"),
            Variable("dialled_at", _("拨打的时间；没有拨的没有"), "moment"),
            Variable("ended_at", _("结束的时间"), "moment"),
            Variable("ended_by", _("谁结束的"), "text"),
            Variable("window", _("拨打的时段"), "text"),
            Variable("result", _("这一次的结果"), "text"),
            Variable("refused_by", _("拒绝的话，是谁"), "text"),
            Variable("refusal_reason", _("拒绝的话，为什么"), "text"),
            Variable("called_back", _("是住户打回来的"), "code", {0: _("不是"), 1: _("是")}),
        ],
        [_attempt(each, numbers) for each in found],
    )


def _attempt(each: Attempt, numbers: RunningNumbers) -> tuple[Cell, ...]:
    return (
        numbers.cases[each.unit],
        each.n,
        numbers.interviewers[each.interviewer_id],
        moment(each.started_at),
        moment(each.dialled_at),
        moment(each.ended_at),
        each.ended_by,
        each.window,
        each.code,
        each.refused_by,
        each.refusal_reason,
        int(each.is_back),
    )


def _dials(session: Session, label: str, numbers: RunningNumbers) -> DataFile:
    rows = (
        select(Dial, Attempt.n)
        .join(Attempt, Attempt.id == Dial.attempt_id)
        .join(SampledCase, SampledCase.unit == Dial.unit)
        .where(SampledCase.wave_label == label)
        .order_by(Dial.started_at, Dial.ulid)
    )
    return DataFile(
        "dials",
        _("每一次拨号"),
        _("一行是对一个号码的一次拨号；号码只有先后，没有本身。"),
        [
            _case(),
            Variable("attempt", _("这一户的第几次"), "count"),
            Variable("number", _("这一户的第几个号码"), "count"),
            Variable("carrier", _("由谁接通"), "text"),
            Variable("state", _("线路最后的状态"), "text"),
            Variable("started_at", _("拨出的时间"), "moment"),
            Variable("answered_at", _("有人接的时间"), "moment"),
            Variable("line_ended_at", _("线路断开的时间"), "moment"),
            Variable("result", _("这个号码这一次的结果"), "text"),
        ],
        [*_dial_rows(session.execute(rows), numbers)],
    )


def _dial_rows(found: Iterator[tuple[Dial, int]], numbers: RunningNumbers) -> Iterator[tuple[Cell, ...]]:
    for dial, n in found:
        moments = map(moment, (dial.started_at, dial.answered_at, dial.line_ended_at))
        yield (numbers.cases[dial.unit], n, dial.position, dial.adapter, dial.state, *moments, dial.code)


def _keystrokes(session: Session, label: str, numbers: RunningNumbers) -> DataFile:
    rows = (
        select(Answer.unit, Answer.item, Answer.rev, Answer.at, Answer.by_id)
        .join(SampledCase, SampledCase.unit == Answer.unit)
        .where(SampledCase.wave_label == label)
        .order_by(Answer.id)
    )
    return DataFile(
        "keystrokes",
        _("每一题什么时候答的"),
        _("一行是一题的一次回答：改过的题有好几行，后一行算数；答了什么在访问的文件里。"),
        [
            _case(),
            Variable("item", _("题号，写法与访问的文件相同"), "text"),
            Variable("revision", _("第几次回答这一题"), "count"),
            Variable("at", _("记下的时间"), "moment"),
            _interviewer(),
        ],
        [
            (numbers.cases[unit], name(item), rev, moment(at), numbers.interviewers[by])
            for unit, item, rev, at, by in session.execute(rows)
        ],
    )


def _offers(session: Session, label: str, numbers: RunningNumbers) -> DataFile:
    rows = select(Offer).join(SampledCase, SampledCase.unit == Offer.unit)
    found = session.scalars(rows.where(SampledCase.wave_label == label).order_by(Offer.seq))
    return DataFile(
        "offers",
        _("队列给了谁哪一户"),
        _("一行是队列的一次分派：下一户由规则定，访问员不能挑。"),
        [
            _case(),
            Variable("at", _("分派的时间"), "moment"),
            _interviewer(),
            Variable("priority", _("排在队列的哪一级，越小越先"), "count"),
            Variable("fit", _("与这个时段合不合"), "count"),
            Variable("attempts", _("以前计入次数的拨打"), "count"),
        ],
        [
            (
                numbers.cases[each.unit],
                moment(each.at),
                numbers.interviewers[each.interviewer_id],
                each.offered_as,
                each.fit,
                each.counted,
            )
            for each in found
        ],
    )
