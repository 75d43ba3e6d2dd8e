"""What a grid leader fills in: to whom a case goes, and why."""

from __future__ import annotations

from wtforms import SelectField, TextAreaField

from feedback.cases.rules.team import Reassignment
from feedback.web.forms.fields import at_most, required
from huying.base.i18n import lazy
from huying.web.forms import Form


class ReassignForm(Form):
    """A case goes to a colleague."""

    to = SelectField(lazy("改派给谁"), validators=[required(lazy("请选择同事。"))])
    reason = TextAreaField(
        lazy("为什么改派"),
        description=lazy("会写进经过，居民查进度时看得到；不要写人名。"),
        validators=[required(lazy("请写明为什么改派。")), at_most(300)],
    )

    def value(self) -> Reassignment:
        """Return to whom and why, once the form is valid."""
        return Reassignment(self.to.data, self.reason.data)
