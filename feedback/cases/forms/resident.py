"""What residents fill in, or operators for them: a request, a receipt, a rating."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import HiddenField, MultipleFileField, RadioField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from feedback import codes
from feedback.cases.rules.categories import CATEGORIES
from feedback.cases.rules.requests import HelpRequest, RatingAnswer
from feedback.web.forms.fields import SPACED, at_most, options, required
from huying.base import phones, pictures
from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from huying.base.telephone_cells import is_none
from huying.web.current import installation
from huying.web.forms import Form, OnceForm

SOLVED = {"solved": lazy("解决了"), "not_solved": lazy("没有解决"), "unsure": lazy("说不清")}
URGENT = {
    "life": lazy("有危险，要马上有人来"),
    "utility": lazy("停水停电停气，或受天气影响"),
    "ordinary": lazy("不急，按顺序办"),
}
"""What a resident chooses from; that a matter is hard is for offices to say."""
SCALE = {
    "5": lazy("非常满意"),
    "4": lazy("满意"),
    "3": lazy("基本满意"),
    "2": lazy("不满意"),
    "1": lazy("非常不满意"),
    "0": lazy("不想说"),
}


COOKIELESS = {"csrf": False}
"""What makes a form of residents: it is sent without a cookie, by whoever holds its address."""

MOST_PHOTOS, LARGEST_PHOTO = 3, 8 * 1024 * 1024


def read_number(text: str) -> str:
    """Return a number as E.164; raise ValidationError with a sentence."""
    settings = installation().settings
    try:
        return phones.parse(text, region=settings.region, allowed=settings.allowed_numbers)
    except Invalid as fault:
        raise ValidationError(fault.message) from None


class ContactForm(OnceForm):
    """A form with the number of whoever fills it in, which may stay empty."""

    contact = StringField(
        lazy("您的电话"),
        render_kw={"inputmode": "tel", "autocomplete": "tel"},
        validators=[at_most(40)],
    )

    number: str | None = None
    """The telephone number in E.164 once the form is valid; None where none was given."""

    def validate_contact(self, field: Any) -> None:
        """Read the number; a fault is the field's."""
        if not is_none(field.data or ""):
            self.number = read_number(field.data)


class HelpForm(ContactForm):
    """What a resident asks for, written down by the resident or by an operator on the phone."""

    category = RadioField(
        lazy("什么事？"),
        choices=options((c, c) for c in CATEGORIES),
        validators=[required(lazy("请选择是什么事。"))],
    )
    text = TextAreaField(
        lazy("请写几句"), validators=[required(lazy("请写一两句，说明是什么事。")), at_most(1000)]
    )
    place = StringField(
        lazy("具体在哪里"), description=lazy("例如：3号楼2单元门口"), validators=[at_most(200)]
    )
    urgency = RadioField(
        lazy("事情急吗？"),
        choices=options(URGENT),
        validators=[required(lazy("请选择急不急。"))],
    )
    contact = StringField(
        lazy("您的电话"),
        description=lazy(
            "填了电话，会收到验证码；核对后，办好了发短信请您评价。不填也能办，凭回执编号说办好没有。"
        ),
        render_kw={"inputmode": "tel", "autocomplete": "tel"},
        validators=[at_most(40)],
    )

    def value(self) -> HelpRequest:
        """Return what is asked for, once the form is valid."""
        return HelpRequest(
            category=self.category.data,
            text=self.text.data,
            location=self.place.data or "",
            urgency=self.urgency.data,
            contact=self.number,
        )


class AskForm(HelpForm):
    """The same by a resident: with photos, and whether it is what somebody said before."""

    photos = MultipleFileField(
        lazy("照片"),
        description=lazy("最多 3 张，每张不超过 8 MB，JPEG、PNG 或 WebP。照片里的拍摄地点等信息会去掉。"),
        render_kw={"accept": "image/jpeg,image/png,image/webp"},
    )
    same = RadioField(
        lazy("是同一件事吗？"),
        choices=options({"yes": lazy("是同一件事"), "no": lazy("不是，另外登记")}),
        validators=[Optional()],
    )

    pictures: tuple[bytes, ...] = ()
    """The photos, made small, once the form is valid."""

    def validate_photos(self, field: Any) -> None:
        """Read the photos, once; a fault is the field's."""
        files = [each for each in field.data or () if each and each.filename]
        if not files:
            return
        field.data = []
        try:
            self.pictures = _pictures(files)
        except Invalid as fault:
            raise ValidationError(fault.message) from None
        finally:
            for file in files:
                file.close()

    def say_lost_photos(self) -> None:
        """Say that a browser hands photos in once alone, where something else is to be mended."""
        if self.pictures:
            self.photos.errors = [_("照片要请您再选一次。")]


def _pictures(files: Sequence[Any]) -> tuple[bytes, ...]:
    if len(files) > MOST_PHOTOS:
        raise Invalid(_("最多传 3 张照片，这里有 %(n)s 张。", n=len(files)))
    return tuple(_picture(file) for file in files)


def _picture(file: Any) -> bytes:
    data = file.read(LARGEST_PHOTO + 1)
    if len(data) > LARGEST_PHOTO:
        raise Invalid(_("“%(name)s”超过 8 MB，请换小一点的。", name=file.filename))
    return pictures.shrunk(data)


class WordForm(Form):
    """Solved or not, said with the receipt."""

    solved = RadioField(lazy("这件事解决了吗？"), validators=[required(lazy("请选择这件事解决了没有。"))])
    words = TextAreaField(lazy("还想说什么"), validators=[at_most(1200)])

    def offer(self, words: Iterable[str]) -> WordForm:
        """Offer only what can be said now."""
        self.solved.choices = options((code, SOLVED[code]) for code in words)
        return self


class ProofForm(Form):
    """The code that was sent to a telephone."""

    code = StringField(
        lazy("短信里的验证码"),
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code"},
        validators=[required(lazy("请填写 6 位验证码。"))],
    )

    @property
    def digits(self) -> str:
        """The code as it was sent, whatever its width and blanks."""
        return "".join(unicodedata.normalize("NFKC", self.code.data or "").split())


class NumberForm(Form):
    """A telephone number, to be asked by a code or told about its cases."""

    contact = StringField(
        lazy("您的电话"),
        render_kw={"inputmode": "tel", "autocomplete": "tel"},
        validators=[required(lazy("请填写电话号码。")), at_most(40)],
    )

    number: str = ""
    """The telephone number in E.164 once the form is valid."""

    def validate_contact(self, field: Any) -> None:
        """Read the number; a fault is the field's."""
        self.number = read_number(field.data)


class TrackForm(Form):
    """The receipt by which a case is followed."""

    receipt = StringField(
        lazy("回执编号"),
        description=lazy("12 位，例如 ABCD-2345-EFGH。大小写、空格和横线都没关系。"),
        render_kw=SPACED,
        validators=[required(lazy("请填写回执编号。"))],
    )

    @property
    def code(self) -> str:
        """The receipt as it is stored and compared, empty where what was typed isn't one."""
        return codes.normalise_receipt(self.receipt.data or "") or ""

    def validate_receipt(self, _field: Any) -> None:
        """Refuse what can't be a receipt before anything is looked up."""
        if not codes.is_receipt(self.code):
            raise ValidationError(_("回执编号不对，请对照短信或记下的编号再看一遍。"))


class RatingForm(Form):
    """Three questions, nothing preselected, and words if wanted."""

    solved = RadioField(
        lazy("这件事解决了吗？"),
        choices=options(SOLVED),
        validators=[required(lazy("请选择这件事解决了没有。"))],
    )
    conduct = RadioField(
        lazy("网格员的态度和联系"),
        choices=options(SCALE),
        validators=[required(lazy("请选择对网格员态度和联系的看法，也可以选“不想说”。"))],
    )
    result = RadioField(
        lazy("办理结果"),
        choices=options(SCALE),
        validators=[required(lazy("请选择对办理结果的看法，也可以选“不想说”。"))],
    )
    words = TextAreaField(lazy("还想说什么"), validators=[at_most(1200)])

    seen = HiddenField(validators=[at_most(20)])

    def value(self) -> RatingAnswer:
        """Return the resident's word, once the form is valid: 不想说 is no mark."""
        conduct, result = (int(mark.data) or None for mark in (self.conduct, self.result))
        return RatingAnswer(self.solved.data, conduct, result, self.words.data or "")
