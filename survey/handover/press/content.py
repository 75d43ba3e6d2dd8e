"""What a report says, as the template takes it: every figure as the pages print it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

import qrcode
from qrcode.image.svg import SvgPathImage

from huying.base.clock import local
from huying.base.i18n import _
from survey.handover.press import method
from survey.handover.queries.reports import ReportRows
from survey.scores.rules.desk import LEVEL_NAMES, STANDINGS
from survey.scores.rules.guides import guides
from survey.scores.rules.pipeline import ALL, CITY, GRID, OVERALL, RATED
from survey.scores.rules.release import ScoreRow
from survey.scores.views import plain_language as say
from survey.scores.views.plain_language import ITEM_NAMES, SHARE_NAMES
from survey.web.views import labels

Said = dict[str, Any]
TEMPLATE = "handover/report.typ"
NARROWEST = 40
"""A funnel is drawn at least as far as so many answers."""


def of(found: ReportRows, *, base_url: str, demo: bool) -> Said:
    """Return the content of a report, in the language of the moment."""
    row = _overall(found.own)
    url = f"{base_url}/rounds/{found.wave.label}"
    sections = list(_sections(found, row))
    named = [*found.own, *(each for _title, held in _listed(found, row) for each in held)]
    return {
        "title": _("%(name)s 的得分", name=row.name),
        "subtitle": f"{LEVEL_NAMES[row.level]} · {found.wave.label}",
        "day": local(found.release.made_at).strftime("%Y-%m-%d"),
        "demo": _("演示，数字都是虚构的") if demo else "",
        "history": say.history([found.release], found.release),
        "headline": list(_headline(found.own, row)),
        "items": _items(found.own),
        "standings": _standings(found, row),
        "sections": sections,
        "funnels": list(_funnels(found, row)),
        "field": _field(found.outcomes),
        "bias": list(_bias(found)),
        "method": method.sentences(found),
        "notes": list(say.footnotes(named).items()),
        "counted": _("表里共 %(n)s 行，一行不少。", n=sum(len(each["rows"]) for each in sections)),
        "url": url,
        "symbol": _symbol(url),
        "digest": found.digest,
        "words": _words(),
    }


def _words() -> Mapping[str, str]:
    return {
        "items": _("各项，各自成立，不合成一个数"),
        "item": _("项目"),
        "den": _("谁算在内"),
        "estimate": _("估计满意"),
        "interval": _("区间"),
        "plain": _("未加权"),
        "n": _("回答"),
        "asked": _("抽中"),
        "note": _("注"),
        "code": _("编号"),
        "name": _("名称"),
        "standing": _("和同类比"),
        "plot": _("估计和区间"),
        "funnels": _("漏斗：和同类网格比"),
        "funnel_note": _(
            "一点一个网格，横轴是回答（约），纵轴是未加权的满意比例；实线以内，"
            "凭抽签的误差就会有百分之九十五的网格，虚线以内百分之九十九点八。中线是图上这些网格的平均。"
            "尖朝下的低于同类，尖朝上的高于同类。不排名次。"
        ),
        "standings": _("网格和同类比"),
        "type": _("网格类型"),
        "hidden": _("不公布"),
        "together": _("合计"),
        "field": _("访问做得怎么样（全市）"),
        "bias": _("名单偏差"),
        "method": _("这些数怎么来的"),
        "notes": _("注"),
        "verify": _("自己核对：扫码打开"),
        "digest": _("发布表的指纹"),
        "answers": _("回答（约）"),
    }


def _overall(rows: Iterable[ScoreRow]) -> ScoreRow:
    return next(row for row in rows if (row.item, row.den) == (OVERALL, RATED))


def _headline(own: Sequence[ScoreRow], row: ScoreRow) -> Iterable[str]:
    everyone = next((each for each in own if (each.item, each.den) == (OVERALL, ALL)), None)
    if not say.tells(row):
        yield say.why_hidden(row)
        return
    yield say.sentence(say.Headline(row, everyone, None))
    yield _(
        "抽签有误差，有的人家没有接受访问，把这些都算在内，"
        "作了评价的住户里满意的比例多半在 %(low)s 到 %(high)s 之间。",
        low=say.share(row, row.low),
        high=say.share(row, row.high),
    )


def figures(row: ScoreRow) -> list[str]:
    """Return a row's estimate, interval, plain share and answers as they are printed; why, where hidden."""
    if not say.tells(row):
        return [say.why_hidden(row), "", "", ""]
    span = f"{say.share(row, row.low)} – {say.share(row, row.high)}"
    return [say.estimate(row), span, say.share(row, row.unweighted), say.about(row.n)]


def _items(own: Sequence[ScoreRow]) -> list[list[str]]:
    names = {**ITEM_NAMES, **SHARE_NAMES}
    dens = {RATED: _("评了的"), ALL: _("全部受访户")}
    return [
        [str(names[row.item]), dens[row.den], *figures(row), " ".join(say.marks(row))]
        for row in own
        if row.item in names
    ]


def _listed(found: ReportRows, row: ScoreRow) -> list[tuple[str, list[ScoreRow]]]:
    """The rows of each table: what lies above a grid, else the parts by level and the grids by type."""
    if row.level == GRID:
        return [(_("这个网格，和它所在的地方"), [*found.above, row])]
    levels = {level: [each for each in found.parts if each.level == level] for level in LEVEL_NAMES}
    tables = [(str(LEVEL_NAMES[level]), held) for level, held in levels.items() if held]
    if row.level == CITY:
        return tables
    kinds = _by_type(found.grids).items()
    return tables + [(_("网格：%(type)s", type=kind or _("未分类的网格")), held) for kind, held in kinds]


def _by_type(rows: Iterable[ScoreRow]) -> dict[str, list[ScoreRow]]:
    held: dict[str, list[ScoreRow]] = {}
    for row in sorted(rows, key=lambda row: (row.type, row.unit)):
        held.setdefault(row.type, []).append(row)
    return held


def _sections(found: ReportRows, row: ScoreRow) -> Iterable[Said]:
    for title, rows in _listed(found, row):
        yield {"title": title, "rows": [_line(each) for each in rows]}


def _line(row: ScoreRow) -> Said:
    return {
        "code": row.unit,
        "name": row.name,
        "figures": figures(row),
        "asked": say.about(row.asked),
        "standing": str(STANDINGS[row.position]) if row.position else "",
        "notes": " ".join(say.marks(row)),
        "low": row.low,
        "high": row.high,
        "at": row.estimate,
    }


def _standings(found: ReportRows, row: ScoreRow) -> Said:
    """How many grids of each type stand where; none hidden is told of by more than their number."""
    rows = found.every_grid if row.level == CITY else [] if row.level == GRID else found.grids
    heads = [*map(str, STANDINGS.values())]
    table = []
    for kind, held in _by_type(rows).items():
        counts = Counter(each.position if say.tells(each) else None for each in held)
        cells = [str(counts[where]) for where in STANDINGS]
        table.append([kind or _("未分类的网格"), *cells, str(counts[None]), str(len(held))])
    return {"heads": heads, "rows": table}


def _funnels(found: ReportRows, row: ScoreRow) -> Iterable[Said]:
    rows = found.every_grid if row.level == CITY else found.grids
    for kind, held in _by_type(rows).items():
        shown = [each for each in held if each.n is not None and say.tells(each)]
        if not shown or (row.level == GRID and row.type != kind):
            continue
        points = Counter((each.n or 0, _plain(each), each.position or "", each is row) for each in shown)
        total = sum(n for n, *_rest in points.elements())
        target = sum(n * share for n, share, *_rest in points.elements()) / total
        most = max(NARROWEST, *(n for n, *_rest in points))
        yield {
            "title": kind or _("未分类的网格"),
            "grids": _("%(shown)s 个网格，公布的都在图上", shown=len(shown)),
            "target": target,
            "most": most,
            "points": [[*point, times] for point, times in points.items()],
            "guides": [[n, *low, *high] for n, low, high in guides(target, most=most)],
        }


def _plain(row: ScoreRow) -> float:
    """A row's share of its answers; where they all agree, all or none."""
    if row.unweighted is not None:
        return row.unweighted
    return float((row.low or 0.0) + (row.high or 0.0) > 1)


def _field(outcomes: Counter[str]) -> Said:
    counts, rates = method.dispositions(outcomes)
    return {
        "groups": [[str(labels.GROUPS[group]), f"{n:,}"] for group, n in counts.items()],
        "rates": [[f"{labels.RATES[name]} {name}", say.percent(rate)] for name, rate in rates.items()],
        "total": f"{sum(counts.values()):,}",
    }


def _bias(found: ReportRows) -> Iterable[str]:
    if found.pooled is None:
        yield _("这一轮没有人交过住户名单，没有名单偏差可说。")
        return
    yield _("全部名单合起来：%(said)s", said=say.misleads(found.pooled))
    for each in found.lists:
        yield f"{each.staff_code} · {each.grid_code}: {say.misleads(each)} {say.verdict(each)}"


def _symbol(url: str) -> str:
    out = BytesIO()
    qrcode.make(url, image_factory=SvgPathImage, border=4).save(out)
    text = out.getvalue().decode()
    return text[text.index("<svg") :]
