"""Forms of a wave before its ceremony: planned, looked at, frozen."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from wtforms import DateField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from huying.base.clock import LOCAL
from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from huying.web.forms import Form
from survey.waves.rules.allocation import METHODS
from survey.waves.rules.frame_scope import FrameScope
from survey.waves.rules.freeze_request import FreezeRequest, SharedSizes
from survey.waves.rules.outlook import MOST_WORDS as REASON_WORDS
from survey.waves.rules.outlook import Confirmation, Expectation
from survey.waves.rules.planning import Means
from survey.waves.rules.wave_rules import LISTS, MOST_WORDS, WORDING, WaveRules
from survey.web.forms.fields import amount, choices, sentence, several, some_or_none, tidy, whole_number

LAST_YEAR = 9998
"""The day after the last of all days is no day."""


class FreezeForm(Form):
    """The design of a wave: who may be drawn, how many of each grid, and what follows."""

    label = sentence(
        lazy("轮次名称"),
        needed=lazy("请给这一轮起个名字。"),
        most=32,
        hint=lazy("字母、数字、点和横线，例如 2026W48"),
    )
    streets = several(lazy("只在这些街道抽"), hint=lazy("都不选，就是全市。"))
    types = several(lazy("只在这些类型的网格抽"), hint=lazy("都不选，就是所有类型。"))
    rest = whole_number(
        lazy("最近几轮打过的户不再抽"),
        least=0,
        default=0,
        hint=lazy("填 0，谁都可能再被抽中。排除了哪些户，写进账本。"),
    )
    sample = whole_number(
        lazy("平均每个网格首批户数"), least=1, default=10, hint=lazy("网格的户数更少时，全部抽中。")
    )
    method = RadioField(
        lazy("怎样分给各网格"),
        choices=choices(METHODS.items()),
        default="equal",
        validators=[InputRequired(lazy("请选择怎样分给各网格。"))],
    )
    replicate = whole_number(lazy("每批补充户数"), least=0, default=5)
    plan = whole_number(lazy("每个网格目标完成数"), least=0, default=10)
    most = whole_number(lazy("最多补充几批"), least=0, default=1)
    attempts = whole_number(lazy("未接通至少拨打几次"), least=1, default=6)
    control = whole_number(
        lazy("另抽几户核实电话"),
        least=0,
        default=0,
        hint=lazy("由名册管理员用别的来源或上门核对，估计名册里的假号码占多少。"),
    )
    lists = RadioField(
        lazy("网格员交过名单的，怎么抽"),
        choices=choices(LISTS.items()),
        default="apart",
        description=lazy(
            "名单上和名单外都有十户以上时，才能分开抽。哪些网格分开了，公布；谁在名单上，不公布。"
        ),
    )
    wording = RadioField(
        lazy("问卷"),
        default=WORDING,
        validate_choice=False,
        description=lazy("和规则一起封存，一个字也不能再改。"),
        validators=[Optional()],
    )
    criteria = TextAreaField(
        lazy("网格分类的标准"),
        description=lazy("只在同一类网格里比较，所以分类的标准要在抽签以前写明，和规则一起封存。"),
        validators=[Optional(), Length(max=MOST_WORDS)],
    )
    margins = RadioField(
        lazy("年龄、租住、电话的外部数字"),
        validate_choice=False,
        description=lazy("由名册管理员记下。得分按它校正谁愿意接电话；和规则一起封存，以后不能换。"),
        validators=[Optional()],
    )
    beacon = sentence(
        lazy("公开随机事件"),
        needed=lazy("请写明将用哪一次公开事件。"),
        most=200,
        hint=lazy("冻结以后才发生的事。例如 dice:2026-12-01T10:00+08:00,20d10（届时当众掷 20 颗十面骰）"),
    )
    field_ends = DateField(lazy("访问截止日"), validators=[Optional()])
    late = some_or_none(
        lazy("每层晚放出几户"),
        hint=lazy(
            "先访的户做完以后才放出，访问员事先不知道；两批的差和得分一起公布，看先访的户有没有被打过招呼。"
        ),
    )
    late_day = DateField(lazy("晚的一批哪一天放出"), validators=[Optional()])
    auditors = TextAreaField(
        lazy("审计员的公钥"),
        description=lazy(
            "一行一个，审计员用 huying survey attest 得到。他们核对过答卷，得分才不是一家说了算。"
        ),
        validators=[Optional(), Length(max=MOST_WORDS)],
    )
    quorum = some_or_none(
        lazy("要几家见证单位签名"),
        hint=lazy("冻结和公布得分都要等他们。填 0，这一轮的每一页都会写明没有见证单位。"),
    )

    def value(self, *, hours: str) -> FreezeRequest:
        """Return the wave that is asked for; raise Invalid where its rules make no sense."""
        return FreezeRequest(
            label=self.label.data,
            sizes=SharedSizes(self.sample.data, self.method.data, self.replicate.data),
            rules=WaveRules(
                attempts=self.attempts.data,
                plan=self.plan.data,
                most=self.most.data,
                control=self.control.data,
                wording=self.wording.data or WORDING,
                criteria=self.criteria.data or "",
                lists=self.lists.data,
                hours=hours,
                late=self.late.data or 0,
                late_day=self.late_day.data.isoformat() if self.late_day.data else "",
                auditors=tuple((self.auditors.data or "").split()),
                quorum=self.quorum.data or 0,
            ),
            beacon_source=self.beacon.data,
            field_ends_at=end_of(self.field_ends.data),
            scope=FrameScope(
                frozenset(self.streets.data or ()), frozenset(self.types.data or ()), self.rest.data
            ),
            margins=self.margins.data or "",
        )


def end_of(day: date | None) -> datetime | None:
    """The end of a civil day: the first instant of the next."""
    if day and day.year > LAST_YEAR:
        raise Invalid(_("访问截止日太远了。"))
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=LOCAL) if day else None


class ConfirmedFreezeForm(FreezeForm):
    """A design, what is expected of it, and the name typed once more after seeing what it will tell."""

    response = amount(lazy("预计打通并答完的百分比"), default=25)
    eligible = amount(lazy("预计有效号码的百分比"), default=90)
    why = TextAreaField(
        lazy("什么都公布不了，为什么还要做"),
        description=lazy("只在预计什么都公布不了时填。理由和这一轮一起公布，不能再改。"),
        validators=[Optional(), Length(max=REASON_WORDS)],
    )
    seen = HiddenField()
    confirm = StringField(
        lazy("看清楚了，请再写一遍轮次名称"), filters=[tidy], validators=[Optional(), Length(max=32)]
    )

    def expected(self) -> Expectation:
        """Return what is expected; raise Invalid where it makes no sense."""
        return Expectation(float(self.response.data) / 100, float(self.eligible.data) / 100)

    def confirmation(self, *, by: str) -> Confirmation:
        """Return who freezes this, and why; raise Invalid unless the name was typed as it stands above."""
        if self.confirm.data != self.label.data:
            raise Invalid(_("请在最下面原样再写一遍轮次名称 %(label)s。", label=self.label.data))
        return Confirmation(self.expected(), why=self.why.data or "", by=by)


class PlanForm(Form):
    """What is expected of a wave, and what there is to spend on it; percentages as people write them."""

    class Meta(Form.Meta):
        """Looked at by address, so that a plan can be passed on: nothing is stored."""

        csrf = False

    half_width = amount(lazy("想要的精确程度（±百分点）"), default=10)
    share = amount(lazy("大约百分之几满意"), default=70)
    response = amount(lazy("打通并答完的百分比"), default=25)
    eligible = amount(lazy("有效号码的百分比"), default=90)
    seats = whole_number(lazy("座席"), least=1, default=10)
    pace = amount(lazy("每个座席每小时拨打"), default=15)
    hours = amount(lazy("每周小时数"), default=20)
    weeks = amount(lazy("周数"), default=4)
    dials = amount(lazy("平均每户拨打次数"), default=3)
    price = amount(lazy("每次拨打的费用（元）"), default=1)

    def value(self, *, between: float) -> Means:
        """Return the expectations, `between` from outside; raise Invalid where they make no sense."""
        shares = {
            name: float(self[name].data) / 100 for name in ("half_width", "share", "response", "eligible")
        }
        rest = {name: float(self[name].data) for name in ("pace", "hours", "weeks", "dials", "price")}
        return Means(**shares, **rest, seats=self.seats.data, between=between)
