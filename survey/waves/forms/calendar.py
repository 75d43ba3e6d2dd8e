"""The form by which a year's freezes are announced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.waves.rules import calendar


class CalendarForm(Form):
    """The days on which waves will be frozen."""

    dates = TextAreaField(
        lazy("哪几天冻结"),
        description=lazy("一行一天，例如 2027-03-15。写进账本以后只能再加，不能收回。"),
        validators=[DataRequired(lazy("请写明哪几天冻结。")), Length(max=2000)],
    )

    def value(self) -> Sequence[date]:
        """Return the days; raise Invalid where a word is none."""
        return calendar.read(self.dates.data)
