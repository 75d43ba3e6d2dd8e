"""What workers and departments fill in: answers, whistles, refusals, reports, lists, visits."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from wtforms import DateTimeLocalField, RadioField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from feedback.lifecycle import REFUSALS
from feedback.web.forms.fields import at_most, options, required, utc
from huying.base import phones
from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from huying.web.current import ground
from huying.web.forms import Form, OnceForm

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


class WhistleForm(Form):
    """A worker calls a department."""

    department = SelectField(lazy("叫哪个部门"), validators=[required(lazy("请选择部门。"))])
    request = TextAreaField(
        lazy("请部门做什么"), validators=[required(lazy("请写明请部门做什么。")), at_most(500)]
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

    def validate_text(self, field: Any) -> None:
        """Ask for what the chosen reason has to bring."""
        if self.reason.data in REFUSALS and not (field.data or "").strip():
            raise ValidationError(REFUSALS[self.reason.data])

    def validate_reason(self, field: Any) -> None:
        """Who says “not ours” says whose."""
        if field.data == "not_ours" and not self.instead.data:
            raise ValidationError(_("选“不归我们管”时，请在下面选应由哪个部门办理。"))


class ListForm(OnceForm):
    """A worker's list of respondents: a telephone number and an address on each line."""

    rows = TextAreaField(
        lazy("名单"),
        description=lazy("每行一户：电话，逗号，地址。例如：+99913800001，和平里3号楼201"),
        render_kw={"rows": "12"},
        validators=[required(lazy("请粘贴名单，每行一户。")), at_most(100_000)],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.households: list[tuple[str, str]] = []

    def validate_rows(self, field: Any) -> None:
        """Read the lines; name those that lack a number or an address."""
        faults = []
        for place, line in enumerate((field.data or "").splitlines(), start=1):
            try:
                self.households += [_household(line)] if line.strip() else []
            except Invalid as fault:
                faults.append(_("第 %(place)s 行：%(message)s", place=place, message=fault.message))
        if faults:
            raise ValidationError("".join(faults[:SHOWN_FAULTS]))


def _household(line: str) -> tuple[str, str]:
    """Return number (E.164) and address of a line of a list."""
    number, _comma, address = (part.strip() for part in re.sub(r"[,，\t]", ",", line, count=1).partition(","))
    if not address:
        raise Invalid(_("缺地址，电话和地址之间要有逗号。"))
    settings = ground().settings
    return phones.parse(number, region=settings.region, allowed=settings.allowed_numbers), address


class VisitForm(OnceForm):
    """A visit that a worker claims."""

    grid = SelectField(lazy("网格"), validators=[required(lazy("请选择网格。"))])
    visited = DateTimeLocalField(lazy("走访时间"), validators=[required(lazy("请填写走访时间。"))])
    phone = StringField(
        lazy("住户电话"), description=lazy("电话和地址至少写一样。"), validators=[at_most(32)]
    )
    address = StringField(lazy("地址"), validators=[at_most(200)])

    number = ""
    """The telephone number in E.164 after validation; empty where none was given."""

    @property
    def at(self) -> datetime:
        """Return when the visit was, after validation."""
        at = utc(self.visited.data)
        if at is None:
            raise Invalid(_("请填写走访时间。"))
        return at

    def validate_phone(self, field: Any) -> None:
        """Read the number."""
        settings = ground().settings
        if not (field.data or "").strip():
            return
        try:
            self.number = phones.parse(field.data, region=settings.region, allowed=settings.allowed_numbers)
        except Invalid as fault:
            raise ValidationError(fault.message) from fault
