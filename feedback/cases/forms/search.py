"""What somebody fills in to find a case in their own hands."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.validators import Optional

from feedback.cases.rules.search import FINDABLE, LONGEST, CaseSearch
from feedback.web.forms.fields import at_most, options
from huying.base.i18n import lazy
from huying.web.forms import Form


class CaseSearchForm(Form):
    """Words and a state; it comes by GET and stores nothing."""

    class Meta(Form.Meta):
        """A look-up stores nothing."""

        csrf = False

    q = StringField(
        lazy("编号、回执、内容或地点"),
        render_kw={"type": "search", "autocomplete": "off"},
        validators=[at_most(LONGEST)],
    )
    state = SelectField(
        lazy("状态"), choices=options({"": lazy("全部"), **FINDABLE}), validators=[Optional()]
    )

    def value(self, page: int) -> CaseSearch:
        """Return what is looked for, once the form is valid."""
        return CaseSearch((self.q.data or "").strip(), self.state.data or "", page)
