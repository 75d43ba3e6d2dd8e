"""What whoever imports fills in: the file, then the name of who answers for what alarms."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import HiddenField, StringField

from feedback.web.forms.fields import at_most, required
from huying.base.i18n import lazy
from huying.web.forms import Form


class TryForm(Form):
    """A file to be tried."""

    file = FileField(
        lazy("文件"),
        description=lazy("XLSX、XLS 或 CSV。先试导入，看过结果再正式导入。"),
        render_kw={"accept": ".xlsx,.xls,.csv,.tsv,.txt"},
        validators=[required(lazy("请选择文件。"))],
    )


class ApplyForm(Form):
    """What was shown is to be stored."""

    shown = HiddenField()
    confirmed_by = StringField(lazy("确认人姓名"), validators=[at_most(64)])
