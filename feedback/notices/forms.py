"""What an operator heard on the telephone."""

from __future__ import annotations

from wtforms import RadioField

from feedback.web.forms.fields import options, required
from huying.base.i18n import lazy
from huying.web.forms import Form


class AskedForm(Form):
    """The resident's word, as the operator heard it; nothing is preselected."""

    solved = RadioField(
        lazy("居民怎么说"),
        choices=options(
            {
                "solved": lazy("解决了"),
                "not_solved": lazy("没有解决"),
                "unsure": lazy("说不清"),
                "unreached": lazy("没有打通"),
            }
        ),
        validators=[required(lazy("请选居民怎么说。"))],
    )
