"""Forms of a worker's own pages: visits and lists."""

from __future__ import annotations

import re
from typing import Any

from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField, ValidationError

from feedback.cases.forms.desk import SHOWN_FAULTS
from feedback.web.forms.fields import at_most, in_our_time, required, utc
from feedback.worker.rules import VisitClaim
from huying.base import phones
from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from huying.base.personal_numbers import check_none
from huying.base.telephone_cells import is_none
from huying.web.current import installation
from huying.web.forms import OnceForm


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
        for row, line in enumerate((field.data or "").splitlines(), start=1):
            try:
                self.households += [_household(line)] if line.strip() else []
            except Invalid as fault:
                faults.append(_("第 %(place)s 行：%(message)s", place=row, message=fault.message))
        if faults:
            raise ValidationError("".join(faults[:SHOWN_FAULTS]))


def _household(line: str) -> tuple[str, str]:
    """Return number (E.164) and address of a line of a list."""
    number, _comma, address = (part.strip() for part in re.sub(r"[,，\t]", ",", line, count=1).partition(","))
    if not address:
        raise Invalid(_("缺地址，电话和地址之间要有逗号。"))
    settings = installation().settings
    return phones.parse(number, region=settings.region, allowed=settings.allowed_numbers), check_none(address)


class VisitForm(OnceForm):
    """A visit that a worker claims."""

    grid = SelectField(lazy("网格"), validators=[required(lazy("请选择网格。"))])
    visited = DateTimeLocalField(
        lazy("走访时间"), validators=[required(lazy("请填写走访时间。")), in_our_time]
    )
    phone = StringField(
        lazy("住户电话"), description=lazy("电话和地址至少写一样。"), validators=[at_most(32)]
    )
    address = StringField(lazy("地址"), validators=[at_most(200)])

    number = ""
    """The telephone number in E.164 after validation; empty where none was given."""

    def value(self) -> VisitClaim:
        """Return the visit that is claimed, once the form is valid."""
        at = utc(self.visited.data)
        assert at is not None  # noqa: S101 - a required field
        return VisitClaim(self.grid.data, at, self.number, self.address.data or "")

    def validate_phone(self, field: Any) -> None:
        """Read the number."""
        settings = installation().settings
        if is_none(field.data or ""):
            return
        try:
            self.number = phones.parse(field.data, region=settings.region, allowed=settings.allowed_numbers)
        except Invalid as fault:
            raise ValidationError(fault.message) from fault

    def validate_address(self, field: Any) -> None:
        """Refuse somebody's number in the address."""
        try:
            check_none(field.data or "")
        except Invalid as fault:
            raise ValidationError(fault.message) from fault
