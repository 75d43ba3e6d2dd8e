"""What a person says of a file that it can't say itself: which column is which, what rows are."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.base.personal_numbers import quoted
from huying.sheets.layout import Layout
from huying.sheets.words import key

Sections = Literal["", "leave", "fill"]
SECTIONS: tuple[Sections, ...] = ("", "leave", "fill")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was said: the column of each place, empty for none; the rest stays as the file is.

    `sections`: rows of one cell are left out, or state the group of the rows below. `fill`: columns whose
    blank cells are as the cell above. `persons`: a row is a person. `visible`: hidden rows are left out.
    `rows`: rows that would be left out for these reasons are read.
    """

    columns: Mapping[int, str] = field(default_factory=dict)
    sections: Sections = ""
    fill: tuple[str, ...] = ()
    persons: bool | None = None
    visible: bool = False
    rows: tuple[str, ...] = ()

    def stored(self) -> str:
        """Return it as a text to be kept: places and names of ours, nothing of the file."""
        return json.dumps(asdict(self))

    @classmethod
    def restored(cls, text: str) -> Choice:
        """Return what was stored."""
        told = json.loads(text)
        told["columns"] = {int(place): name for place, name in told["columns"].items()}
        told |= {name: tuple(told[name]) for name in ("fill", "rows")}
        return cls(**told)


NONE = Choice()

Choose = Callable[[str, tuple[str, ...]], Choice]
"""Given a file's fingerprint and headings: what was said of files with such headings."""


def nothing(_fingerprint: str, _headings: tuple[str, ...]) -> Choice:
    """Say nothing of any file."""
    return NONE


@dataclass(frozen=True, slots=True)
class Said:
    """What a command says of columns: the word for ours → the heading of the file."""

    words: Mapping[str, str]

    @classmethod
    def of(cls, given: tuple[str, ...]) -> Said:
        """Return what OURS=THEIRS say; raise Invalid for anything else."""
        pairs = [text.partition("=") for text in given]
        if any(not (ours and theirs) for ours, _sign, theirs in pairs):
            raise Invalid(_("--column 的写法是“我们的列=文件里的表头”，例如：户号=编号。"))
        return cls({ours.strip(): theirs.strip() for ours, _sign, theirs in pairs})

    def over(self, choose: Choose, layout: Layout) -> Choose:
        """Return what was said before, and this above it."""
        if not self.words:
            return choose

        def both(fingerprint: str, headings: tuple[str, ...]) -> Choice:
            before = choose(fingerprint, headings)
            return replace(before, columns={**before.columns, **self._assigned(layout, headings)})

        return both

    def check(self, headings: tuple[str, ...]) -> None:
        """Raise Invalid for a heading that the file hasn't."""
        theirs = {key(text) for text in headings}
        for heading in self.words.values():
            if key(heading) not in theirs:
                there = "、".join(quoted(each, longest=40) for each in headings if each)
                raise Invalid(
                    _("文件里没有“%(heading)s”这个表头。有：%(there)s。", heading=heading, there=there)
                )

    def _assigned(self, layout: Layout, headings: tuple[str, ...]) -> dict[int, str]:
        places: dict[int, str] = {}
        theirs = [key(text) for text in headings]
        for word, heading in self.words.items():
            column = layout.named(word)
            if column is None:
                wanted = "、".join(each.heading for each in layout.asked)
                raise Invalid(
                    _("没有“%(word)s”这样的列。可以是：%(wanted)s。", word=word[:40], wanted=wanted)
                )
            if key(heading) in theirs:
                places[theirs.index(key(heading))] = column.name
        return places
