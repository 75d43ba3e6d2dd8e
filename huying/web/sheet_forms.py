"""What a person says of a file on the page that shows what it was taken for."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.sheets.choice import SECTIONS, Choice
from huying.sheets.layout import Layout
from huying.sheets.recognition import REASONS, Recognition

COLUMN = "column-"
"""What the names of fields begin with that say which column a place is."""


def choice_in(given: MultiDict[str, str], *, layout: Layout, seen: Recognition) -> Choice:
    """Return what was filled in; raise Invalid for what the page doesn't offer.

    Columns stay out that are as the file's headings say: another file may have them elsewhere.
    """
    columns = {}
    for column in seen.columns:
        said = given.get(f"{COLUMN}{column.place}", column.name)
        if said and layout.column(said) is None:
            raise Invalid(_("没有这样的列。"))
        if said != column.name or column.how == "person":
            columns[column.place] = said
    _check_once(columns, layout)
    return Choice(
        columns,
        sections=next((each for each in SECTIONS if each == given.get("sections", "")), ""),
        fill=tuple(name for name in given.getlist("fill") if layout.column(name)),
        persons={"yes": True, "no": False}.get(given.get("persons", "")),
        visible=given.get("visible") == "yes",
        rows=tuple(reason for reason in given.getlist("rows") if reason in REASONS),
    )


def _check_once(columns: dict[int, str], layout: Layout) -> None:
    """Raise Invalid where one of our columns was said of two places."""
    said = [name for name in columns.values() if name]
    for name in said:
        column = layout.column(name)
        if column and not column.several and said.count(name) > 1:
            raise Invalid(_("“%(heading)s”选了两次。", heading=column.heading))
