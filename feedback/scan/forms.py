"""The form after "nobody answered", who should be called back; and the number on a poster, typed."""

from __future__ import annotations

from typing import Any

from wtforms import StringField, ValidationError

from feedback.cases.forms.resident import ContactForm
from feedback.cases.rules.categories import UNREACHED
from feedback.cases.rules.requests import HelpRequest
from feedback.web.forms.fields import at_most, required
from feedback.web.rules import sentences
from huying.base.i18n import _, lazy
from huying.web.forms import Form


class CallBackForm(ContactForm):
    """Somebody reached nobody: a number to be called back at, or just the word that a number is wrong."""

    wish = StringField()

    @property
    def call_back(self) -> bool:
        """Whether a call back is wanted."""
        return bool(self.wish.data == "call_back")

    def value(self) -> HelpRequest | None:
        """Return the call back that is asked for, once the form is valid; None where none is."""
        if not self.call_back:
            return None
        return HelpRequest(UNREACHED, sentences.stored("call_back_wanted"), contact=self.number)

    def validate_contact(self, field: Any) -> None:
        """Who wants to be called back says where."""
        if self.call_back and not (field.data or "").strip():
            raise ValidationError(_("请留个电话，我们才能给您打回去。"))
        super().validate_contact(field)


class NumberOnPosterForm(Form):
    """The number that a poster shows to be said on the telephone."""

    class Meta(Form.Meta):
        """A look-up stores nothing and comes by GET."""

        csrf = False

    number = StringField(
        lazy("海报编号"),
        description=lazy("6 位数字，可以带空格"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[required(lazy("请填写海报上的编号。")), at_most(20)],
    )
