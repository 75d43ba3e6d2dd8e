"""What the forms of the independent side are made of."""

from __future__ import annotations

from collections.abc import Iterable

from flask_wtf.file import FileField, FileRequired
from wtforms import DecimalField, SelectChoice, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from huying.base.i18n import Words, lazy
from huying.web.forms import Form, WholeNumberField


def choices(options: Iterable[tuple[str, Words]]) -> list[SelectChoice]:
    """Return what a choice field wants of (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in options]


def tidy(text: str | None) -> str | None:
    """Return a text without blanks at its ends."""
    return text.strip() if text else text


def sentence(
    label: Words, *, needed: Words, most: int, hint: Words = "", mark: str | None = None
) -> StringField:
    """Return a field of one line that must be filled in; `mark` is its id where a page has two of a name."""
    checks = [DataRequired(needed), Length(max=most)]
    return StringField(label, filters=[tidy], description=hint, validators=checks, id=mark)


def whole_number(label: Words, *, least: int, default: int, hint: Words = "") -> WholeNumberField:
    """Return a field of a whole number, `least` or more."""
    message = lazy("%(label)s：请填不小于 %(least)s 的整数。", label=label, least=least)
    return WholeNumberField(
        label,
        default=default,
        description=hint,
        validators=[InputRequired(message), NumberRange(min=least, message=message)],
        render_kw={"inputmode": "numeric"},
    )


def some_or_none(label: Words, *, hint: Words = "") -> WholeNumberField:
    """Return a field of a whole number that may be left empty, which is 0."""
    message = lazy("%(label)s：请填不小于 %(least)s 的整数。", label=label, least=0)
    return WholeNumberField(
        label,
        default=0,
        description=hint,
        validators=[Optional(), NumberRange(min=0, message=message)],
        render_kw={"inputmode": "numeric"},
    )


class UploadForm(Form):
    """A file, read whole."""

    file = FileField(lazy("文件"), validators=[FileRequired(lazy("请选择一个文件。"))])


def several(label: Words, *, hint: Words = "") -> SelectMultipleField:
    """Return a field of boxes to tick, any of which may stay empty."""
    return SelectMultipleField(
        label,
        description=hint,
        validators=[Optional()],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )


def amount(label: Words, *, default: float, hint: Words = "") -> DecimalField:
    """Return a field of a number that isn't negative."""
    message = lazy("%(label)s：请填数目。", label=label)
    return DecimalField(
        label,
        default=default,
        description=hint,
        places=None,
        validators=[InputRequired(message), NumberRange(min=0, max=10**9, message=message)],
        render_kw={"inputmode": "decimal"},
    )


HEX_PART = r"[0-9a-f]{64}\Z"
