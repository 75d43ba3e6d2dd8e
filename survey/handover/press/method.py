"""The method note of a report: how its figures came about, with this release's own numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from huying.base.i18n import _
from survey.fieldwork.rules.dispositions import counts as by_group
from survey.handover.queries.reports import ReportRows
from survey.registry.rules.margins import GROUP_WORDS
from survey.scores.queries import releases
from survey.scores.rules.pipeline import ODDS
from survey.scores.rules.release import HIDDEN
from survey.scores.views import plain_language as say
from survey.web.views.labels import RATES


def dispositions(outcomes: Counter[str]) -> tuple[Mapping[str, int], Mapping[str, float | None]]:
    """Return how many households had which kind of outcome, and the five rates, unweighted."""
    from sampling.comparing.outcomes import rates  # noqa: PLC0415  (only a report needs the mathematics)

    groups = {str(group): count for group, count in by_group(outcomes.elements()).items()}
    found = rates(groups)
    shares = {name: None if (rate := found[name]) is None else float(rate) for name in RATES}
    return groups, shares


def sentences(found: ReportRows) -> list[str]:
    """Return the note, a sentence a point."""
    wave, release = found.wave, found.release
    rates = releases.response_rates(release)
    rows = releases.rows_of(release)
    return [
        _(
            "名册 %(frame)s 户，冻结以后由公开的随机数抽签；放出 %(issued)s 户，没有人挑选，没有替换。"
            "应答率（RR1）%(rate)s。",
            frame=f"{wave.frame_size:,}",
            issued=f"{found.outcomes.total():,}",
            rate=say.percent(rates.get(wave.label)),
        ),
        _weights(found),
        _(
            "区间是 95%% 的：抽样的误差之外，没有受访的住户和同类受访的人，"
            "满意的对数优势相差 %(odds)s 以内，这是假设。",
            odds=f"{ODDS:g}",
        ),
        *_grids(found, rates),
        _(
            "一项不到 10 份回答的地方不公布，会推算出它们的也不公布：这次 %(all)s 行里有 %(hidden)s 行。"
            "比例舍入到百分之一（网格）或千分之一，份数舍入到 5。",
            all=f"{len(rows):,}",
            hidden=f"{sum(row.status == HIDDEN for row in rows):,}",
        ),
        _("发布表的指纹 %(digest)s。", digest=found.digest),
        _("输入的指纹 %(digest)s。", digest=release.inputs_sha256),
    ]


def _weights(found: ReportRows) -> str:
    used = releases.margins(found.release)
    if used is None or not used.met:
        return _("每一份回答代表本层名册里的几户；谁愿意接电话，没有外部的数字可以校正（注 19）。")
    names = "、".join(str(GROUP_WORDS[name]) for name in used.met)
    return _(
        "每一份回答代表本层名册里的几户，再按 %(source)s（%(day)s）校正：%(names)s。"
        "没有能用的电话的住户占 %(share)s。",
        source=used.source,
        day=used.day,
        names=names,
        share=say.percent(used.without_phone),
    )


def _grids(found: ReportRows, rates: Mapping[str, float]) -> Iterable[str]:
    yield _("网格的估计一部分来自自己的回答，一部分来自同类网格；只在同一类里看，不排名次。")
    if len(rates) > 1:
        yield _("网格的估计合并了 %(waves)s 各轮的回答。", waves="、".join(sorted(rates)))
    if complaints := say.complaints(releases.complaints(found.release)):
        yield complaints
