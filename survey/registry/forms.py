"""Forms of the registry: a file is applied."""

from __future__ import annotations

from datetime import date
from typing import cast

from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp, ValidationError

from huying.base.i18n import _, lazy
from huying.web.forms import Form
from survey.registry.rules.shown_plan import ShownPlan
from survey.web.forms.fields import HEX_PART, choices, sentence, tidy


class ApplyRegistryForm(Form):
    """The tried file and what was shown of it, by digests; a name where somebody must answer for it."""

    sha256 = HiddenField(validators=[Regexp(HEX_PART)])
    shown = HiddenField(validators=[Regexp(HEX_PART)])
    confirmed_by = StringField(
        lazy("我核对过，确认这些变动（写上姓名）"), filters=[tidy], validators=[Length(max=64)]
    )
    why = StringField(
        lazy("为什么迁出或换电话（会公开）"),
        filters=[tidy],
        validators=[Length(max=200)],
        description=lazy("不写，公开的表里就写着“没有写理由”。不要写姓名和号码。"),
    )

    def value(self) -> ShownPlan:
        """Return what the registrar answers for."""
        return ShownPlan(
            self.sha256.data or "", self.shown.data or "", self.confirmed_by.data, self.why.data or ""
        )


class HandOverForm(Form):
    """The tried file, by its digest, handed to a second registrar with the importer's reason."""

    sha256 = HiddenField(validators=[Regexp(HEX_PART)])
    why = sentence(
        lazy("为什么少了这么多（会公开）"),
        needed=lazy("请写明理由：它会公开。"),
        most=200,
        hint=lazy("例如：春一路 3 号楼拆迁，见拆迁公告。不要写姓名和号码。"),
    )


class SecondForm(Form):
    """A second registrar's reason, which is shown to everybody."""

    reason = sentence(
        lazy("理由（会和您的姓名一起公开）"),
        needed=lazy("请写明理由：它会公开。"),
        most=200,
        hint=lazy("您核对了什么，凭什么决定。不要写姓名和号码。"),
    )


class DepartureForm(Form):
    """What a visit or a letter found where a household is said to have left."""

    result = SelectField(
        lazy("核对结果"),
        choices=choices(
            [("gone", lazy("确实搬走了")), ("here", lazy("还住在那里")), ("unknown", lazy("查不清"))]
        ),
    )
    source = sentence(
        lazy("怎么核对的"), needed=lazy("请写明怎么核对的。"), most=200, hint=lazy("例如：11 月 26 日上门")
    )


class OutsideForm(Form):
    """How many households somebody else counts, grid by grid."""

    source = sentence(
        lazy("谁数的"), needed=lazy("请写明谁数的。"), most=80, hint=lazy("例如：统计局、供电公司")
    )
    day = DateField(lazy("哪一天的数"), validators=[InputRequired(lazy("请填写日期。"))])
    counts = TextAreaField(
        lazy("每行一个网格和户数"),
        description=lazy("例如：G0101 312"),
        validators=[DataRequired(lazy("请每行写一个网格和它的户数。")), Length(max=200_000)],
    )

    @property
    def on(self) -> date:
        """The day of the counts."""
        return cast("date", self.day.data)


class MarginsForm(Form):
    """How many households of the city somebody counts by age, tenure and telephone."""

    source = sentence(
        lazy("谁数的"), needed=lazy("请写明谁数的。"), most=80, hint=lazy("例如：统计局人口抽样调查")
    )
    day = DateField(lazy("哪一天的数"), validators=[InputRequired(lazy("请填写日期。"))])
    counts = TextAreaField(
        lazy("全市户数，每行一类"),
        description=lazy(
            "七类都要写：18-39岁、40-59岁、60岁及以上（受访人的年龄），户籍、租住，"
            "有能用的电话、没有能用的电话。例如：40-59岁 8220"
        ),
        validators=[DataRequired(lazy("请每行写一类和它的户数。")), Length(max=2000)],
    )

    @property
    def on(self) -> date:
        """The day of the counts."""
        return cast("date", self.day.data)


class HomesForm(Form):
    """Households that may be one home: which code stays, or none where they are different homes."""

    codes = HiddenField(validators=[DataRequired(), Length(max=20_000)])
    keep = StringField(validators=[Length(max=32)], filters=[tidy])

    def validate_keep(self, field: StringField) -> None:
        """Raise ValidationError where nothing was chosen: to be different is a decision too."""
        if not field.raw_data:
            self.form_errors.append(_("请先选一项：是同一家，还是不同的家。"))
            raise ValidationError
