"""Forms of the registry: a file is applied."""

from __future__ import annotations

from wtforms import HiddenField, StringField
from wtforms.validators import Length, Regexp

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.registry.rules.shown_plan import ShownPlan
from survey.web.forms.fields import HEX_PART, tidy


class ApplyRegistryForm(Form):
    """The tried file and what was shown of it, by digests; a name where somebody must answer for it."""

    sha256 = HiddenField(validators=[Regexp(HEX_PART)])
    shown = HiddenField(validators=[Regexp(HEX_PART)])
    confirmed_by = StringField(
        lazy("我核对过，确认这些变动（写上姓名）"), filters=[tidy], validators=[Length(max=64)]
    )

    def value(self) -> ShownPlan:
        """Return what the registrar answers for."""
        return ShownPlan(self.sha256.data or "", self.shown.data or "", self.confirmed_by.data)
