"""Forms of the fieldwork: how a call ended, what was noted, a break, why a case is taken back."""

from __future__ import annotations

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from huying.base.clock import LOCAL
from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.fieldwork.rules.outcome_codes import CallOutcome
from survey.web.forms.fields import sentence


class ResultForm(Form):
    """One result of a list: its number is typed, or it is chosen."""

    code = StringField(validators=[Optional(), Length(max=40)])
    value = RadioField(lazy("结果"), validators=[Optional()], validate_choice=False)

    def of(self, codes: tuple[str, ...]) -> str:
        """Return the result of `codes` that was typed by its number, or by its name, or chosen; else ""."""
        typed = (self.code.data or "").strip()
        if typed.isdecimal() and 1 <= int(typed) <= len(codes):
            return codes[int(typed) - 1]
        named = typed or self.value.data or ""
        return named if named in codes else ""


class OutcomeForm(ResultForm):
    """How a talk ended."""

    when = DateTimeLocalField(
        lazy("约在什么时候"), description=lazy("只在约了时间时填。"), validators=[Optional()]
    )
    receipt = BooleanField(
        lazy("对方要回执"), description=lazy("只在对方问起时给。回执只证明计入了，查不出答了什么。")
    )
    note = TextAreaField(lazy("备注"), validators=[Optional(), Length(max=500)])

    def outcome(self, codes: tuple[str, ...]) -> CallOutcome:
        """Return how the call ended; the appointment in the installation's civil time."""
        when = self.when.data if self.when else None
        return CallOutcome(
            code=self.of(codes),
            note=self.note.data or "",
            appointment=when.replace(tzinfo=LOCAL) if when else None,
            receipt=bool(self.receipt and self.receipt.data),
        )


class CallNoteForm(Form):
    """What is to be kept of a call that is under way."""

    note = TextAreaField(lazy("备注"), validators=[Optional(), Length(max=500)])


class BreakForm(Form):
    """Why a seat takes no case for a while."""

    reason = SelectField(lazy("原因"), validators=[InputRequired(lazy("请选择为什么休息。"))])


class CorrectionForm(Form):
    """A household's outcome was wrong, or it takes its answer back."""

    unit = sentence(
        lazy("抽样单元编码或回执号"),
        needed=lazy("请填编码，或住户手里的回执号。"),
        most=40,
        hint=lazy("住户要撤回回答时，报回执号就行。"),
    )
    to = SelectField(lazy("应当是"), validators=[InputRequired(lazy("请选择一个结果。"))])
    why = TextAreaField(
        lazy("理由"),
        description=lazy("账本里只留它的指纹。"),
        validators=[InputRequired(lazy("请写明理由。")), Length(max=2000)],
    )


class HandBackForm(Form):
    """A supervisor takes a case from a seat."""

    reason = sentence(lazy("原因"), needed=lazy("交回一户要写明原因。"), most=200)
