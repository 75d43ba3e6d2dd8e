"""What offices fill in: duty, posters, look-ups, accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import DateTimeLocalField, PasswordField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import Length, Optional

from feedback.forms.fields import SPACED, at_most, options, required, unchosen, utc
from feedback.roles import NAMES
from huying.forms import Form, OnceForm

RETIREMENTS = {"moved": "换了地方", "torn": "破损", "wrong": "内容有误", "overlaid": "被覆盖"}
LAYERS = {"1": "代班", "0": "负责人", "2": "换班", "3": "应急"}


class DutyForm(Form):
    """Somebody is put on duty in a grid, from a local time to another, or open-ended."""

    worker = SelectField("网格员", validators=[required("请选择网格员。")])
    layer = RadioField("值守方式", choices=options(LAYERS), validators=[required("请选择值守方式。")])
    valid_from = DateTimeLocalField("从", validators=[Optional()], description="不填就是现在。")
    valid_to = DateTimeLocalField("到", validators=[Optional()], description="不填就是一直到另行安排。")
    reason = StringField("原因", validators=[at_most(80)])

    def starts(self, now: datetime) -> datetime:
        """Return the beginning in UTC; `now` where none was given."""
        return utc(self.valid_from.data) or now

    def ends(self) -> datetime | None:
        """Return the end in UTC, or None for an open end."""
        return utc(self.valid_to.data)

    def validate_valid_to(self, field: Any) -> None:
        """An end lies after its beginning."""
        if field.data and self.valid_from.data and field.data <= self.valid_from.data:
            raise ValidationError("结束时间要晚于开始时间。")


class PlainForm(Form):
    """A button with nothing to fill in."""


class PosterForm(OnceForm):
    """A new poster for a place of a grid."""

    grid = SelectField("网格", validators=[required("请选择网格。")])
    place = StringField(
        "张贴地点",
        description="印在海报上，例如：和平里3号楼一层大厅",
        validators=[required("请填写张贴地点。"), at_most(120)],
    )


class RetireForm(Form):
    """A poster is taken out of use."""

    reason = RadioField("停用原因", choices=options(RETIREMENTS), validators=[required("请选择停用原因。")])
    replaced_by = StringField("新海报的编号", render_kw=SPACED, validators=[at_most(16)])


class LookUpForm(Form):
    """The code that a caller reads from a poster."""

    class Meta(Form.Meta):
        """A look-up stores nothing and comes by GET."""

        csrf = False

    number = StringField(
        "海报编号",
        description="海报上的 6 位数字",
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[required("请填写海报编号。")],
    )


class AccountForm(Form):
    """A new account: one role, one place of work."""

    login = StringField(
        "登录名", render_kw={"autocomplete": "off"}, validators=[required("请填写登录名。"), at_most(64)]
    )
    name = StringField("姓名", validators=[required("请填写姓名。"), at_most(64)])
    role = SelectField("角色", choices=unchosen(NAMES), validators=[required("请选择角色。")])
    worker_code = SelectField("对应的网格员", description="角色是网格员时必填。", validators=[Optional()])
    department_code = SelectField("所在部门", description="角色是部门经办人时必填。", validators=[Optional()])
    area_code = SelectField("管辖范围", validators=[Optional()])
    password = PasswordField(
        "初始密码",
        description="至少 10 个字符。",
        render_kw={"autocomplete": "new-password"},
        validators=[required("请填写初始密码。"), Length(min=10, message="密码至少 10 个字符。")],
    )

    def validate_role(self, field: Any) -> None:
        """A worker's account names the worker, an officer's the department."""
        if field.data == "worker" and not self.worker_code.data:
            raise ValidationError("网格员账号要选对应的网格员。")
        if field.data == "department_officer" and not self.department_code.data:
            raise ValidationError("部门经办人账号要选所在部门。")
