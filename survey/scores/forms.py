"""Forms of the scores: an auditor's signature."""

from __future__ import annotations

from wtforms import BooleanField, SelectField
from wtforms.validators import DataRequired

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.web.forms.fields import sentence


class AttestForm(Form):
    """A signature that was made on the auditor's own machine."""

    by = SelectField(lazy("审计员"), validators=[DataRequired(lazy("请选择审计员。"))])
    sig = sentence(
        lazy("签名"),
        needed=lazy("请填写签名。"),
        most=88,
        hint=lazy("huying survey attest 印出的第二行。"),
    )
    blind = BooleanField(lazy("签名不包括更正"))
