"""What is filled in to move a case on: a question, a pause, words for whoever has it next."""

from __future__ import annotations

from datetime import UTC

from wtforms import BooleanField, DateTimeLocalField, RadioField, SelectField, TextAreaField

from feedback.cases.rules.deadlines import URGENCIES
from feedback.cases.rules.lifecycle import PAUSES
from feedback.cases.rules.pauses import PauseRequest
from feedback.cases.rules.requests import WhistleRequest
from feedback.web.forms.fields import at_most, in_our_time, options, required
from huying.base.clock import LOCAL
from huying.base.i18n import lazy
from huying.web.forms import Form


class WhistleForm(Form):
    """A department is called."""

    department = SelectField(lazy("叫哪个部门"), validators=[required(lazy("请选择部门。"))])
    request = TextAreaField(
        lazy("请部门做什么"), validators=[required(lazy("请写明请部门做什么。")), at_most(500)]
    )
    why = TextAreaField(
        lazy("不按权责清单的理由"),
        description=lazy("转给权责清单上牵头的部门时不用填。"),
        validators=[at_most(300)],
    )

    def value(self) -> WhistleRequest:
        """Return which department is called for what, once the form is valid."""
        return WhistleRequest(self.department.data, self.request.data, self.why.data or "")


class LeadForm(WhistleForm):
    """A department is called, or named to lead so that it can't refuse."""

    lead = BooleanField(
        lazy("指定为首接负责部门"), description=lazy("首接负责的部门不能再退回。退回两次后一律如此。")
    )


class QuestionForm(Form):
    """A question to the resident."""

    question = TextAreaField(
        lazy("问居民什么"),
        description=lazy("居民查进度时看得到，在那里回复。"),
        validators=[required(lazy("请写明要问居民什么。")), at_most(300)],
    )


class ReplyForm(Form):
    """The resident's reply to a question."""

    text = TextAreaField(lazy("您的回复"), validators=[required(lazy("请写几句。")), at_most(500)])


class PauseForm(Form):
    """A case is to stand still."""

    reason = RadioField(
        lazy("为什么暂停"), choices=options(PAUSES), validators=[required(lazy("请选择暂停的理由。"))]
    )
    until = DateTimeLocalField(
        lazy("暂停到"), validators=[required(lazy("请填写暂停到什么时候。")), in_our_time]
    )
    text = TextAreaField(lazy("说明"), validators=[required(lazy("请写明为什么暂停。")), at_most(500)])

    def value(self) -> PauseRequest:
        """Return why and until when, once the form is valid."""
        until = self.until.data.replace(tzinfo=LOCAL).astimezone(UTC)
        return PauseRequest(self.reason.data, until, self.text.data)


class NoteForm(Form):
    """Words for whoever has the case next."""

    note = TextAreaField(lazy("说明"), validators=[required(lazy("请写明要做什么、为什么。")), at_most(500)])


class ReclassifyForm(Form):
    """Another class of urgency, and why."""

    urgency = RadioField(
        lazy("紧急程度"),
        choices=options((each.code, each.label) for each in URGENCIES.values()),
        validators=[required(lazy("请选择紧急程度。"))],
    )
    note = TextAreaField(lazy("理由"), validators=[required(lazy("请写明为什么改。")), at_most(300)])
