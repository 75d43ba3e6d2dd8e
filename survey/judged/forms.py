"""Forms of the judged and of those who count again: an appeal, slips of an office, what was found."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.judged.rules import appeals
from survey.judged.rules.appeals import LodgedAppeal
from survey.web.forms.fields import choices, sentence

YES, NO = "yes", "no"


class AppealForm(Form):
    """What the holder of a card says is wrong."""

    reason = RadioField(
        lazy("哪里不对"),
        choices=choices(appeals.REASONS.items()),
        validators=[InputRequired(lazy("请选择哪里不对。"))],
    )
    cases = TextAreaField(
        lazy("哪几件诉求"),
        description=lazy("写诉求编号，一行一个。说诉求算错了，就要写。"),
        validators=[Optional(), Length(max=2000)],
        render_kw={"rows": 2},
    )
    said = TextAreaField(
        lazy("怎么不对"),
        description=lazy(
            "写一两句。不要写电话、住户的名字和地址，也不要猜问过谁：没有人会告诉您猜得对不对。"
        ),
        validators=[InputRequired(lazy("请写一两句，怎么不对。")), Length(max=appeals.LONGEST)],
    )

    def value(self) -> LodgedAppeal:
        """Return the appeal."""
        return LodgedAppeal(self.reason.data, self.said.data, appeals.case_codes(self.cases.data))


class SlipsForm(Form):
    """Whose slips are made: an area, and every card in it."""

    area = sentence(
        lazy("区域编号"),
        needed=lazy("请填区域编号。"),
        most=32,
        hint=lazy("一个网格，只做这一张；一个街道，做它和它里面每个网格的；全市，做全市和各街道的。"),
    )


class FindingForm(Form):
    """What came of counting again."""

    outcome = RadioField(
        lazy("结果"),
        choices=choices(appeals.OUTCOMES.items()),
        validators=[InputRequired(lazy("请选择：维持，还是更正。"))],
    )
    said = TextAreaField(
        lazy("查了什么，为什么这样决定"),
        description=lazy("被评的人会看到。不要写电话、住户、访问员，也不要写谁被问过。"),
        validators=[InputRequired(lazy("请写一两句。")), Length(max=appeals.LONGEST)],
    )


class SecondNameForm(Form):
    """A second person lets a finding stand, or sends it back."""

    agrees = RadioField(
        lazy("您的决定"),
        choices=choices([(YES, lazy("同意，就这样定")), (NO, lazy("退回，再查"))]),
        validators=[InputRequired(lazy("请选择：同意，还是退回。"))],
    )
