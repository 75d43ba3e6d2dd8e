"""Figures in plain words: what a score says, how sure it is, and why another isn't shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from huying.base.i18n import _, lazy
from survey.scores.queries.biases import ReportedListBias
from survey.scores.rules.estimation import ScoreRow
from survey.scores.rules.suppression import FEW, SECOND

FOOTNOTES = {
    "1": lazy("少于10份，不公布"),
    "2": lazy("为保护另一个少于10份的单元，不公布"),
    "3": lazy("回答不到30份，误差较大"),
    "4": lazy("不满十二个月，不能用于奖惩"),
    "13": lazy("没有回答"),
    "15": lazy("完成访问的人里，不到一半评了这一题"),
}
SURE = 0.10
"""The share of false findings that is put up with among the lists that are found misleading."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The city's score: of those who rated, of all who were asked, and by the official count of labels."""

    rated: ScoreRow
    everyone: ScoreRow | None
    official: ScoreRow | None


def headline(rows: Sequence[ScoreRow]) -> Headline | None:
    """Return the city's rows; None before there are any."""
    city = {(row.item, row.den): row for row in rows if row.level == "city"}
    rated = city.get(("overall", "rated"))
    if rated is None:
        return None
    return Headline(rated, city.get(("overall", "all")), city.get(("overall_top3", "rated")))


def percent(share: float | None, decimals: int = 1) -> str:
    """Return a share as per cent; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.{decimals}f}%"


def of_hundred(share: float) -> int:
    """Return how many of a hundred a share is."""
    return round(100 * share)


def why_hidden(row: ScoreRow) -> str:
    """Return why a row's estimate isn't shown."""
    if row.CONF_STATUS == FEW:
        return str(FOOTNOTES["1"])
    return str(FOOTNOTES["2"] if row.CONF_STATUS == SECOND else FOOTNOTES["13"])


def marks(row: ScoreRow) -> list[str]:
    """Return the numbers of a row's footnotes."""
    return [code for code in row.footnotes.split(";") if code]


def footnotes(rows: Iterable[ScoreRow]) -> dict[str, str]:
    """Return the footnotes that these rows carry, by number."""
    carried = {code for row in rows for code in marks(row)}
    return {code: str(FOOTNOTES.get(code, "")) for code in sorted(carried, key=int)}


def points(share: float) -> str:
    """Return a difference in percentage points, with its sign."""
    return f"{100 * share:+.1f}".replace("-", "−")


def misleads(bias: ReportedListBias) -> str:
    """Return in one sentence what a list's bias says of the list."""
    if bias.status == FEW:
        return _("名单内或名单外的回答少于10份，不公布。")
    if bias.status == SECOND:
        return _("为保护另一个少于10份的单元，不公布。")
    if bias.bias is None or bias.lo95 is None or bias.hi95 is None:
        return _("样本里没有名单内或名单外的回答，无从比较。")
    way = _("偏高") if bias.bias > 0 else _("偏低")
    size = f"{abs(100 * bias.bias):.1f}"
    span = _("%(points)s 到 %(points2)s", points=points(bias.lo95), points2=points(bias.hi95))
    return _(
        "只问名单上的人，满意的比例会%(way)s约 %(size)s 个百分点（95%% 置信区间 %(span)s）。",
        way=way,
        size=size,
        span=span,
    )


def verdict(bias: ReportedListBias) -> str:
    """Return whether that can be told from chance, among all lists looked at."""
    if bias.q_value is None:
        return _("没有结论")
    return _("有把握：名单有偏差") if bias.q_value < SURE else _("与偶然分不开")
