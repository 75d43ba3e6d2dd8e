"""What people fill in to sign in and to look after their account."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, PasswordField, StringField, ValidationError
from wtforms.validators import DataRequired, Length, Optional

from huying.accounts import SHORTEST_PASSWORD
from huying.base.i18n import Words, _, lazy
from huying.web.forms import Form

NEW_PASSWORD = {"autocomplete": "new-password"}
ONE_TIME = {
    "inputmode": "numeric",
    "autocomplete": "one-time-code",
    "autocapitalize": "none",
    "spellcheck": "false",
}


def _needed(message: Words) -> list[Any]:
    return [DataRequired(message), Length(max=200, message=lazy("请不要超过 %(length)s 个字。", length=200))]


class SignInForm(Form):
    """Login name and password."""

    login = StringField(
        lazy("登录名"), render_kw={"autocomplete": "username"}, validators=_needed(lazy("请填写登录名。"))
    )
    password = PasswordField(
        lazy("密码"),
        render_kw={"autocomplete": "current-password"},
        validators=_needed(lazy("请填写密码。")),
    )
    code = StringField(
        lazy("动态码"),
        description=lazy("绑定过动态码的，连密码一起填，现在就能登录；手机不在身边时，填一个恢复码。"),
        render_kw=ONE_TIME,
        validators=[Optional(), Length(max=200)],
    )


class SecondFactorForm(Form):
    """A code of the authenticator, or a recovery code."""

    code = StringField(
        lazy("动态码"),
        description=lazy("手机上显示的 6 位数字；手机不在身边时，填一个恢复码。"),
        render_kw=ONE_TIME,
        validators=_needed(lazy("请填写动态码。")),
    )


class EnrolForm(Form):
    """The first code of an authenticator that is being bound; its secret travels sealed."""

    sealed = HiddenField(validators=[DataRequired(lazy("这张页面已经过时，请重新打开。")), Length(max=400)])
    code = StringField(
        lazy("动态码"),
        description=lazy("扫码以后，手机上显示的 6 位数字。"),
        render_kw=ONE_TIME,
        validators=_needed(lazy("请填写动态码。")),
    )


class NewPasswordForm(Form):
    """A password, twice."""

    password = PasswordField(
        lazy("新密码"),
        description=lazy("至少 %(n)s 个字符；可以是一句话。", n=SHORTEST_PASSWORD),
        render_kw=NEW_PASSWORD,
        validators=_needed(lazy("请填写新密码。")),
    )
    again = PasswordField(
        lazy("再填一遍"), render_kw=NEW_PASSWORD, validators=_needed(lazy("请再填一遍新密码。"))
    )

    def validate_again(self, field: Any) -> None:
        """Both are the same."""
        if field.data != self.password.data:
            raise ValidationError(_("两遍填的密码不一样。"))


class ChangePasswordForm(NewPasswordForm):
    """The present password and a new one."""

    present = PasswordField(
        lazy("现在的密码"),
        render_kw={"autocomplete": "current-password"},
        validators=_needed(lazy("请填写现在的密码。")),
    )


class ConfirmForm(Form):
    """The present password, where it is asked for once more."""

    present = PasswordField(
        lazy("现在的密码"),
        render_kw={"autocomplete": "current-password"},
        validators=_needed(lazy("请填写现在的密码。")),
    )


class SubjectForm(Form):
    """What an identity provider calls the account's owner."""

    subject = StringField(
        lazy("统一身份认证里的账号"),
        description=lazy("填写以后，这个人也可以用统一身份认证登录；留空就是不用。"),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
        validators=[
            Optional(),
            Length(max=255, message=lazy("请不要超过 %(length)s 个字。", length=255)),
        ],
    )
