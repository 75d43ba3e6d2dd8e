"""Forms of posters and badges: issued, printed, looked at, withdrawn, asked about."""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField
from wtforms import RadioField, SelectField, StringField, ValidationError
from wtforms.validators import Optional

from feedback.posters.rules.requests import InspectionFinding, PrintRequest
from feedback.web.forms.fields import SPACED, at_most, options, required
from huying.base import pictures
from huying.base.errors import Invalid
from huying.base.i18n import lazy
from huying.web.forms import Form, OnceForm

RETIREMENTS = {
    "moved": lazy("换了地方"),
    "torn": lazy("破损"),
    "wrong": lazy("内容有误"),
    "overlaid": lazy("被覆盖"),
}


class PosterForm(OnceForm):
    """A new poster for a spot of a grid."""

    grid = SelectField(lazy("网格"), validators=[required(lazy("请选择网格。"))])
    place = StringField(
        lazy("张贴地点"),
        description=lazy("印在海报上，例如：和平里3号楼一层大厅"),
        validators=[required(lazy("请填写张贴地点。")), at_most(120)],
    )


class RetireForm(Form):
    """A poster is taken out of use."""

    reason = RadioField(
        lazy("停用原因"), choices=options(RETIREMENTS), validators=[required(lazy("请选择停用原因。"))]
    )
    replaced_by = StringField(lazy("新海报的编号"), render_kw=SPACED, validators=[at_most(16)])


class PrintForm(OnceForm):
    """Sheets are wanted of an area."""

    area = SelectField(lazy("范围"), validators=[Optional()])
    paper = RadioField(
        lazy("纸张"),
        choices=options({"a4": "A4", "a3": "A3"}),
        default="a4",
        validators=[required(lazy("请选择纸张。"))],
    )
    language = RadioField(
        lazy("文字"),
        choices=options({"zh": lazy("中文"), "both": lazy("中英文")}),
        default="zh",
        validators=[required(lazy("请选择文字。"))],
    )

    def value(self, kind: str, *, within: str | None) -> PrintRequest:
        """Return the sheets that are wanted, once the form is valid: badges come on A4, of one's own area."""
        paper = self.paper.data if kind == "poster" else "a4"
        return PrintRequest(kind, self.area.data or within, paper, self.language.data)


class LookForm(Form):
    """What somebody found at a poster."""

    genuine = RadioField(
        lazy("扫了一下，打开的是我们的网页吗？"),
        choices=options({"yes": lazy("是，海报完好"), "no": lazy("不是，或看不清、不见了")}),
        validators=[required(lazy("请选择看到的情况。"))],
    )
    note = StringField(lazy("看到什么"), validators=[at_most(200)])
    photo = FileField(lazy("照片"), description=lazy("JPEG、PNG 或 WebP，不超过 4 MB。"))

    picture: bytes | None = None
    """The photo, shrunk, once the form is valid; None where none was taken."""

    def validate_photo(self, field: Any) -> None:
        """Read the photo; a fault is the field's."""
        data = field.data.read() if field.data else b""
        try:
            self.picture = pictures.shrunk(data) if data else None
        except Invalid as fault:
            raise ValidationError(fault.message) from None

    def value(self) -> InspectionFinding:
        """Return what was found, once the form is valid."""
        return InspectionFinding(self.genuine.data == "yes", self.note.data or "", self.picture)


class BadgeForm(OnceForm):
    """A badge for a worker."""

    worker = SelectField(lazy("发给谁"), validators=[required(lazy("请选择网格员。"))])


class RetireBadgeForm(Form):
    """A badge is withdrawn."""

    reason = RadioField(
        lazy("停用原因"),
        choices=options({"left": lazy("人走了"), "lost": lazy("证丢了"), "damaged": lazy("证坏了")}),
        validators=[required(lazy("请选择停用原因。"))],
    )


class BadgeLookForm(Form):
    """The number on a badge, or its code."""

    class Meta(Form.Meta):
        """A look-up stores nothing and comes by GET."""

        csrf = False

    number = StringField(
        lazy("工作证编号"),
        description=lazy("证上的 6 位数字"),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
        validators=[required(lazy("请填写工作证上的编号。")), at_most(20)],
    )
