"""What workers and departments fill in: answers, whistles, refusals, reports, lists, visits."""

from __future__ import annotations

from typing import Any

from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Optional

from feedback.cases.rules.batches import MOST, MOVES, CaseBatch
from feedback.cases.rules.desks import NOT_HERE
from feedback.cases.rules.requests import REFUSALS, Refusal
from feedback.web.forms.fields import at_most, options, required
from huying.base.i18n import _, lazy
from huying.web.forms import Form
from huying.web.row_numbers import LARGEST

REASONS = {
    "not_ours": lazy("不归我们管"),
    "missing_fact": lazy("缺一个事实"),
    "done": lazy("已经办好"),
    "law_forbids": lazy("法律法规不允许"),
}
SHOWN_FAULTS = 20


class AnswerForm(Form):
    """A worker takes a case up."""

    message = StringField(
        lazy("留言"), description=lazy("居民查进度时看得到，例如：今天下午上门。"), validators=[at_most(200)]
    )


class DeclareForm(Form):
    """A holder declares a case solved; only the resident confirms it."""

    note = TextAreaField(lazy("做了什么"), validators=[required(lazy("请写明做了什么。")), at_most(500)])


class RefuseForm(Form):
    """A department refuses a whistle."""

    reason = RadioField(
        lazy("退回理由"), choices=options(REASONS), validators=[required(lazy("请选择退回的理由。"))]
    )
    instead = SelectField(lazy("应由谁办"), description=lazy("不归我们管时必填。"), validators=[Optional()])
    text = TextAreaField(lazy("说明"), validators=[required(lazy("请写明退回的说明。")), at_most(500)])

    def value(self) -> Refusal:
        """Return why the department refuses, once the form is valid."""
        return Refusal(self.reason.data, self.instead.data or None, self.text.data)

    def validate_text(self, field: Any) -> None:
        """Ask for what the chosen reason has to bring."""
        if self.reason.data in REFUSALS and not (field.data or "").strip():
            raise ValidationError(REFUSALS[self.reason.data])

    def validate_reason(self, field: Any) -> None:
        """Who says “not ours” says whose."""
        if field.data == "not_ours" and not self.instead.data:
            raise ValidationError(_("选“不归我们管”时，请在下面选应由哪个部门办理。"))


class PrintCaseForm(Form):
    """A case is printed."""

    numbered = BooleanField(
        lazy("印上居民的电话"), description=lazy("只在要带出去联系居民时才印；谁印的、印没印电话都有记录。")
    )


class BatchForm(Form):
    """Several cases are answered at once: what is done, one reason for all, and which they are."""

    case = SelectMultipleField(
        lazy("勾选的事项"),
        coerce=int,
        validate_choice=False,
        validators=[required(lazy("请先勾选要一起办的事项。"))],
    )
    move = RadioField(lazy("怎么办"), choices=options(MOVES), validators=[required(lazy("请选择怎么办。"))])
    note = TextAreaField(
        lazy("说明"),
        description=lazy(
            "每件都写这一句，居民查进度时看得到。受理可以不写；报办结写做了什么；退回写为什么。"
        ),
        validators=[at_most(500)],
    )
    reason = RadioField(lazy("退回理由"), choices=options(REASONS), validate_choice=False)
    instead = SelectField(lazy("应由谁办"), description=lazy("不归我们管时必填。"), validators=[Optional()])

    def value(self) -> CaseBatch:
        """Return the batch, once the form is valid."""
        note, refusal = (self.note.data or "").strip(), None
        if self.move.data == "refuse":
            refusal = Refusal(self.reason.data, self.instead.data or None, note)
        return CaseBatch(tuple(self.case.data), self.move.data, note, refusal)

    def validate_case(self, field: Any) -> None:
        """Take no more at once than one page holds, and no number that a case can't have."""
        if len(field.data) > MOST:
            raise ValidationError(_("一次最多 %(most)s 件。", most=MOST))
        if not all(0 < number <= LARGEST for number in field.data):
            raise ValidationError(NOT_HERE)

    def validate_note(self, field: Any) -> None:
        """Whoever reports or refuses says something."""
        if self.move.data in {"declare", "refuse"} and not (field.data or "").strip():
            raise ValidationError(
                _("请写明做了什么。") if self.move.data == "declare" else _("请写明退回的说明。")
            )

    def validate_reason(self, field: Any) -> None:
        """A refusal has a reason; who says “not ours” says whose."""
        if self.move.data != "refuse":
            return
        if not field.data:
            raise ValidationError(_("请选择退回的理由。"))
        if field.data == "not_ours" and not self.instead.data:
            raise ValidationError(_("选“不归我们管”时，请在下面选应由哪个部门办理。"))
