"""How another system's cases are read: columns, times, states, as a TOML file says."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from huying.base.errors import Invalid, NotFound
from huying.base.i18n import _
from huying.sheets import Column, ColumnKind, Layout

REQUIRED = ("external_id", "opened", "declared", "department", "category", "grid", "status")
OPTIONAL = ("department_name", "detail", "place", "text", "due", "transferred", "former")
UNKNOWN = ("create", "refuse")
CODES: Mapping[str, ColumnKind] = {
    "external_id": "code",
    "department": "code",
    "former": "code",
    "grid": "code",
}


@dataclass(frozen=True, slots=True)
class CaseMapping:
    """A source's name; its columns by our field; how times, states, grids and departments are read.

    A state in `declared` needs a time of declaration, one in `open` has none. A grid value with one of the
    words in `unassigned` names no grid. Unknown grids and departments are made, or their rows refused;
    `department_codes` and `grid_codes` say which code stands for a name that the source writes instead.
    Of several `time_formats` the first that fits counts.
    """

    source: str
    columns: Mapping[str, str]
    time_formats: tuple[str, ...]
    zone: ZoneInfo
    declared: frozenset[str]
    open: frozenset[str]
    unassigned: frozenset[str]
    create_grids: bool
    create_departments: bool
    department_codes: Mapping[str, str]
    grid_codes: Mapping[str, str]

    @property
    def layout(self) -> Layout:
        """How a table of this source is laid out, under its own headings."""
        kinds = {name: CODES.get(field, "text") for field, name in self.columns.items()}
        columns = tuple(Column(name, name, kind=kind) for name, kind in kinds.items())
        return Layout(title=self.source, columns=columns, name=self.source)

    def is_unassigned(self, grid: str) -> bool:
        """Tell whether a grid value names no grid."""
        return not grid or not self.unassigned.isdisjoint(grid.split())


def find_mapping(name: str) -> CaseMapping:
    """Return the shipped mapping of that name, or the one in the TOML file at that path."""
    shipped = resources.files("feedback") / "mappings" / f"{Path(name).name}.toml"
    path = Path(name)
    if path.suffix == ".toml" and path.is_file():
        return parse_mapping(path.read_text(encoding="utf-8"))
    if path.name == name and shipped.is_file():
        return parse_mapping(shipped.read_text(encoding="utf-8"))
    raise NotFound(
        _("没有名为“%(name)s”的对照表；请给出随附的名称（如 nyc311）或一个 TOML 文件。", name=name)
    )


def parse_mapping(text: str) -> CaseMapping:
    """Read a mapping; raise Invalid with what is wrong with it."""
    try:
        data = tomllib.loads(text)
        return CaseMapping(
            source=_text(data["source"], "source"),
            columns=_columns(data["columns"]),
            time_formats=_formats(data["time"]["format"]),
            zone=ZoneInfo(_text(data["time"]["zone"], "time.zone")),
            declared=_words(data["status"]["declared"], "status.declared"),
            open=_words(data["status"]["open"], "status.open"),
            unassigned=_words(data["grids"].get("unassigned", []), "grids.unassigned"),
            create_grids=_creates(data["grids"]["unknown"], "grids.unknown"),
            create_departments=_creates(data["departments"]["unknown"], "departments.unknown"),
            department_codes=_names(data["departments"].get("codes", {}), "departments.codes"),
            grid_codes=_names(data["grids"].get("codes", {}), "grids.codes"),
        )
    except tomllib.TOMLDecodeError as error:
        raise Invalid(_("对照表不是 TOML：%(error)s。", error=error)) from error
    except KeyError as error:
        raise Invalid(_("对照表缺少 %(args)s。", args=error.args[0])) from error
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid(_("对照表的 time.zone 不是时区名，例如 Asia/Shanghai。")) from error
    except (TypeError, AttributeError) as error:
        raise Invalid(_("对照表的结构不对，请对照随附的 nyc311.toml。")) from error


def _columns(data: Any) -> dict[str, str]:
    columns = {field: _text(name, f"columns.{field}") for field, name in data.items()}
    for field in REQUIRED:
        if field not in columns:
            raise Invalid(_("对照表缺少 columns.%(field)s。", field=field))
    for field in columns:
        if field not in REQUIRED + OPTIONAL:
            raise Invalid(_("对照表有不认识的 columns.%(field)s。", field=field))
    return columns


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise Invalid(_("对照表的 %(where)s 应为文字。", where=where))
    return value


def _formats(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) and value else [value]
    return tuple(_text(each, "time.format") for each in listed)


def _names(value: Any, where: str) -> dict[str, str]:
    if not isinstance(value, dict):
        raise Invalid(_("对照表的 %(where)s 应为“名称 = 编号”。", where=where))
    # As cells of codes are read: full-width signs made half-width.
    return {normalize("NFKC", name).strip(): _text(code, f"{where}.{name}") for name, code in value.items()}


def _words(value: Any, where: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        raise Invalid(_("对照表的 %(where)s 应为一列文字。", where=where))
    return frozenset(value)


def _creates(value: Any, where: str) -> bool:
    if value not in UNKNOWN:
        raise Invalid(_("对照表的 %(where)s 应为 create 或 refuse。", where=where))
    return bool(value == "create")
