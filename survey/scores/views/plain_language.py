"""PlaceFigures in plain words: what a score says, how sure it is, and why another isn't shown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huying.base.clock import local
from huying.base.i18n import _, lazy
from survey.models import CorrectedRelease
from survey.scores.queries.biases import ReportedListBias
from survey.scores.queries.releases import Release, change
from survey.scores.rules.differences import ReportedDifference, waves_of
from survey.scores.rules.list_bias import SURE
from survey.scores.rules.pipeline import GRID, RATED
from survey.scores.rules.release import HIDDEN, ScoreRow, rounded_count
from survey.scores.rules.suppression import FEW, SECOND

FOOTNOTES = {
    "1": lazy("少于10份，不公布"),
    "2": lazy("为保护另一个少于10份的地方，不公布"),
    "3": lazy("回答不到30份，误差较大"),
    "4": lazy("不满十二个月，不能用于奖惩"),
    "5": lazy("这个数主要来自同类网格，本网格的回答还不够，不能用于奖惩"),
    "9": lazy("没有能用的电话的住户几乎没有人回答，他们怎么想不知道"),
    "10": lazy("应答率不到全市的一半"),
    "12": lazy("公布以后有回答作废，这个数重新算过"),
    "13": lazy("没有回答"),
    "15": lazy("完成访问的人里，不到一半评了这一题"),
    "17": lazy("不到九成的住户住在有回答的网格里，不公布"),
    "18": lazy("这一轮提前结束，不能用于奖惩"),
    "19": lazy("没有年龄、租住的外部数字可以对照，谁愿意接电话没有校正，不能用于奖惩"),
    "20": lazy("公布以后这里作废的回答不到10份，也不到百分之一：去掉它们，就能推算出它们，所以这个数没有动"),
}
ITEM_NAMES = {
    "overall": lazy("总体"),
    "conduct": lazy("网格员的态度"),
    "result": lazy("办理结果"),
    "department": lazy("有关部门的处理"),
    "resolved": lazy("反映的事完全解决了（住户说的）"),
    "resolved_partly": lazy("完全或部分解决了（住户说的）"),
}
"""What stands beside each other and is never made into one figure."""
SHARE_NAMES = {
    "awareness": lazy("知道网格员、说得出他做什么"),
    "reach": lazy("最近一年找过网格员、当天或几天后联系上了"),
    "foreknowledge": lazy("接电话以前有人告诉过会有这样的电话"),
    "coached": lazy("有人说过应该怎么回答"),
}
"""Shares of all who were asked; the last two judge nobody."""


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


def history(made: Sequence[Release], shown: Release) -> str:
    """Return what a release says of those beside it: what it changed and why, or that it was corrected."""
    later = next((each for each in made if each.number == shown.number + 1), None)
    if later is not None and isinstance(later, CorrectedRelease):
        day = local(later.made_at).strftime(_("%Y年%-m月%-d日"))
        return _("这是第 %(n)s 次公布的数，%(day)s 已更正：%(why)s", n=shown.number, day=day, why=later.why)
    said = change(shown)
    if said is None or not isinstance(shown, CorrectedRelease):
        return ""
    return _(
        "这是第 %(n)s 次公布的数：上次公布以后作废了 %(undone)s 份回答，去掉以后重新算。理由：%(why)s",
        n=shown.number,
        undone=said.undone,
        why=shown.why,
    )


def percent(share: float | None, decimals: int = 1) -> str:
    """Return a share as per cent; a dash where there is none."""
    return "–" if share is None else f"{100 * share:.{decimals}f}%"


def share(row: ScoreRow, value: float | None) -> str:
    """Return one of a row's shares as per cent, as finely as its level is published."""
    return percent(value, 0 if row.level == GRID else 1)


def estimate(row: ScoreRow) -> str:
    """Return a row's estimate; where all agree, at least or at most how much."""
    if row.estimate is not None or row.low is None or row.high is None:
        return share(row, row.estimate)
    if row.high >= 1:
        return _("至少 %(low)s", low=share(row, row.low))
    return _("至多 %(high)s", high=share(row, row.high))


def tells(row: ScoreRow) -> bool:
    """Whether a row says anything: an estimate, or limits where all agree."""
    return row.low is not None


def about(count: int | None) -> str:
    """Return a count that was rounded to fives."""
    return _("不到10") if count is None else _("约 %(count)s", count=f"{count:,}")


def roughly(count: int) -> str:
    """Return a count as a release tells it."""
    return about(rounded_count(count))


def sentence(found: Headline) -> str:
    """Return who was asked and what they say, of all households and of those who rated, in one sentence."""
    rated = _of_hundred(found.rated)
    if found.everyone is None or not tells(found.everyone):
        return _("知道网格员并作了评价的住户里，估计每 100 户%(rated)s 户满意。", rated=rated)
    return _(
        "估计每 100 户里%(every)s 户满意；知道网格员并作了评价的住户里，%(rated)s 户。",
        every=_of_hundred(found.everyone),
        rated=rated,
    )


def _of_hundred(row: ScoreRow) -> str:
    """Say how many of a hundred; where all agree, how many at least or at most."""
    if row.estimate is not None:
        return _("约 %(number)s", number=round(100 * row.estimate))
    if row.high is None or row.high >= 1:
        return _("至少 %(number)s", number=math.floor(100 * (row.low or 0.0)))
    return _("至多 %(number)s", number=math.ceil(100 * row.high))


def shown_of(rows: Sequence[ScoreRow]) -> str:
    """Return of how many grids the score is shown; the others are no sample of them."""
    shown = sum(tells(row) for row in rows)
    if not rows:
        return _("没有网格。")
    return _(
        "%(all)s 个网格里公布 %(shown)s 个（%(percent)s）。"
        "不公布的网格，回答照样算进街道和全市；只看公布的网格，不能代表全部网格。",
        all=len(rows),
        shown=shown,
        percent=percent(shown / len(rows), 0),
    )


def why_hidden(row: ScoreRow) -> str:
    """Return why a row's estimate isn't shown."""
    wanted = ("1", "2", "17") if row.status == HIDDEN else ("13",)
    return str(FOOTNOTES[next((code for code in wanted if code in marks(row)), wanted[0])])


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


def difference(found: ReportedDifference) -> str:
    """Return in one sentence how far two places, or two waves, lie apart, and whether chance may do it."""
    if found.value == 0:
        size = _("一样高")
    elif found.value > 0:
        size = _("高 %(points)s 个百分点", points=_points_of(found, found.value))
    else:
        size = _("低 %(points)s 个百分点", points=_points_of(found, -found.value))
    span = _("%(points)s 到 %(points2)s", points=points(found.low), points2=points(found.high))
    if found.told_apart:
        return _("估计%(size)s（95%% 区间 %(span)s），超出误差。", size=size, span=span)
    return _("估计%(size)s（95%% 区间 %(span)s），在误差以内。", size=size, span=span)


def _points_of(found: ReportedDifference, value: float) -> str:
    return f"{100 * value:.{0 if found.one.level == GRID else 1}f}"


def complaints(coefficients: Mapping[str, float]) -> str:
    """Return what complaints have to do with the scores of grids; nothing where they weren't looked at."""
    found = coefficients.get(RATED)
    if found is None:
        return ""
    number = f"{found:+.4f}".replace("-", "−")
    if found > 0:
        return _("诉求多的网格满意的比例反而高（系数 %(number)s），诉求没有用来估计。", number=number)
    return _("诉求多的网格满意的比例低一些（系数 %(number)s），估计用到了这一点。", number=number)


def pooled(rows: Iterable[ScoreRow]) -> list[str]:
    """Return the waves whose answers the grids' figures pool; none where they are of one wave."""
    several = {wave: None for row in rows if "+" in row.wave for wave in waves_of(row)}
    return sorted(several)


def misleads(bias: ReportedListBias) -> str:
    """Return in one sentence what a list's bias says of the list."""
    if bias.status == FEW:
        return _("名单内或名单外的回答少于10份，不公布。")
    if bias.status == SECOND:
        return _("为保护另一个少于10份的地方，不公布。")
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
    """Return whether an excess beyond that of acquaintances can be told from chance, among all lists."""
    if bias.q_value is None:
        return _("没有结论")
    if not bias.past_margin:
        return _("没有超出五个百分点，不算偏")
    return _("有把握：名单偏高，请复核") if bias.q_value < SURE else _("看不出偏差")
