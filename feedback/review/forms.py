"""What a reviewer decides on an odd rating."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField

from feedback.review.rules.verdicts import REASONS
from feedback.web.forms.fields import at_most, options, required
from huying.base.i18n import lazy
from huying.web.forms import Form


class VerdictForm(Form):
    """Whether a rating counts, and why."""

    reason = RadioField(lazy("怎么定"), choices=options(REASONS), validators=[required(lazy("请选择理由。"))])
    text = TextAreaField(
        lazy("看了什么、为什么这样定"),
        validators=[required(lazy("请写明看了什么、为什么这样定。")), at_most(300)],
    )
