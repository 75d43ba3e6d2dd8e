"""What a player types: a sentence kept in mind, and dice."""

from __future__ import annotations

from wtforms import StringField
from wtforms.validators import DataRequired, Length

from huying.base.i18n import lazy
from huying.web.forms import Form

LONGEST = 200


class PhraseForm(Form):
    """The visitor's part of the secret, to be kept in mind."""

    phrase = StringField(
        lazy("您的一句话"),
        [DataRequired(lazy("请写一句话，随便什么，别人猜不到就好。")), Length(max=LONGEST)],
        description=lazy("随便写一句，记住它：开封的时候要一字不差再写一遍。"),
    )


class DiceForm(PhraseForm):
    """The same sentence again, and twenty dice."""

    phrase = StringField(
        lazy("您封存的那句话"),
        [DataRequired(lazy("请把封存的那句话再写一遍。")), Length(max=LONGEST)],
        description=lazy("和封存时写的一字不差。"),
    )
    dice = StringField(
        lazy("二十个骰子"),
        [Length(max=LONGEST)],
        description=lazy("自己掷也行，写二十个数字，每个从0到9；空着就由这里来掷。"),
    )
