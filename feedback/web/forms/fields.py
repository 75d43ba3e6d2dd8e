"""What the forms of the public side are made of: choices, demands, local times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from wtforms import Field, Form
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from huying.base.clock import LOCAL
from huying.base.i18n import Words, _, lazy

SPACED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
"""Attributes of a field for codes that people copy."""


FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years that a date may lie in: at the ends of the calendar it is no instant in every zone."""


def options(pairs: Mapping[str, Words] | Iterable[tuple[str, Words]]) -> list[SelectChoice]:
    """Return choices from value → label."""
    listed = pairs.items() if isinstance(pairs, Mapping) else pairs
    return [SelectChoice(value=value, label=label) for value, label in listed]


def unchosen(pairs: Mapping[str, Words] | Iterable[tuple[str, Words]]) -> list[SelectChoice]:
    """Return choices led by an empty one, so that nothing is chosen beforehand."""
    return [SelectChoice(value="", label=lazy("请选择")), *options(pairs)]


def required(message: Words) -> DataRequired:
    """Return the demand that a field is filled in."""
    return DataRequired(message)


def at_most(length: int) -> Length:
    """Return the demand that a text isn't longer than `length` characters."""
    return Length(max=length, message=lazy("请不要超过 %(length)s 个字。", length=length))


def in_our_time(_form: Form, field: Field) -> None:
    """Demand that a date, if there is one, lies in a year that somebody could mean."""
    if field.data and not FIRST_YEAR <= field.data.year <= LAST_YEAR:
        raise ValidationError(
            _("请填写 %(first)s 年到 %(last)s 年之间的日期。", first=FIRST_YEAR, last=LAST_YEAR)
        )


def utc(wall: datetime | None) -> datetime | None:
    """Return a civil time of the place that is served as an instant."""
    return wall.replace(tzinfo=LOCAL).astimezone(UTC) if wall else None
