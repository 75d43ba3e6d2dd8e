"""Forms of the switchboard."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, StringField
from wtforms.validators import Optional

from feedback.cases.forms.resident import SCALE, RatingForm, read_number
from feedback.cases.rules.requests import RatingAnswer
from feedback.web.forms.fields import at_most, options, required
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


class SpokenWordForm(RatingForm):
    """What a resident says on the telephone or at the counter; who isn't asked of marks leaves them out."""

    conduct = RadioField(lazy("网格员的态度和联系"), choices=options(SCALE), validators=[Optional()])
    result = RadioField(lazy("办理结果"), choices=options(SCALE), validators=[Optional()])

    def value(self) -> RatingAnswer:
        """Return the resident's word, once the form is valid."""
        conduct, result = (int(mark.data or 0) or None for mark in (self.conduct, self.result))
        return RatingAnswer(self.solved.data, conduct, result, self.words.data or "")
