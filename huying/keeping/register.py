"""What personal data an installation keeps: of whom, what for, how long, and in which columns it lies."""

from __future__ import annotations

from dataclasses import dataclass

from huying.base.i18n import Words


@dataclass(frozen=True, slots=True)
class KeptData:
    """One kind of data as people know it. `columns` are spelt `table.column`."""

    what: Words
    why: Words
    how_long: Words
    columns: tuple[str, ...]
