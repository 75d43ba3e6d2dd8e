"""Attribution in plain words: who a holder is, why a case is set aside, why there is no score."""

from __future__ import annotations

from collections.abc import Mapping

from huying.base.i18n import Lazy, _, lazy
from survey.attribution.rules import workers
from survey.attribution.rules.custody import DEPARTMENT, WORKER
from survey.attribution.rules.sharing import UNKNOWN
from survey.scores.rules.suppression import FEW, SECOND

HOLDERS: Mapping[str, Lazy] = {
    WORKER: lazy("网格员"),
    "unit": lazy("派单单位"),
    "dept:coordination": lazy("协调办公室"),
    "dept:district": lazy("区级兜底"),
    "dept:grid_office": lazy("权责管理"),
    UNKNOWN: lazy("没写明的人"),
}
"""Holders that are no department."""
WHY: Mapping[str, Lazy] = {
    workers.ELSEWHERE: lazy("卡在别处：超时的不是网格员"),
    workers.TWO_WORKERS: lazy("办理期间换过人，分不清是谁的时间"),
    workers.VACANT: lazy("办理期间网格没有人值守"),
    workers.NOT_DUE: lazy("过了期限，可是谁都没有超过自己的时限，或者居民说不清"),
    workers.UNDECLARED: lazy("居民说没解决，可是交存文件没有写明是谁报的办结"),
}
"""Why a case isn't held against a worker."""
REFUSED: Mapping[str, Lazy] = {
    workers.NO_SATISFACTION: lazy("回答太少，本期不评分：居民对网格员态度的满意率没有公布，而它至少占一半"),
    workers.CHANGED_HANDS: lazy("本期不评分：这个网格本期换过人，满意率分不到一个人头上"),
}
"""Why a worker has no score."""
PARTS: Mapping[str, Lazy] = {
    "satisfaction": lazy("居民满意（态度）"),
    "confirmed_resolution": lazy("核实办结率"),
    "timeliness": lazy("自己手里的时间没有超时"),
    "reachability": lazy("试拨有人接"),
}
TOGETHER: Mapping[str, Lazy] = {
    "satisfaction": lazy("居民满意（有关部门的处理）"),
    "confirmed_resolution": lazy("核实办结率"),
    "whistles": lazy("吹哨按时应答"),
}
"""The parts of the score of all departments together."""
HIDDEN: Mapping[str, Lazy] = {
    FEW: lazy("问到的不到10份，不公布"),
    SECOND: lazy("为保护另一个不到10份的单元，不公布"),
}


def holder_name(holder: str) -> str:
    """Return what people call a holder; a department that is known by its code alone is named by it."""
    known = HOLDERS.get(holder)
    if known is not None:
        return str(known)
    return _("部门 %(code)s", code=holder.removeprefix(DEPARTMENT))


def percent(share: float | None) -> str:
    """Return a share as people read it, a dash where there is none."""
    return "—" if share is None else f"{100 * share:.1f}%"


def between(low: float | None, high: float | None) -> str:
    """Return an interval as people read it, a dash where there is none."""
    return "—" if low is None or high is None else f"{100 * low:.1f}% – {100 * high:.1f}%"


def count(value: float) -> str:
    """Return a number of cases or hours: whole where it is, else with one or two decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}".rstrip("0")
