"""Forms of the fieldwork: how a call ended, what was noted, what is known of a seat, why a case is taken."""

from __future__ import annotations

from collections.abc import Mapping

from wtforms import (
    BooleanField,
    DateTimeLocalField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from huying.base.clock import LOCAL
from huying.base.i18n import lazy
from huying.web.forms import Form, OnceForm
from survey.fieldwork.rules import traits
from survey.fieldwork.rules.languages import IN_ITS_LANGUAGE, LANGUAGES, UNCLEAR
from survey.fieldwork.rules.outcome_codes import REASONS, REFUSALS, CallOutcome
from survey.fieldwork.rules.traits import LANGUAGE, LINE, STREET, StatedTraits
from survey.fieldwork.rules.typed import whole
from survey.web.forms.fields import choices, sentence, several, tidy


class ResultForm(Form):
    """One result of a list: its number is typed, or it is chosen."""

    code = StringField(validators=[Optional(), Length(max=40)])
    value = RadioField(lazy("结果"), validators=[Optional()], validate_choice=False)

    def of(self, codes: tuple[str, ...]) -> str:
        """Return the result of `codes` that was typed by its number, or by its name, or chosen; else ""."""
        number = whole(self.code.data or "")
        if number is not None and 1 <= number <= len(codes):
            return codes[number - 1]
        return self.named if self.named in codes else ""

    @property
    def named(self) -> str:
        """The result by its name; "" where it was typed by its number, of a list that is gone."""
        typed = (self.code.data or "").strip()
        return "" if typed.isdecimal() else typed or self.value.data or ""


class OutcomeForm(ResultForm):
    """How a talk ended."""

    when = DateTimeLocalField(
        lazy("约在什么时候"), description=lazy("只在约了时间时填。"), validators=[Optional()]
    )
    receipt = BooleanField(
        lazy("对方要回执"), description=lazy("只在对方问起时给。回执只证明计入了，查不出答了什么。")
    )
    reason = SelectField(
        lazy("为什么不愿意"),
        description=lazy("只在对方拒绝时记，对方没说就不选。"),
        choices=choices([("", lazy("没有说")), *REASONS.items()]),
        validators=[Optional()],
    )
    language = SelectField(
        lazy("对方说的是哪种话"),
        description=lazy("换人再打时要记：下次只分给会说的访问员。"),
        choices=choices([("", lazy("没有选")), *LANGUAGES.items(), (UNCLEAR, lazy("听不出是哪种话"))]),
        validators=[Optional()],
    )
    note = TextAreaField(lazy("备注"), validators=[Optional(), Length(max=500)])

    def outcome(self, codes: tuple[str, ...], *, speaker: str = "") -> CallOutcome:
        """Return how the call ended, and of a refusal by which speaker; the appointment in civil time."""
        when, code = self.when.data if self.when else None, self.of(codes)
        refused, foreign = code in REFUSALS, code == IN_ITS_LANGUAGE
        return CallOutcome(
            code=code,
            refused_by=speaker if refused else "",
            reason=(self.reason.data or "") if refused and self.reason else "",
            note=self.note.data or "",
            appointment=when.replace(tzinfo=LOCAL) if when else None,
            receipt=bool(self.receipt and self.receipt.data),
            language=(self.language.data or "") if foreign and self.language else "",
        )


class CallNoteForm(Form):
    """What is to be kept of a call that is under way."""

    note = TextAreaField(lazy("备注"), validators=[Optional(), Length(max=500)])


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


class CallerForm(OnceForm):
    """The full number of whoever rings us, and what they say of where they live if that is asked."""

    number = sentence(
        lazy("来电号码"),
        needed=lazy("请填写完整的号码。"),
        most=32,
        hint=lazy("要完整的号码：只按整个号码核对，查不了姓名，也查不了一部分。"),
    )
    said = StringField(
        lazy("对方说住在哪个小区、几号楼"),
        description=lazy("几户登记了同一个号码时才填：请对方自己说，不要念给对方听。"),
        filters=[tidy],
        validators=[Optional(), Length(max=60)],
    )


class WishForm(CallerForm):
    """A resident tells the supervisor to be called no more, or asks to be called again."""

    why = StringField(
        lazy("恢复的理由"),
        description=lazy("只有住户本人要求才能恢复：谁、什么时候、怎么提出的。会留下记录。"),
        filters=[tidy],
        validators=[Optional(), Length(max=200)],
    )


class TraitsForm(Form):
    """What a supervisor states of an interviewer."""

    streets = TextAreaField(
        lazy("住在或工作在这些街道"),
        description=lazy("一行一个，写名称或编码；那里的户不分给这位访问员。"),
        validators=[Optional(), Length(max=2000)],
    )
    languages = several(lazy("会说"), hint=lazy("普通话人人都会，不用选。"))
    line = StringField(
        lazy("分机"),
        description=lazy("电话系统的话单里写的分机号；和工号一样就不用填。"),
        filters=[tidy],
        validators=[Optional(), Length(max=traits.LONGEST_LINE)],
    )

    def __init__(self, **given: object) -> None:
        super().__init__(**given)
        self.languages.choices = choices(LANGUAGES.items())

    def stated(self, *, known: Mapping[str, str]) -> StatedTraits:
        """Return what is stated; `known` are the streets that there are, by code."""
        return StatedTraits(
            {
                STREET: traits.streets(self.streets.data or "", known=known),
                LANGUAGE: traits.languages(self.languages.data or ()),
                LINE: traits.line(self.line.data or ""),
            }
        )


class HandBackForm(Form):
    """A supervisor takes a case from a seat."""

    reason = sentence(lazy("原因"), needed=lazy("收回一户要写明原因。"), most=200)


class MessageForm(Form):
    """A supervisor tells a seat something, or all of them."""

    text = TextAreaField(
        lazy("口信"),
        description=lazy("访问员在两通电话之间看到，按一下表示看过。不要写住户的姓名、地址、电话。"),
        filters=[tidy],
        validators=[DataRequired(lazy("口信还是空的。")), Length(max=300)],
        render_kw={"rows": 3, "maxlength": 300},
    )
