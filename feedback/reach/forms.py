"""The answer to the question whether a number works."""

from __future__ import annotations

from wtforms import RadioField

from feedback.web.forms.fields import options, required
from huying.base.i18n import lazy
from huying.web.forms import Form


class PingForm(Form):
    """Whoever holds a number says whether it finds the one on duty."""

    on_duty = RadioField(
        lazy("请选一个"),
        choices=options({"yes": lazy("是，打这个号码能找到我"), "no": lazy("不是")}),
        validators=[required(lazy("请选“是”或“不是”。"))],
    )
