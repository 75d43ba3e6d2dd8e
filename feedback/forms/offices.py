"""What offices fill in: duty, posters, look-ups, accounts."""

from __future__ import annotations

from wtforms import StringField

from feedback.web.forms.fields import required
from huying.base.i18n import lazy
from huying.web.forms import Form


class LookUpForm(Form):
    """The code that a caller reads from a poster."""

    class Meta(Form.Meta):
        """A look-up stores nothing and comes by GET."""

        csrf = False

    number = StringField(
        lazy("海报编号"),
        description=lazy("海报上的 6 位数字"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[required(lazy("请填写海报编号。"))],
    )
