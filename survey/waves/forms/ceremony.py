"""Forms of a ceremony: sealed, recorded, opened, void, ended early."""

from __future__ import annotations

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.waves.rules.early_ending import MOST_WORDS
from survey.waves.rules.parties import check_agree, digest_of
from survey.web.forms.fields import HEX_PART, sentence, tidy


def _party(mark: str) -> StringField:
    hint = lazy("小写字母、数字和横线，例如 audit-office")
    return sentence(lazy("哪一方"), needed=lazy("请写参与方。"), most=64, hint=hint, mark=mark)


class LinkForm(Form):
    """Which party gets a link."""

    party = _party("link-party")


class CommitForm(Form):
    """The digest of a party's sealed part, brought on paper."""

    party = _party("party")
    digest = sentence(
        lazy("指纹"),
        needed=lazy("请填写指纹。"),
        most=200,
        hint=lazy("sha256: 开头，后面 64 位十六进制数字。"),
    )

    def value(self) -> str:
        """Return the digest; raise Invalid for what may be a part."""
        return digest_of(self.digest.data)


class DigestForm(Form):
    """A party hands in its digest by its link."""

    digest = sentence(
        lazy("指纹"),
        needed=lazy("请填写指纹。"),
        most=200,
        hint=lazy("sha256: 开头，后面 64 位十六进制数字。不要填份额本身。"),
    )

    def value(self) -> str:
        """Return the digest; raise Invalid for what may be a part."""
        return digest_of(self.digest.data)

    def forget(self) -> None:
        """Show nothing of it again: it may have been a part."""
        self.digest.data = ""


class OpenForm(Form):
    """A party opens its part by its link."""

    part = StringField(
        lazy("当初封存的密钥份额"),
        filters=[tidy],
        validators=[
            DataRequired(lazy("请填写密钥份额。")),
            Regexp(HEX_PART, message=lazy("密钥份额是 64 位小写十六进制数字。")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def value(self) -> str:
        """Return the part."""
        return str(self.part.data)

    def forget(self) -> None:
        """Show nothing of it again: with every other part it would tell the sample."""
        self.part.data = ""


class RevealForm(OpenForm):
    """A party's part is opened before all eyes."""

    party = SelectField(lazy("参与方"), validators=[DataRequired(lazy("请选择参与方。"))])


class BeaconForm(Form):
    """What the public event showed."""

    value = sentence(
        lazy("公开事件的结果"),
        needed=lazy("请写公开事件的结果。"),
        most=200,
        hint=lazy("一位一位照抄，不加空格。"),
    )
    again = sentence(
        lazy("另一个人再录一遍"),
        needed=lazy("请另一个人对着白板再录一遍。"),
        most=200,
        hint=lazy("两遍一样才记下。"),
    )
    sig = StringField(
        lazy("签名（仅 drand）"),
        filters=[tidy],
        validators=[Optional(), Regexp(r"([0-9a-f]{2})+\Z", message=lazy("签名是小写十六进制数字。"))],
    )

    def result(self) -> str:
        """Return what was entered twice; raise Invalid where the entries differ."""
        return check_agree(self.value.data, self.again.data)


class VoidForm(Form):
    """A wave is void: who refused to open a part."""

    refused_by = SelectMultipleField(
        lazy("谁拒绝公开"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )


class EarlyEndingForm(Form):
    """Why a field is ended before its end."""

    why = TextAreaField(
        lazy("为什么提前结束"),
        validators=[DataRequired(lazy("请写明理由。")), Length(max=MOST_WORDS)],
        description=lazy("要由另一种职责的人确认。两个人的名字和理由一起记下，理由的原文会公布。"),
    )
