"""The period whose hours are to be attributed, and why it is done again."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import Length, Optional

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.web.forms.fields import sentence, tidy


class AttributionForm(Form):
    """A quarter or a week; the reason only where it was released before."""

    period = sentence(
        lazy("时段"),
        needed=lazy("请填写时段。"),
        most=7,
        hint=lazy("一个季度写 2026Q4，一周写 2026W48；按应办期限算。"),
    )
    why = StringField(
        lazy("再算一次的理由"),
        filters=[tidy],
        description=lazy("这个时段公布过才填；写成一句话，跟结果一起公布，不要写人名。"),
        validators=[Optional(), Length(max=500)],
    )
