"""What is asked of whoever takes a release's rows along."""

from __future__ import annotations

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.datafiles.rules.purpose import LONGEST
from survey.web.forms.fields import sentence


class PurposeForm(Form):
    """What for."""

    purpose = sentence(
        lazy("用途"),
        needed=lazy("请写明用途；这一句会进入记录，审计员看得到。"),
        most=LONGEST,
        hint=lazy("例如：年度审计。"),
    )
