"""What residents fill in, or operators for them: a request, a receipt, a rating."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, StringField, TextAreaField, ValidationError

from feedback import codes
from feedback.deadlines import URGENCIES
from feedback.forms.fields import SPACED, at_most, options, required
from huying import phones
from huying.errors import Invalid
from huying.forms import Form, OnceForm
from huying.web import ground

CATEGORIES = (
    "环境卫生",
    "道路和公共设施",
    "水电气热",
    "噪音扰民",
    "邻里纠纷",
    "停车秩序",
    "老人、孩子需要照看",
    "其他",
)
UNREACHED = "电话打不通或号码不对"
"""The category under which a wrong number, or one that nobody answers, is reported."""

SOLVED = {"solved": "解决了", "not_solved": "没有解决", "unsure": "说不清"}
SCALE = {"5": "非常满意", "4": "满意", "3": "基本满意", "2": "不满意", "1": "非常不满意", "0": "不想说"}


class HelpForm(OnceForm):
    """What a resident asks for, written down by the resident or by an operator on the phone."""

    category = RadioField(
        "什么事？", choices=options((c, c) for c in CATEGORIES), validators=[required("请选择是什么事。")]
    )
    text = TextAreaField("请写几句", validators=[required("请写一两句，说明是什么事。"), at_most(1000)])
    place = StringField("具体在哪里", description="例如：3号楼2单元门口", validators=[at_most(200)])
    urgency = RadioField(
        "急不急？",
        choices=options((u.code, u.label) for u in URGENCIES.values() if u.code != "hard"),
        validators=[required("请选择急不急。")],
    )
    contact = StringField(
        "您的电话",
        description="填了电话，办好后会发短信请您评价；不填也能办，凭回执编号查进度。",
        render_kw={"inputmode": "tel", "autocomplete": "tel"},
        validators=[at_most(40)],
    )

    number: str | None = None
    """The telephone number in E.164 once the form is valid; None where none was given."""

    def validate_contact(self, field: Any) -> None:
        """Read the number; a fault is the field's."""
        if not (field.data or "").strip():
            return
        settings = ground().settings
        try:
            self.number = phones.parse(field.data, region=settings.region, allowed=settings.allowed_numbers)
        except Invalid as fault:
            raise ValidationError(fault.message) from None


class TrackForm(Form):
    """The receipt by which a case is followed."""

    receipt = StringField(
        "回执编号",
        description="12 位，例如 ABCD-2345-EFGH。大小写、空格和横线都没关系。",
        render_kw=SPACED,
        validators=[required("请填写回执编号。")],
    )

    @property
    def code(self) -> str:
        """The receipt as it is stored and compared, empty where what was typed isn't one."""
        return codes.normalise_receipt(self.receipt.data or "") or ""

    def validate_receipt(self, _field: Any) -> None:
        """Refuse what can't be a receipt before anything is looked up."""
        if not codes.is_receipt(self.code):
            raise ValidationError("回执编号不对，请对照短信或记下的编号再看一遍。")


class RatingForm(Form):
    """Three questions, nothing preselected, and words if wanted."""

    solved = RadioField(
        "这件事解决了吗？", choices=options(SOLVED), validators=[required("请选择这件事解决了没有。")]
    )
    conduct = RadioField(
        "网格员的态度和联系",
        choices=options(SCALE),
        validators=[required("请选择对网格员态度和联系的看法，也可以选“不想说”。")],
    )
    result = RadioField(
        "办理结果",
        choices=options(SCALE),
        validators=[required("请选择对办理结果的看法，也可以选“不想说”。")],
    )
    words = TextAreaField("还想说什么", validators=[at_most(1200)])

    @property
    def conduct_value(self) -> int | None:
        """The answer on conduct, 1–5, or None for 不想说."""
        return int(self.conduct.data) or None

    @property
    def result_value(self) -> int | None:
        """The answer on the result, 1–5, or None for 不想说."""
        return int(self.result.data) or None
