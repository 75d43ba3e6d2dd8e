"""What offices fill in: duty, posters, look-ups, accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wtforms import DateTimeLocalField, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import Optional

from feedback.web.forms.fields import at_most, options, required, utc
from huying.base.i18n import _, lazy
from huying.web.forms import Form

LAYERS = {"1": lazy("代班"), "0": lazy("负责人"), "2": lazy("换班"), "3": lazy("应急")}


class DutyForm(Form):
    """Somebody is put on duty in a grid, from a local time to another, or open-ended."""

    worker = SelectField(lazy("网格员"), validators=[required(lazy("请选择网格员。"))])
    layer = RadioField(
        lazy("值守方式"), choices=options(LAYERS), validators=[required(lazy("请选择值守方式。"))]
    )
    valid_from = DateTimeLocalField(lazy("从"), validators=[Optional()], description=lazy("不填就是现在。"))
    valid_to = DateTimeLocalField(
        lazy("到"), validators=[Optional()], description=lazy("不填就是一直到另行安排。")
    )
    reason = StringField(lazy("原因"), validators=[at_most(80)])

    def starts(self, now: datetime) -> datetime:
        """Return the beginning in UTC; `now` where none was given."""
        return utc(self.valid_from.data) or now

    def ends(self) -> datetime | None:
        """Return the end in UTC, or None for an open end."""
        return utc(self.valid_to.data)

    def validate_valid_to(self, field: Any) -> None:
        """An end lies after its beginning."""
        if field.data and self.valid_from.data and field.data <= self.valid_from.data:
            raise ValidationError(_("结束时间要晚于开始时间。"))


class LookUpForm(Form):
    """The code that a caller reads from a poster."""

    class Meta(Form.Meta):
        """A look-up stores nothing and comes by GET."""

        csrf = False

    number = StringField(
        lazy("海报编号"),
        description=lazy("海报上的 6 位数字"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[required(lazy("请填写海报编号。"))],
    )
