"""The form after "nobody answered": who should be called back."""

from __future__ import annotations

from typing import Any

from wtforms import StringField, ValidationError

from feedback.cases.forms.resident import ContactForm
from feedback.cases.rules.categories import UNREACHED
from feedback.cases.rules.requests import HelpRequest
from feedback.web.rules import sentences
from huying.base.i18n import _


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
