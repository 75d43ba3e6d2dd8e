"""The forms of the independent side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    DateTimeLocalField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from huying.accounts import SHORTEST_PASSWORD
from huying.clock import LOCAL
from huying.forms import Form
from survey.roles import INTERVIEWER, NAMES

HEX_PART = r"[0-9a-f]{64}\Z"


def choices(options: Iterable[tuple[str, str]]) -> list[SelectChoice]:
    """Return what a choice field wants of (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in options]


def _tidy(text: str | None) -> str | None:
    return text.strip() if text else text


def _words(label: str, *, needed: str, most: int, hint: str = "") -> StringField:
    return StringField(
        label, filters=[_tidy], description=hint, validators=[DataRequired(needed), Length(max=most)]
    )


def _count(label: str, *, least: int, default: int, hint: str = "") -> IntegerField:
    message = f"{label}：请填不小于 {least} 的整数。"
    return IntegerField(
        label,
        default=default,
        description=hint,
        validators=[InputRequired(message), NumberRange(min=least, message=message)],
        render_kw={"inputmode": "numeric"},
    )


class SendForm(Form):
    """A button and nothing to fill in."""


class UploadForm(Form):
    """A file, read whole."""

    file = FileField("文件", validators=[FileRequired("请选择一个文件。")])


class FreezeForm(Form):
    """The design of a wave: the same sizes for every grid."""

    label = _words(
        "轮次名称", needed="请给这一轮起个名字。", most=32, hint="字母、数字、点和横线，例如 2026W48"
    )
    sample = _count("每个网格首批户数", least=1, default=10, hint="网格的户数更少时，全部抽中。")
    replicate = _count("每批补充户数", least=0, default=5)
    plan = _count("每个网格目标完成数", least=0, default=10)
    most = _count("最多补充几批", least=0, default=1)
    attempts = _count("未接通至少拨打几次", least=1, default=6)
    beacon = _words(
        "公开随机事件",
        needed="请写明将用哪一次公开事件。",
        most=200,
        hint="冻结以后才发生的事。例如 dice:2026-12-01T10:00+08:00,20d10（届时当众掷 20 颗十面骰）",
    )
    field_ends = DateField("访问截止日", validators=[Optional()])


class CommitForm(Form):
    """A party's sealed part. Only its digest is stored."""

    party = _words("参与方", needed="请写参与方。", most=64, hint="小写字母、数字和横线，例如 operator")
    part = StringField(
        "密钥份额（64 位十六进制）",
        filters=[_tidy],
        validators=[
            DataRequired("请填写密钥份额。"),
            Regexp(HEX_PART, message="密钥份额是 64 位小写十六进制数字。"),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class RevealForm(Form):
    """A party opens its part."""

    party = SelectField("参与方", validators=[DataRequired("请选择参与方。")])
    part = StringField(
        "当初封存的密钥份额",
        filters=[_tidy],
        validators=[
            DataRequired("请填写密钥份额。"),
            Regexp(HEX_PART, message="密钥份额是 64 位小写十六进制数字。"),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class BeaconForm(Form):
    """What the public event showed."""

    value = _words("公开事件的结果", needed="请写公开事件的结果。", most=200, hint="一位一位照抄，不加空格。")
    sig = StringField(
        "签名（仅 drand）",
        filters=[_tidy],
        validators=[Optional(), Regexp(r"([0-9a-f]{2})+\Z", message="签名是小写十六进制数字。")],
    )


class VoidForm(Form):
    """A wave is void: who refused to open a part."""

    refused_by = SelectMultipleField(
        "谁拒绝公开", option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )


class AccountForm(Form):
    """A new account: one role each."""

    login = _words("登录名", needed="请填写登录名。", most=64)
    name = _words("姓名", needed="请填写姓名。", most=64)
    role = SelectField("角色", choices=choices(NAMES.items()))
    code = StringField(
        "工号",
        filters=[_tidy],
        description="访问员必填：电话里报的就是它。",
        validators=[Optional(), Regexp(r"[0-9A-Za-z._-]{1,16}\Z", message="工号是至多 16 位字母、数字。")],
    )
    password = PasswordField(
        "初始密码",
        validators=[
            DataRequired("请填写密码。"),
            Length(min=SHORTEST_PASSWORD, message="密码至少 10 个字符。"),
        ],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that an interviewer has the code that is told on the phone."""
        fine: bool = super().validate(extra_validators)
        if self.role.data == INTERVIEWER and not self.code.data:
            self.code.errors = [*self.code.errors, "访问员要有工号。"]
            return False
        return fine


class OutcomeForm(Form):
    """How an attempt ended."""

    code = RadioField("结果", validators=[InputRequired("请选择一个结果。")])
    when = DateTimeLocalField("约在什么时候", description="只在约了时间时填。", validators=[Optional()])
    note = TextAreaField("备注", validators=[Optional(), Length(max=500)])

    @property
    def appointment(self) -> datetime | None:
        """The time that was asked for, in the place's civil time."""
        given = self.when.data if self.when else None
        return given.replace(tzinfo=LOCAL) if given else None


class HandBackForm(Form):
    """A supervisor takes a case from a seat."""

    reason = _words("原因", needed="交回一户要写明原因。", most=200)
