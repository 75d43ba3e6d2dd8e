"""The form of a line of what a worker can and can't do."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField
from wtforms.validators import Optional

from feedback.remit.rules import LONGEST, PowerLine
from feedback.web.forms.fields import at_most, options, required
from huying.base.i18n import lazy
from huying.web.forms import Form


class PowerForm(Form):
    """A line of what a grid worker can or can't do."""

    kind = RadioField(
        lazy("能还是不能"),
        choices=options({"can": lazy("能"), "cannot": lazy("不能")}),
        validators=[required(lazy("请选择“能”或“不能”。"))],
    )
    text = StringField(
        lazy("做什么"), validators=[required(lazy("请写一句，说明能做或不能做什么。")), at_most(LONGEST)]
    )
    instead = StringField(
        lazy("不能的话找谁"), description=lazy("例如：找执法部门"), validators=[at_most(LONGEST)]
    )
    number = StringField(lazy("那里的电话"), render_kw={"inputmode": "tel"}, validators=[at_most(20)])
    grid_type = SelectField(lazy("哪种网格"), validators=[Optional()])

    def value(self) -> PowerLine:
        """Return the line, once the form is valid."""
        return PowerLine(
            kind=self.kind.data,
            text=self.text.data,
            instead=self.instead.data or "",
            number=self.number.data or "",
            grid_type=self.grid_type.data or "",
        )
