"""What the grid office fills in to change the map."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from feedback.areas.rules import MergeRequest, NewGrid, Revision, SplitRequest
from feedback.web.forms.fields import SPACED, at_most, required
from huying.base.i18n import lazy
from huying.web.forms import Form

MOST_PARTS = 4


class ReasonForm(Form):
    """Why the map changes: everybody can read it later."""

    reason = StringField(lazy("为什么改"), validators=[required(lazy("请写明为什么改。")), at_most(200)])


class ReviseForm(ReasonForm):
    """Another name, another parent, another type."""

    name = StringField(lazy("名称"), validators=[required(lazy("请填写名称。")), at_most(80)])
    parent = SelectField(lazy("上级"), validators=[Optional()])
    grid_type = StringField(lazy("网格类型"), validators=[at_most(32)])

    def value(self) -> Revision:
        """Return what the area becomes, once the form is valid."""
        return Revision(self.name.data.strip(), self.parent.data or None, (self.grid_type.data or "").strip())


class DissolveForm(ReasonForm):
    """A grid is given up for another."""

    into = SelectField(lazy("并入哪个网格"), validators=[required(lazy("请选择网格。"))])


def _code(number: int) -> StringField:
    return StringField(lazy("第 %(n)s 个：新编号", n=number), validators=[at_most(32)], render_kw=SPACED)


class SplitForm(ReasonForm):
    """Up to four parts; what is left empty isn't made."""

    vacant = BooleanField(lazy("有的网格暂时没有网格员"))

    code1, code2, code3, code4 = (_code(number) for number in range(1, MOST_PARTS + 1))
    name1, name2, name3, name4 = (
        StringField(lazy("名称"), validators=[at_most(80)]) for _ in range(MOST_PARTS)
    )
    type1, type2, type3, type4 = (
        StringField(lazy("网格类型"), validators=[at_most(32)]) for _ in range(MOST_PARTS)
    )
    worker1, worker2, worker3, worker4 = (
        SelectField(lazy("网格员"), validators=[Optional()]) for _ in range(MOST_PARTS)
    )

    def rows(self) -> list[list[Any]]:
        """Return the four fields of each part, for the page."""
        return [
            [self[f"{what}{number}"] for what in ("code", "name", "type", "worker")]
            for number in range(1, MOST_PARTS + 1)
        ]

    def value(self) -> SplitRequest:
        """Return the parts that were filled in, once the form is valid."""
        parts = [
            _grid(*(field.data for field in row))
            for row in self.rows()
            if any((field.data or "").strip() for field in row[:2])
        ]
        return SplitRequest(parts, self.vacant.data)


class MergeForm(ReasonForm):
    """Grids of one community become one."""

    grids = SelectMultipleField(
        lazy("和哪些网格合并"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    code = StringField(
        lazy("新编号"), validators=[required(lazy("请填写新编号。")), at_most(32)], render_kw=SPACED
    )
    name = StringField(lazy("名称"), validators=[required(lazy("请填写名称。")), at_most(80)])
    grid_type = StringField(lazy("网格类型"), validators=[at_most(32)])
    worker = SelectField(lazy("网格员"), validators=[Optional()])
    vacant = BooleanField(lazy("暂时没有网格员"))

    def value(self, code: str) -> MergeRequest:
        """Return what is merged with the grid `code`, once the form is valid."""
        into = _grid(self.code.data, self.name.data, self.grid_type.data, self.worker.data)
        return MergeRequest([code, *(self.grids.data or [])], into, self.vacant.data)


class PosterGridForm(Form):
    """In which grid a poster hangs."""

    grid = SelectField(lazy("贴在哪个网格"), validators=[required(lazy("请选择网格。"))])


def _grid(code: str | None, name: str | None, kind: str | None, worker: str | None) -> NewGrid:
    return NewGrid((code or "").strip(), (name or "").strip(), (kind or "").strip(), worker or None)
