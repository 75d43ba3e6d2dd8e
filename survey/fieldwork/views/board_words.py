"""What the board tells, as plain sentences: what is so, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from huying.base.clock import local
from huying.base.i18n import _, lazy
from survey.fieldwork.queries.board.look import FieldPlan
from survey.fieldwork.rules.board.alerts import MANY_DROPS, MANY_LAPSES, AlertKind, FieldAlert
from survey.fieldwork.rules.board.forecast import Between, FieldForecast
from survey.fieldwork.rules.languages import LANGUAGES
from survey.web.views import labels

SEATS = {
    "talking": lazy("通话中"),
    "dialling": lazy("在拨号"),
    "coding": lazy("记结果"),
    "waiting": lazy("空着，等下一户"),
    "break": lazy("休息"),
    "off": lazy("不在"),
}
"""What a seat is doing."""
CLASSES = {1: lazy("到点的预约"), 2: lazy("要接着问完的"), 3: lazy("普通的")}
RATES = {**labels.RATES, "e": lazy("不明的里估计合格的")}
MEASURES = {
    "contact": lazy("接通：拨打里有人接的"),
    "complete": lazy("完成：有人接的里做完的"),
    "refusal": lazy("拒访：有人接的里不肯的"),
    "appointment": lazy("预约：有人接的里约了时间的"),
}
"""What the seats' shares are of."""


def minutes(span: timedelta) -> int:
    """Return a time as whole minutes."""
    return int(span.total_seconds() // 60)


def share(value: float | None) -> str:
    """Return a share as per cent with one digit, a dash where there is none."""
    return "–" if value is None else f"{100 * value:.1f}%"


def alert(found: FieldAlert) -> str:
    """Return an alert as a sentence or two."""
    return SENTENCES[found.kind](found)


def _idle(found: FieldAlert) -> str:
    return _(
        "工号 %(who)s 空着五分钟以上，能打的还有 %(n)s 户：请看看电话、页面是不是正常，再请他们接着打。",
        who=_who(found),
        n=f"{found.n:,}",
    )


def _undialled(found: FieldAlert) -> str:
    return _("工号 %(who)s 拿到一户五分钟还没有拨。人要是不在，就把这一户交回，让别人打。", who=_who(found))


def _coding(found: FieldAlert) -> str:
    return _("工号 %(who)s 记结果已经十分钟以上：请问一问要不要帮忙。", who=_who(found))


def _lapses(found: FieldAlert) -> str:
    return _(
        "工号 %(who)s 今天有 %(n)s 户以上放到超时被收回：请问一问是网络、机器的问题，还是中途离开。",
        who=_who(found),
        n=MANY_LAPSES,
    )


def _drops(found: FieldAlert) -> str:
    return _(
        "工号 %(who)s 今天有 %(n)s 次以上没接通就挂了，或者记成我们的线路故障："
        "这样的不算拨打过，那些户过十分钟又会排上。请去看一看是怎么回事。",
        who=_who(found),
        n=MANY_DROPS,
    )


def _more_refusals(found: FieldAlert) -> str:
    return _(
        "工号 %(who)s 遇到的拒访比偶然会有的多：请一起练一练开场白；时段和户不同也会这样，不要怪人。",
        who=_who(found),
    )


def _fewer_refusals(found: FieldAlert) -> str:
    return _(
        "工号 %(who)s 遇到的拒访比偶然会有的少：也许做得好；也请抽几户回访，看结果是不是都如实记了。",
        who=_who(found),
    )


def _clash_seats(found: FieldAlert) -> str:
    return _(
        "%(at)s 起十分钟里约了 %(n)s 户，能接的座席只有 %(of)s 个：请多叫人来，或请访问员把新的预约往后约。",
        **_counted(found),
    )


def _clash_language(found: FieldAlert) -> str:
    return _(
        "%(at)s 起十分钟里有 %(n)s 户约了用%(language)s，会说的座席只有 %(of)s 个：请安排会说的人。",
        language=LANGUAGES.get(str(found.on), str(found.on)),
        **_counted(found),
    )


def _clash_pinned(found: FieldAlert) -> str:
    return _(
        "%(at)s 起十分钟里有 %(n)s 户都约了工号 %(who)s：晚的五分钟后由别人打，请先跟这位访问员说一声。",
        who=_who(found),
        at=_time(found.at),
        n=found.n,
    )


def _slips(found: FieldAlert) -> str:
    return _(
        "照这个速度，到 %(day)s 访问结束时还会剩下大约 %(n)s 户没有打完：请加座席、加时段。",
        day=_day(found.on),
        n=f"{found.n:,}",
    )


def _short(found: FieldAlert) -> str:
    return _(
        "照这个速度最多完成 %(n)s 份，计划是 %(of)s 份：不能换户，能做的是把每一户打足、打在合适的时段。",
        n=f"{found.n:,}",
        of=f"{found.of:,}",
    )


SENTENCES: dict[AlertKind, Callable[[FieldAlert], str]] = {
    AlertKind.IDLE: _idle,
    AlertKind.UNDIALLED: _undialled,
    AlertKind.CODING: _coding,
    AlertKind.LAPSES: _lapses,
    AlertKind.DROPS: _drops,
    AlertKind.MORE_REFUSALS: _more_refusals,
    AlertKind.FEWER_REFUSALS: _fewer_refusals,
    AlertKind.CLASH_SEATS: _clash_seats,
    AlertKind.CLASH_LANGUAGE: _clash_language,
    AlertKind.CLASH_PINNED: _clash_pinned,
    AlertKind.SLIPS: _slips,
    AlertKind.SHORT: _short,
}


def forecast(plan: FieldPlan) -> list[str]:
    """Return what comes of the field at its pace, in sentences."""
    found = plan.forecast
    if found is None:
        return [_("打得还太少，估不出什么时候打完。")]
    told = [_done(found, plan.ends), _completes(found.completes, plan.plan)]
    if plan.seats is None:
        return told
    return [_("按明天起每天 %(n)s 个座席算，今天是 %(today)s 个：", n=plan.seats, today=plan.today), *told]


def _done(found: FieldForecast, ends: date | None) -> str:
    low, middle, high = found.done
    if middle is None:
        until = (
            _("照这个速度，到 %(day)s 打不完", day=_day(ends)) if ends else _("照这个速度，两个月内打不完")
        )
        return _(
            "%(until)s，大约还剩 %(n)s 户（%(between)s）。",
            until=until,
            n=f"{found.left.middle:,}",
            between=_between(found.left),
        )
    between = (
        _("十次里八次在 %(low)s 至 %(high)s 之间", low=_day(low), high=_day(high))
        if high is not None
        else _("十次里九次不早于 %(low)s，也可能到期打不完", low=_day(low))
    )
    return _("照这个速度，%(day)s打完（%(between)s）。", day=_day(middle), between=between)


def _completes(found: Between, plan: int) -> str:
    told = _("一共会完成大约 %(n)s 份（%(between)s）", n=f"{found.middle:,}", between=_between(found))
    if not plan:
        return _("%(told)s。", told=told)
    return _("%(told)s；计划是 %(plan)s 份。", told=told, plan=f"{plan:,}")


def _between(found: Between) -> str:
    return _("十次里八次在 %(low)s 至 %(high)s 之间", low=f"{found.low:,}", high=f"{found.high:,}")


def _who(found: FieldAlert) -> str:
    named = _("、").join(found.seats)
    return _("%(named)s 等，另有 %(more)s 位", named=named, more=found.more) if found.more else named


def _counted(found: FieldAlert) -> dict[str, object]:
    return {"at": _time(found.at), "n": found.n, "of": found.of}


def _time(at: datetime | None) -> str:
    return f"{local(at):%H:%M}" if at else "–"


def _day(day: object) -> str:
    return f"{day:{_('%-m月%-d日')}}" if isinstance(day, date) else "–"
