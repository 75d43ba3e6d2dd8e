"""Forms of the fieldwork: how a call ended, why a case is taken back."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    RadioField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from huying.base.clock import LOCAL
from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.fieldwork.rules.outcome_codes import CallOutcome
from survey.web.forms.fields import sentence


class OutcomeForm(Form):
    """How an attempt ended."""

    code = RadioField(lazy("结果"), validators=[InputRequired(lazy("请选择一个结果。"))])
    when = DateTimeLocalField(
        lazy("约在什么时候"), description=lazy("只在约了时间时填。"), validators=[Optional()]
    )
    receipt = BooleanField(
        lazy("对方要回执"), description=lazy("只在对方问起时给。回执只证明计入了，查不出答了什么。")
    )
    note = TextAreaField(lazy("备注"), validators=[Optional(), Length(max=500)])

    def value(self) -> CallOutcome:
        """Return how the call ended; the appointment in the installation's civil time."""
        when = self.when.data if self.when else None
        return CallOutcome(
            code=self.code.data,
            note=self.note.data or "",
            appointment=when.replace(tzinfo=LOCAL) if when else None,
            receipt=bool(self.receipt and self.receipt.data),
        )


class HandBackForm(Form):
    """A supervisor takes a case from a seat."""

    reason = sentence(lazy("原因"), needed=lazy("交回一户要写明原因。"), most=200)
