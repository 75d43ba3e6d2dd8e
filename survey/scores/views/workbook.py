"""The scores as a workbook: what they are, every row of the release, footnotes and lists in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import IO

from huying.base.i18n import Lazy, _, lazy
from huying.sheets import writing
from huying.sheets.writing import Written
from survey.scores.queries.biases import ReportedListBias
from survey.scores.rules.desk import LEVEL_NAMES, STANDINGS
from survey.scores.rules.pipeline import ALL, RATED
from survey.scores.rules.release import HIDDEN, ScoreRow
from survey.scores.views import plain_language
from survey.scores.views.plain_language import FOOTNOTES, ITEM_NAMES, SHARE_NAMES

HEADINGS: dict[str, Lazy] = {
    "wave": lazy("轮次"),
    "level": lazy("层级"),
    "unit": lazy("编号"),
    "name": lazy("名称"),
    "type": lazy("网格类型"),
    "item": lazy("项目"),
    "den": lazy("谁算在内"),
    "asked": lazy("抽中（约）"),
    "n": lazy("回答（约）"),
    "estimate": lazy("估计满意"),
    "low": lazy("区间下限"),
    "high": lazy("区间上限"),
    "unweighted": lazy("未加权"),
    "frame_covered": lazy("覆盖住户"),
    "position": lazy("和同类网格比"),
    "footnotes": lazy("注"),
    "status": lazy("状态"),
}
"""A heading for each column of the release; its key stands in the second row."""
DENOMINATORS = {RATED: lazy("评了这一项的住户"), ALL: lazy("全部受访户")}
LABEL_COLUMNS = {
    "level": LEVEL_NAMES,
    "item": {**ITEM_NAMES, **SHARE_NAMES},
    "den": DENOMINATORS,
    "position": STANDINGS,
}


def workbook(
    label: str, rows: Sequence[ScoreRow], lists: Sequence[ReportedListBias], *, digest: str
) -> IO[bytes]:
    """Return a wave's release as a workbook; whoever sends it closes it.

    Shares are numbers 0…1, counts numbers; what may not be shown is an empty cell and says so in its status.
    """
    return writing.long_workbook(
        [
            (_("说明"), _about(label, rows, digest=digest)),
            (_("得分"), _scores(rows)),
            (_("注"), _footnotes(rows)),
            (_("名单偏差"), _lists(lists)),
        ]
    )


def _about(label: str, rows: Sequence[ScoreRow], *, digest: str) -> Iterator[Sequence[Written]]:
    headline = plain_language.headline(rows)
    yield _("项目"), _("内容")
    yield _("轮次"), label
    if headline is not None:
        said = plain_language.sentence(headline) if plain_language.tells(headline.rated) else ""
        yield _("全市"), said or plain_language.why_hidden(headline.rated)
    yield _("行数"), len(rows)
    yield _("不公布的行"), sum(row.status == HIDDEN for row in rows)
    yield _("指纹"), digest
    yield _("怎么读"), _("估计值要和区间一起看；两个地方差多少，要算出差的误差才能说；不排名次。")
    yield _("空格"), _("不公布或没有，看“状态”：Q 不公布，O 没有回答，U 误差大，E 用模型估计，A 直接估计。")


def _scores(rows: Iterable[ScoreRow]) -> Iterator[Sequence[Written]]:
    names = [field.name for field in fields(ScoreRow)]
    labels = {
        name: {key: str(value) for key, value in found.items()} for name, found in LABEL_COLUMNS.items()
    }
    yield [str(HEADINGS[name]) for name in names]
    yield names
    for row in rows:
        yield [_cell(getattr(row, name), labels.get(name)) for name in names]


def _cell(value: Written, labels: dict[str, str] | None) -> Written:
    return value if labels is None or not isinstance(value, str) else labels.get(value, value)


def _footnotes(rows: Iterable[ScoreRow]) -> Iterator[Sequence[Written]]:
    carried = plain_language.footnotes(rows)
    yield _("注"), _("意思")
    for code in sorted(carried, key=int):
        yield code, str(FOOTNOTES.get(code, ""))


def _lists(lists: Iterable[ReportedListBias]) -> Iterator[Sequence[Written]]:
    yield _("网格员"), _("网格"), _("名单覆盖"), _("结论"), _("能不能说偏")
    for each in lists:
        says = plain_language.misleads(each), plain_language.verdict(each)
        yield each.staff_code, each.grid_code, each.coverage, *says
