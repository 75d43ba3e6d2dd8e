"""The base of every form: its reader's language, and a mark that tells a double submit from two submits."""

from __future__ import annotations

import secrets
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField
from wtforms.validators import Length

from huying.base import i18n


class Form(FlaskForm):  # type: ignore[misc]
    """A form whose errors are sentences."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """Messages in the language of the page."""

        @property
        def locales(self) -> tuple[str]:
            """The language that WTForms' own messages are in."""
            return (i18n.language(),)


class ButtonForm(Form):
    """A button with nothing to fill in."""


class OnceForm(Form):
    """A form that creates something: `once` stays the same however often it is sent."""

    once = HiddenField(validators=[Length(min=16, max=64)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.once.data:
            self.once.data = secrets.token_urlsafe(18)


class WholeNumberField(IntegerField):  # type: ignore[misc]
    """A whole number of so many digits as a database's number has: more are none, and no failure of ours."""

    LONGEST = 18
    data: Any

    def process_formdata(self, valuelist: Any) -> None:
        """Take a number; raise ValueError for what isn't one."""
        if valuelist and len(valuelist[0].strip()) > self.LONGEST:
            self.data = None
            raise ValueError(self.gettext("Not a valid integer value."))
        super().process_formdata(valuelist)
