"""One page with everything that pages are made of, in every state: for those who write pages, in the demo."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired

from huying.base.i18n import lazy
from huying.web.access import anyone
from huying.web.forms import Form

routes = Blueprint("styleguide", __name__)


class SampleForm(Form):
    """A field of each kind."""

    name = StringField(lazy("姓名"), validators=[DataRequired(lazy("请填写姓名。"))])
    day = DateField(lazy("日期"), description=lazy("不填就是现在。"))
    kind = SelectField(
        lazy("类别"), choices=[SelectChoice("", lazy("请选择")), SelectChoice("other", lazy("其他"))]
    )
    urgent = RadioField(
        lazy("急不急？"),
        choices=[SelectChoice("ordinary", lazy("一般事项")), SelectChoice("hard", lazy("疑难事项"))],
        validators=[DataRequired(lazy("请选择急不急。"))],
    )
    words = TextAreaField(lazy("说明"))
    agreed = BooleanField(lazy("已收好，不再显示"))


@routes.get("/styleguide")
@anyone
def page() -> ResponseReturnValue:
    """Show the parts of pages: empty, one, many, wrong, busy."""
    wrong = SampleForm(prefix="wrong", formdata=None)
    wrong.validate()
    return render_template(
        "styleguide.html", sample=SampleForm(formdata=None), wrong=wrong, today=date(2026, 11, 23)
    )
