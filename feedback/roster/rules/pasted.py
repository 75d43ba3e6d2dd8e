"""Lines pasted from a spreadsheet, as far as they can be read: a grid and a worker, by name or by code."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from huying.base.i18n import _

MOST_FAULTS = 20
_GAP = re.compile(r"[\t ,;，；、]+")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What the lines say: a worker's code by grid code, and a sentence for each line that says nothing."""

    chosen: Mapping[str, str]
    faults: tuple[str, ...]


def read(text: str, *, grids: Mapping[str, str], workers: Mapping[str, str]) -> Pasted:
    """Return what pasted lines say of `grids` and `workers`, each name by code.

    Empty lines and a line of headings are passed over; a name that two share has to be given as a code.
    """
    chosen: dict[str, str] = {}
    faults: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell for cell in _GAP.split(unicodedata.normalize("NFKC", line).strip()) if cell]
        if not cells or _is_heading(cells):
            continue
        grid, worker = _find(cells[0], grids), _find(cells[-1], workers) if cells[1:] else None
        if grid is not None and worker is not None and grid not in chosen:
            chosen[grid] = worker
        else:
            faults.append(_fault(number, cells, grid=grid, worker=worker))
    return Pasted(chosen, tuple(faults[:MOST_FAULTS]))


def _fault(number: int, cells: list[str], *, grid: str | None, worker: str | None) -> str:
    if grid is None:
        return _("第 %(number)s 行：没有叫“%(name)s”的网格。", number=number, name=cells[0][:20])
    if worker is None:
        name = cells[-1][:20] if cells[1:] else ""
        return _("第 %(number)s 行：没有叫“%(name)s”的网格员，或有重名，请写工号。", number=number, name=name)
    return _("第 %(number)s 行：这个网格前面已经有了。", number=number)


def _is_heading(cells: list[str]) -> bool:
    return cells[0] in {"网格", "网格名称", "网格编号", "grid"}


def _find(cell: str, known: Mapping[str, str]) -> str | None:
    """Return the code that a cell is, or whose name it is where no other has the same."""
    by_code = next((code for code in known if code.casefold() == cell.casefold()), None)
    named = [code for code, name in known.items() if name == cell]
    return by_code or (named[0] if len(named) == 1 else None)
