"""What the duty desk fills in: a week, a leave, a pasted list, a duty phone; what workers swap."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from wtforms import (
    DateField,
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import Optional

from feedback.duty.rules import Assignment
from feedback.roster.rules.weeks import LeaveRequest, SwapRequest
from feedback.web.forms.fields import FIRST_YEAR, LAST_YEAR, at_most, in_our_time, options, required, utc
from huying.base import phones
from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from huying.web.current import installation
from huying.web.forms import Form


class LeaveForm(Form):
    """A worker is away from day to day, and another stands in."""

    worker = SelectField(lazy("谁请假"), validators=[required(lazy("请选择请假的人。"))])
    first = DateField(lazy("从"), validators=[required(lazy("请填写第一天。")), in_our_time])
    last = DateField(lazy("到（含当天）"), validators=[required(lazy("请填写最后一天。")), in_our_time])
    cover = SelectField(lazy("谁代班"), validators=[required(lazy("请选择代班的人。"))])
    reason = StringField(lazy("原因"), validators=[at_most(80)])

    def value(self) -> LeaveRequest:
        """Return who is away and who stands in, once the form is valid."""
        return LeaveRequest(
            worker_code=self.worker.data,
            cover_code=self.cover.data,
            first=self.first.data,
            last=self.last.data,
            reason=self.reason.data or _("请假"),
        )


class PasteForm(Form):
    """Lines copied from a spreadsheet: a grid and a worker each."""

    lines = TextAreaField(
        lazy("从 Excel 粘贴"),
        description=lazy("一行一个网格：网格名称或编号，空一格，网格员姓名或工号。"),
        validators=[required(lazy("请先粘贴几行。")), at_most(20_000)],
    )


class WeekForm(Form):
    """A week's roster: whose fields are the grids themselves is known only from the database."""

    week = HiddenField()


class SwapForm(Form):
    """A worker asks another to stand in for a time."""

    grid = SelectField(lazy("哪个网格"), validators=[required(lazy("请选择网格。"))])
    to = SelectField(lazy("请谁来"), validators=[required(lazy("请选择一位同事。"))])
    valid_from = DateTimeLocalField(lazy("从"), validators=[required(lazy("请填写开始时间。")), in_our_time])
    valid_to = DateTimeLocalField(lazy("到"), validators=[required(lazy("请填写结束时间。")), in_our_time])

    def value(self) -> SwapRequest:
        """Return what is asked of whom, once the form is valid."""
        start, end = utc(self.valid_from.data), utc(self.valid_to.data)
        assert start is not None  # noqa: S101 - required fields
        assert end is not None  # noqa: S101
        return SwapRequest(self.grid.data, self.to.data, start, end)


class PostPhoneForm(Form):
    """The duty phone of a grid."""

    number = StringField(
        lazy("值班手机号"),
        description=lazy("跟着网格走、轮流拿的手机。有它就先显示它，不显示个人号码。"),
        render_kw={"inputmode": "tel", "autocomplete": "off"},
        validators=[required(lazy("请填写号码。")), at_most(40)],
    )
    e164: str = ""

    def validate_number(self, field: Any) -> None:
        """Read the number; a fault is the field's."""
        settings = installation().settings
        try:
            self.e164 = phones.parse(field.data, region=settings.region, allowed=settings.allowed_numbers)
        except Invalid as fault:
            raise ValidationError(fault.message) from None


def day(text: str | None, *, otherwise: date) -> date:
    """Return the day of an address such as `?of=2026-11-23`; raise Invalid where it is none."""
    if not text:
        return otherwise
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Invalid(_("日期不对，应写成 2026-11-23 这样。"))
    return found


LAYERS = {"1": lazy("代班"), "0": lazy("负责人"), "2": lazy("换班"), "3": lazy("应急")}


class DutyForm(Form):
    """Somebody is put on duty in a grid, from a local time to another, or open-ended."""

    worker = SelectField(lazy("网格员"), validators=[required(lazy("请选择网格员。"))])
    layer = RadioField(
        lazy("值守方式"), choices=options(LAYERS), validators=[required(lazy("请选择值守方式。"))]
    )
    valid_from = DateTimeLocalField(
        lazy("从"), validators=[Optional(), in_our_time], description=lazy("不填就是现在。")
    )
    valid_to = DateTimeLocalField(
        lazy("到"), validators=[Optional(), in_our_time], description=lazy("不填就是一直到另行安排。")
    )
    reason = StringField(lazy("原因"), validators=[at_most(80)])

    def value(self, grid_code: str, *, now: datetime) -> Assignment:
        """Return who is put on duty, once the form is valid; from `now` where no beginning was given."""
        return Assignment(
            grid_code=grid_code,
            worker_code=self.worker.data,
            layer=int(self.layer.data),
            valid_from=utc(self.valid_from.data) or now,
            valid_to=utc(self.valid_to.data),
            reason=self.reason.data or "",
        )

    def validate_valid_to(self, field: Any) -> None:
        """An end lies after its beginning."""
        if field.data and self.valid_from.data and field.data <= self.valid_from.data:
            raise ValidationError(_("结束时间要晚于开始时间。"))
