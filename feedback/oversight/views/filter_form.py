"""The filters of a list, with what this account may choose from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import request

from feedback.models import Area
from feedback.oversight.forms import FilterForm
from feedback.oversight.queries import cases as queries
from feedback.oversight.queries.cases import Overseer
from feedback.oversight.rules import filters
from feedback.roles import OFFICE, OFFICES, REMIT_KEEPER_CODE
from feedback.web.forms.fields import options
from feedback.web.queries import lookups
from huying.base.i18n import Words, _

INDENT = "\u3000"


def filter_form(session: Any, seen_by: Overseer) -> FilterForm:
    """Return the form as the address fills it in."""
    form = FilterForm(request.args)
    everybody: tuple[str, Words] = ("", _("不限"))
    form.holder.choices = options([everybody, *_holders(session)])
    form.desk.choices = options([everybody, *filters.DESKS.items()])
    known = lookups.areas(session)
    form.area.choices = options([everybody, *_areas(known, seen_by, chosen=form.area.data or "")])
    form.category.choices = options([everybody, *((name, name) for name in queries.categories(session))])
    return form


def _holders(session: Any) -> Iterator[tuple[str, Words]]:
    yield from (("worker", _("网格员")), (OFFICE, _("社区")), ("resident", _("居民")), ("pause", _("暂停")))
    named: dict[str, Words] = {**lookups.departments(session), **OFFICES}
    yield from ((f"dept:{code}", name) for code, name in named.items() if code != REMIT_KEEPER_CODE)


def _areas(known: Mapping[str, Area], seen_by: Overseer, *, chosen: str) -> Iterator[tuple[str, str]]:
    """Yield the areas down to communities, and the grids of the community that is chosen."""
    below: dict[str | None, list[Area]] = {}
    for area in known.values():
        below.setdefault(area.parent_code, []).append(area)
    inside = _inside_of(known, chosen)
    own = known.get(seen_by.area_code or "")
    tops = [own] if own else below.get(None, [])
    for top in tops:
        yield from _tree(top, below, depth=0, inside=inside)
    if seen_by.sees_unplaced:
        yield filters.NO_GRID, _("未分配网格")


def _tree(
    area: Area, below: Mapping[str | None, list[Area]], *, depth: int, inside: frozenset[str]
) -> Iterator[tuple[str, str]]:
    yield area.code, INDENT * depth + area.name
    for each in below.get(area.code, []):
        if each.level != "grid" or area.code in inside:
            yield from _tree(each, below, depth=depth + 1, inside=inside)


def _inside_of(known: Mapping[str, Area], chosen: str) -> frozenset[str]:
    """Return the areas whose grids are offered: the chosen one, and the one above a chosen grid."""
    area = known.get(chosen)
    return frozenset({area.code, area.parent_code or ""}) if area else frozenset()
