"""The form by which an administrator makes an account."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import Optional, Regexp

from huying.base.i18n import _, lazy
from huying.web.forms import Form
from survey.roles import INTERVIEWER, NAMES
from survey.web.forms.fields import choices, sentence, tidy
from survey.web.rules import CODE, StaffAccount


class StaffForm(Form):
    """Somebody is invited: one role each. The password is the invited person's to set."""

    login = sentence(lazy("登录名"), needed=lazy("请填写登录名。"), most=64)
    name = sentence(lazy("姓名"), needed=lazy("请填写姓名。"), most=64)
    role = SelectField(lazy("角色"), choices=choices(NAMES.items()))
    code = StringField(
        lazy("工号"),
        filters=[tidy],
        description=lazy("访问员必填：电话里报的就是它。"),
        validators=[
            Optional(),
            Regexp(f"{CODE.pattern}\\Z", message=lazy("工号是至多 16 位字母、数字。")),
        ],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that an interviewer has the code that is told on the phone."""
        fine: bool = super().validate(extra_validators)
        if self.role.data == INTERVIEWER and not self.code.data:
            self.code.errors = [*self.code.errors, _("访问员要有工号。")]
            return False
        return fine

    def value(self) -> StaffAccount:
        """Return the account that is asked for."""
        return StaffAccount(self.login.data, self.name.data, self.role.data, self.code.data or None)
