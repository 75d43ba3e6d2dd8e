"""The forms of the independent side."""

from __future__ import annotations

from datetime import datetime

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

    @property
    def appointment(self) -> datetime | None:
        """The time that was asked for, in the place's civil time."""
        given = self.when.data if self.when else None
        return given.replace(tzinfo=LOCAL) if given else None


class HandBackForm(Form):
    """A supervisor takes a case from a seat."""

    reason = sentence(lazy("原因"), needed=lazy("交回一户要写明原因。"), most=200)
