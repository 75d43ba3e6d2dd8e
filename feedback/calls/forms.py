"""Forms of the switchboard."""

from __future__ import annotations

from typing import Any

from wtforms import StringField

from feedback.cases.forms.resident import RatingForm, read_number
from feedback.web.forms.fields import SPACED, at_most, required
from huying.base.i18n import lazy
from huying.web.forms import Form, OnceForm


class JoinForm(OnceForm):
    """A caller's number, to be joined with whoever is on duty."""

    caller = StringField(
        lazy("来电人的号码"),
        description=lazy("先请来电人挂机。电话会打给值班人，再打给来电人，双方都看不到对方的号码。"),
        render_kw={"inputmode": "tel", "autocomplete": "off"},
        validators=[required(lazy("请填来电人的号码。")), at_most(40)],
    )

    number: str = ""
    """The telephone number in E.164 once the form is valid."""

    def validate_caller(self, field: Any) -> None:
        """Read the number; a fault is the field's."""
        self.number = read_number(field.data)


class LookUpForm(Form):
    """The code that a caller reads from a poster."""

    class Meta(Form.Meta):
        """A look-up stores nothing and comes by GET."""

        csrf = False

    number = StringField(
        lazy("海报编号"),
        description=lazy("海报上的 6 位数字"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[required(lazy("请填写海报编号。"))],
    )


class ProxyForm(RatingForm):
    """What a resident says on the telephone, written down by an operator."""

    receipt = StringField(
        lazy("回执编号"),
        description=lazy("请对方念，12 位。"),
        render_kw=SPACED,
        validators=[required(lazy("请填写回执编号。")), at_most(40)],
    )
