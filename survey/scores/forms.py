"""Forms of the scores: an auditor's signature, why scores are made again."""

from __future__ import annotations

from wtforms import BooleanField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

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


class CorrectScoresForm(Form):
    """Why the scores of a wave are made again: whoever reads them reads this too."""

    why = TextAreaField(
        lazy("为什么更正"),
        description=lazy("写成一句话，跟得分一起公布。不要写人名、地址和住户说过的话。"),
        validators=[InputRequired(lazy("请写明理由。")), Length(max=500)],
    )
