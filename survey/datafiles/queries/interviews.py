"""One row an interview that was begun: how it stood at the end, in which orders it was read, the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from survey.datafiles.queries.numbers import RunningNumbers
from survey.datafiles.rules import instrument
from survey.datafiles.rules.data_file import Cell, DataFile, Variable, moment
from survey.datafiles.rules.instrument import ItemColumn
from survey.fieldwork.queries import bound_answers, interviews, questionnaires
from survey.fieldwork.questionnaire import orders, path
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import Value
from survey.fieldwork.rules.dispositions import group_of
from survey.models import Interview, SampledCase, Wave
from survey.scores.queries import score_inputs
from survey.scores.rules.inputs import ScoreInputs
from survey.waves.queries import in_force
from survey.waves.rules import wave_rules

STATUSES = {"I": "complete", "P": "partial"}
BROKEN_OFF = "not_complete"


def of_wave(
    session: Session,
    wave: Wave,
    inputs: ScoreInputs,
    *,
    numbers: RunningNumbers,
    weights: Mapping[str, float],
) -> DataFile:
    """Return the interviews of a wave: the answers on their paths, of completes as the ledger binds them.

    Whoever took the answers back isn't in it.
    """
    form = questionnaires.of(session, wave_rules.read(wave.rules).wording)
    columns = instrument.columns(form)
    return DataFile(
        "interviews",
        _("访问和回答"),
        _("一行是一次开始了的访问；没有问到的题是空的，原话不在里面。"),
        [*_variables(), *(column.variable for column in columns)],
        [*_rows(session, wave, form, columns, inputs=inputs, numbers=numbers, weights=weights)],
    )


def _variables() -> list[Variable]:
    status = {"complete": _("完成"), "partial": _("部分完成"), BROKEN_OFF: _("没有完成")}
    return [
        Variable("case", _("这一轮数据文件里的住户号；与别的文件、别的轮次无关"), "count"),
        Variable("stratum", _("抽样的层"), "text"),
        Variable("frame_households", _("这一层名册里的户数 N"), "count"),
        Variable("weight", _("完成访问的一户在每个数字里的权重；没有完成的没有"), "decimal"),
        Variable("status", _("访问到哪一步"), "code", status),
        Variable("mode", _("访问的方式"), "code", {"phone": _("电话")}),
        Variable("started_at", _("开始的时间"), "moment"),
        Variable("finished_at", _("完成的时间"), "moment"),
        Variable(
            "order_swapped", _("没有解决的原因：前两个选项对调"), "code", {0: _("没有"), 1: _("对调了")}
        ),
        Variable("order_first", _("态度、快慢、结果：先问哪一题，从 0 起"), "count"),
        Variable(
            "order_scale", _("五个等级从哪一头念起"), "code", {0: _("从不满意的一头"), 1: _("从满意的一头")}
        ),
        Variable("order_overall", _("总体评价在分项以前问"), "code", {0: _("以后"), 1: _("以前")}),
    ]


def _rows(
    session: Session,
    wave: Wave,
    form: Questionnaire,
    columns: tuple[ItemColumn, ...],
    *,
    inputs: ScoreInputs,
    numbers: RunningNumbers,
    weights: Mapping[str, float],
) -> Iterator[tuple[Cell, ...]]:
    bound = bound_answers.read(session, wave)
    held = (
        select(Interview.unit, Interview, SampledCase.stratum, in_force.outcome())
        .join(SampledCase, SampledCase.unit == Interview.unit)
        .where(SampledCase.wave_label == wave.label)
    )
    found = {row[0]: row for row in session.execute(held)}
    for unit in score_inputs.undone(session, wave.label, number=inputs.number):
        found.pop(unit, None)
    for unit, number in numbers.cases.items():
        row = found.get(unit)
        answers = row and (bound.get(unit) or _unfinished(session, unit))
        if row is None or not answers:
            continue
        yield (
            number,
            row.stratum,
            inputs.sizes[row.stratum],
            weights.get(unit),
            STATUSES.get(group_of(row[3]) if row[3] else "", BROKEN_OFF),
            *_read(row, form),
            *(column.cell(answers) for column in columns),
        )


def _unfinished(session: Session, unit: str) -> Mapping[str, Value]:
    so_far = interviews.so_far(session, unit)
    return path.record(so_far.answers, form=so_far.form)


def _read(row: Row[str, Interview, str, str], form: Questionnaire) -> tuple[Cell, ...]:
    """Mode, moments and orders of an interview."""
    interview = row[1]
    read = orders.from_json(json.loads(interview.orders), form)
    return (
        interview.mode,
        moment(interview.began_at),
        moment(interview.finished_at),
        int(read.swapped),
        read.start,
        int(read.downward),
        int(read.early),
    )
