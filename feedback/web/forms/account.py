"""The form by which an administrator makes an account."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField, ValidationError
from wtforms.validators import Optional

from feedback.roles import NAMES
from feedback.web.forms.fields import at_most, required, unchosen
from feedback.web.rules.accounts import AccountRequest
from huying.base.i18n import _, lazy
from huying.web.forms import Form


class AccountForm(Form):
    """Somebody is invited: one role, one workplace. The password is the invited person's to set."""

    login = StringField(
        lazy("登录名"),
        render_kw={"autocomplete": "off"},
        validators=[required(lazy("请填写登录名。")), at_most(64)],
    )
    name = StringField(lazy("姓名"), validators=[required(lazy("请填写姓名。")), at_most(64)])
    role = SelectField(lazy("角色"), choices=unchosen(NAMES), validators=[required(lazy("请选择角色。"))])
    worker_code = SelectField(
        lazy("对应的网格员"), description=lazy("角色是网格员时必填。"), validators=[Optional()]
    )
    department_code = SelectField(
        lazy("所在部门"), description=lazy("角色是部门经办人时必填。"), validators=[Optional()]
    )
    area_code = SelectField(lazy("管辖范围"), validators=[Optional()])

    def value(self) -> AccountRequest:
        """Return who is invited, once the form is valid."""
        return AccountRequest(
            login=self.login.data.strip(),
            name=self.name.data.strip(),
            role=self.role.data,
            worker_code=self.worker_code.data or None,
            department_code=self.department_code.data or None,
            area_code=self.area_code.data or None,
        )

    def validate_role(self, field: Any) -> None:
        """A worker's account names the worker, an officer's the department."""
        if field.data == "worker" and not self.worker_code.data:
            raise ValidationError(_("网格员账号要选对应的网格员。"))
        if field.data == "department_officer" and not self.department_code.data:
            raise ValidationError(_("部门经办人账号要选所在部门。"))
