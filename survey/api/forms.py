"""A token that is asked for."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.validators import InputRequired, NumberRange

from huying.base.i18n import Words, lazy
from huying.web.forms import Form, WholeNumberField
from survey.api.rules.tokens import (
    FINEST,
    LONGEST_NAME,
    LONGEST_PURPOSE,
    MOST_AN_HOUR,
    MOST_DAYS,
    READS,
    USUAL_AN_HOUR,
    USUAL_DAYS,
    TokenRequest,
    TokenScope,
)
from survey.web.forms.fields import choices, sentence


def _number(label: Words, *, usual: int, most: int, message: Words) -> WholeNumberField:
    return WholeNumberField(
        label,
        default=usual,
        validators=[InputRequired(message), NumberRange(min=1, max=most, message=message)],
        render_kw={"inputmode": "numeric"},
    )


class TokenForm(Form):
    """For whom a token is, what for, what it reads, how long and how often."""

    name = sentence(
        lazy("名称"),
        needed=lazy("请填写名称。"),
        most=LONGEST_NAME,
        hint=lazy("哪个单位的哪个程序，例如：市政务平台的看板。"),
    )
    purpose = sentence(
        lazy("用途"),
        needed=lazy("请写明用途；审计员看得到。"),
        most=LONGEST_PURPOSE,
    )
    reads = SelectField(
        lazy("能读哪些得分"),
        choices=choices(READS.items()),
        validators=[InputRequired(lazy("请选择能读哪些得分。"))],
    )
    finest = SelectField(
        lazy("能读到哪一级"),
        choices=choices(FINEST.items()),
        default="street",
        validators=[InputRequired(lazy("请选择能读到哪一级。"))],
    )
    days = _number(
        lazy("有效天数"),
        usual=USUAL_DAYS,
        most=MOST_DAYS,
        message=lazy("有效期是 1 到 %(n)s 天。", n=MOST_DAYS),
    )
    per_hour = _number(
        lazy("每小时至多几次"),
        usual=USUAL_AN_HOUR,
        most=MOST_AN_HOUR,
        message=lazy("每小时的次数是 1 到 %(n)s。", n=MOST_AN_HOUR),
    )

    def value(self) -> TokenRequest:
        """Return the token that is asked for."""
        scope = TokenScope(self.reads.data, self.finest.data)
        return TokenRequest(self.name.data, self.purpose.data, scope, self.days.data, self.per_hour.data)
