"""The form that asks by a code."""

from __future__ import annotations

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.web.forms.fields import sentence


class CodeForm(Form):
    """A code from a letter or a receipt."""

    code = sentence(lazy("编号"), needed=lazy("请填写编号。"), most=64)
