"""Forms of what is checked: a call-back, an interview that is doubted, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.fieldwork.rules import call_backs
from survey.fieldwork.rules.call_backs import CallBackSaid
from survey.web.forms.fields import choices, sentence

LONGEST_CODE = 4
"""No answer's code has as many digits."""


class InterviewCheckForm(Form):
    """What a household says when it is called back about an interview."""

    held = RadioField(lazy("有没有做过访问"), validators=[Optional()], validate_choice=False)
    length = RadioField(lazy("大约多久"), validators=[Optional()], validate_choice=False)
    A3 = RadioField("A3", validators=[Optional()], validate_choice=False)
    E1 = RadioField("E1", validators=[Optional()], validate_choice=False)
    D2 = RadioField("D2", validators=[Optional()], validate_choice=False)

    def ask(self, facts: Sequence[str]) -> None:
        """Keep those of the facts that are asked again; held and length always are."""
        for item in call_backs.ASKED_AGAIN:
            if item not in facts and item in self:
                del self[item]

    def value(self) -> CallBackSaid:
        """Return what was said; raise Invalid where a question was left open that was to be asked."""
        held, length = _chosen(self.held), _chosen(self.length)
        facts = {field.name: _chosen(field) for field in self if field.name in call_backs.ASKED_AGAIN}
        return call_backs.said(held, length, facts)


def _chosen(chosen: RadioField) -> int | None:
    text = chosen.data or ""
    return int(text) if text.isdecimal() and len(text) < LONGEST_CODE else None


class StatementForm(Form):
    """What an interviewer says to a disputed interview."""

    said = TextAreaField(
        lazy("您的说明"),
        description=lazy("那次访问是怎么做的，照实写一两句；决定的人会看到。"),
        validators=[InputRequired(lazy("请写一两句说明。")), Length(max=500)],
    )


class DisputeForm(Form):
    """A supervisor doubts an interview."""

    unit = sentence(lazy("抽样单元编码"), needed=lazy("请填编码。"), most=40)
    why = TextAreaField(
        lazy("为什么有疑问"),
        description=lazy("访问员会看到这句话。"),
        validators=[InputRequired(lazy("请写明理由。")), Length(max=2000)],
    )


class DecisionForm(Form):
    """Somebody of another role decides on a disputed interview."""

    decision = RadioField(
        lazy("决定"),
        choices=choices([("stands", lazy("有效，照常计入")), ("voided", lazy("作废，不计入"))]),
        validators=[InputRequired(lazy("请选择：访问有效，还是作废。"))],
    )
