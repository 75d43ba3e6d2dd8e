"""The form of what was found of a number."""

from __future__ import annotations

from wtforms import RadioField, SelectField
from wtforms.validators import DataRequired, InputRequired

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.waves.rules.control import RESULTS, ControlFinding
from survey.web.forms.fields import choices, sentence


class ControlForm(Form):
    """What was found of a number."""

    unit = SelectField(lazy("哪一户"), validators=[DataRequired(lazy("请选择一户。"))])
    result = RadioField(
        lazy("结果"), choices=choices(RESULTS.items()), validators=[InputRequired(lazy("请选择核对的结果。"))]
    )
    source = sentence(
        lazy("怎样核对的"),
        needed=lazy("请写明是怎样核对的。"),
        most=200,
        hint=lazy("例如：物业的登记，或某日上门"),
    )

    def value(self) -> ControlFinding:
        """Return what was found."""
        return ControlFinding(self.result.data, self.source.data)
