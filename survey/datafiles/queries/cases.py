"""One row a released household: where it lies, how it was drawn and weighted, what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.i18n import _
from survey.datafiles.queries.numbers import RunningNumbers
from survey.datafiles.rules.data_file import Cell, DataFile, Variable, moment
from survey.fieldwork.rules.dispositions import group_of
from survey.models import SampledCase, SampleUnit
from survey.scores.rules.inputs import ScoreInputs
from survey.scores.rules.pipeline import COMMUNITY, GRID, STREET
from survey.waves.rules.final_codes import FINAL

GROUP_NAMES = {
    "I": "complete",
    "P": "partial",
    "R": "refusal, break-off",
    "NC": "non-contact",
    "O": "other eligible",
    "UH": "unknown if household",
    "UO": "unknown other",
    "NE": "not eligible",
}
"""The classes as the trade calls them, in every language."""


def of_wave(
    session: Session, inputs: ScoreInputs, *, numbers: RunningNumbers, weights: Mapping[str, float]
) -> DataFile:
    """Return the released households of a wave, refusals and silence too: the base of every rate."""
    return DataFile(
        "cases",
        _("抽中并放出的住户"),
        _("一行是一户：属于哪一层，代表多少户，最后的结果。"),
        _variables(),
        [*_rows(session, inputs, numbers=numbers, weights=weights)],
    )


def _variables() -> list[Variable]:
    codes = {code: code.replace("_", " ") for code in FINAL}
    return [
        Variable("case", _("这一轮数据文件里的住户号；与别的文件、别的轮次无关"), "count"),
        Variable("stratum", _("抽样的层"), "text"),
        Variable("grid", _("网格编号"), "text"),
        Variable("community", _("社区编号"), "text"),
        Variable("street", _("街道编号"), "text"),
        Variable("frame_households", _("这一层名册里的户数 N"), "count"),
        Variable("released_households", _("这一层放出的户数 n"), "count"),
        Variable("replicate", _("主样本是 0，备用样本从 1 起"), "count"),
        Variable("design_weight", _("设计权重：N/n"), "decimal"),
        Variable("weight", _("完成访问的一户在每个数字里的权重；没有完成的没有"), "decimal"),
        Variable("attempts", _("计入次数的拨打"), "count"),
        Variable("outcome", _("最后的结果（AAPOR）"), "code", codes),
        Variable("outcome_class", _("结果所属的类（AAPOR）"), "code", GROUP_NAMES),
        Variable("released_at", _("放出的时间"), "moment"),
    ]


def _rows(
    session: Session, inputs: ScoreInputs, *, numbers: RunningNumbers, weights: Mapping[str, float]
) -> Iterator[tuple[Cell, ...]]:
    above = _places(inputs)
    columns = (
        select(
            SampledCase.unit,
            SampledCase.stratum,
            SampleUnit.replicate,
            SampledCase.counted,
            SampledCase.released_at,
        )
        .join(SampleUnit, SampleUnit.unit == SampledCase.unit)
        .where(SampledCase.wave_label == inputs.label)
    )
    found = {row.unit: row for row in session.execute(columns)}
    released: dict[str, int] = {}
    for row in found.values():
        released[row.stratum] = released.get(row.stratum, 0) + 1
    for unit, number in numbers.cases.items():
        row = found[unit]
        households, drawn = inputs.sizes[row.stratum], released[row.stratum]
        code = inputs.units[unit].code
        yield (
            number,
            row.stratum,
            *above[row.stratum],
            households,
            drawn,
            row.replicate,
            households / drawn,
            weights.get(unit),
            row.counted,
            code,
            group_of(code),
            moment(row.released_at),
        )


def _places(inputs: ScoreInputs) -> dict[str, tuple[str, str, str]]:
    """Grid, community and street of each stratum; empty where the map doesn't tell."""
    found: dict[str, dict[str, str]] = {stratum: {} for stratum in inputs.sizes}
    for area in inputs.areas:
        for stratum in area.strata:
            found[stratum][area.level] = area.code
    return {
        stratum: (held.get(GRID, ""), held.get(COMMUNITY, ""), held.get(STREET, ""))
        for stratum, held in found.items()
    }
