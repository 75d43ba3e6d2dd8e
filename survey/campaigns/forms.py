"""What a campaign that is to be frozen asks for."""

from __future__ import annotations

from wtforms import DateField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from huying.base.numbering import read_one
from huying.web.forms import Form
from survey.campaigns.rules.request import CampaignRequest
from survey.kinds import PHASE2, TEST_CALL
from survey.waves.forms.design import end_of
from survey.web.forms.fields import sentence, some_or_none, tidy, whole_number


class CampaignForm(Form):
    """A campaign: what it draws, how many, by which event; its name typed once more seals it.

    Which kinds there are to choose from is the page's to say.
    """

    kind = RadioField(
        lazy("核实什么"),
        validators=[InputRequired(lazy("请选择核实什么。"))],
    )
    label = sentence(
        lazy("名称"),
        needed=lazy("请给这一次核实起个名字。"),
        most=32,
        hint=lazy("字母、数字、点和横线，例如 F2026W48"),
    )
    sample = whole_number(
        lazy("每个街道抽几件"), least=1, default=30, hint=lazy("不够的全抽。答到十份以上，这个街道才有数。")
    )
    phase_of = RadioField(
        lazy("哪一轮的户"),
        validate_choice=False,
        description=lazy("只有核实电话打不通的户才选。"),
        validators=[Optional()],
    )
    hotline = StringField(
        lazy("居民拨的总机号码"),
        filters=[tidy],
        description=lazy("只有试拨公示牌才填。"),
        validators=[Optional(), Length(max=32)],
    )
    attempts = whole_number(lazy("未接通至少拨打几次"), least=1, default=6)
    beacon = sentence(
        lazy("公开随机事件"),
        needed=lazy("请写明将用哪一次公开事件。"),
        most=200,
        hint=lazy("冻结以后才发生的事。例如 dice:2026-12-01T10:00+08:00,20d10（届时当众掷 20 颗十面骰）"),
    )
    field_ends = DateField(lazy("访问截止日"), validators=[Optional()])
    quorum = some_or_none(
        lazy("要几家见证单位签名"),
        hint=lazy("冻结和公布都要等他们。填 0，每一页都会写明没有见证单位。"),
    )
    confirm = sentence(lazy("看清楚了，请再写一遍名称"), needed=lazy("请把上面的名称原样再写一遍。"), most=32)

    def value(self, *, hours: str, region: str, allowed: str) -> CampaignRequest:
        """Return the campaign that is asked for; raise Invalid where it makes no sense."""
        if self.confirm.data != self.label.data:
            raise Invalid(_("请在最下面原样再写一遍名称 %(label)s。", label=self.label.data))
        is_test = self.kind.data == TEST_CALL
        hotline = self.hotline.data if is_test else ""
        return CampaignRequest(
            label=self.label.data,
            kind=self.kind.data,
            sample=self.sample.data,
            beacon_source=self.beacon.data,
            field_ends_at=end_of(self.field_ends.data),
            phase_of=(self.phase_of.data or "") if self.kind.data == PHASE2 else "",
            hotline=read_one(hotline, region=region, allowed=allowed) if hotline else "",
            attempts=self.attempts.data,
            quorum=self.quorum.data or 0,
            hours=hours,
        )
