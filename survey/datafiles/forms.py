"""What is asked of whoever takes data along: what for, and for which programs."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import SelectMultipleField
from wtforms.validators import DataRequired
from wtforms.widgets import CheckboxInput, ListWidget

from huying.base.i18n import lazy
from huying.web.forms import Form
from survey.datafiles.rules.purpose import LONGEST
from survey.web.forms.fields import choices, sentence

PROGRAMS = (
    ("csv", lazy("CSV：任何程序")),
    ("sav", lazy("SPSS（.sav）")),
    ("dta", lazy("Stata（.dta）")),
    ("parquet", lazy("Parquet：Python、R、DuckDB")),
)


@dataclass(frozen=True, slots=True)
class DataRequest:
    """What for, and in which formats."""

    purpose: str
    formats: tuple[str, ...]


class DataForm(Form):
    """Data files of a wave."""

    purpose = sentence(
        lazy("用途"),
        needed=lazy("请写明用途；这一句会进入记录，审计员看得到。"),
        most=LONGEST,
        hint=lazy("例如：季度报告的交叉表。"),
    )
    formats = SelectMultipleField(
        lazy("文件格式"),
        choices=choices(PROGRAMS),
        default=["csv", "sav"],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
        validators=[DataRequired(lazy("请至少选择一种格式。"))],
    )

    def value(self) -> DataRequest:
        """Return the request as one value."""
        return DataRequest(self.purpose.data, tuple(self.formats.data or ()))
