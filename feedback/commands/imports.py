"""Imports by command line: each reads one file, in one transaction."""

from __future__ import annotations

from pathlib import Path

import click

from feedback.commands.place import opened
from feedback.operations import imports
from feedback.operations.imports import Counts
from huying import clock
from huying.i18n import _

file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
BY = "command line"


@click.command("import-areas")
@file
def areas(file: Path) -> None:
    """Import the area tree from FILE, a CSV in UTF-8.

    Columns: 编号 上级编号 层级 名称 网格类型 (or code parent level name grid_type). Levels: 市 区 街道 社区
    网格. Rows are added or changed by code; what the file lacks stays. One bad row, and nothing is stored.
    """
    with opened() as place, place.database.transaction() as session:
        counts = imports.import_areas(session, file.read_bytes(), now=clock.now())
    _tell(counts)


@click.command("import-departments")
@file
def departments(file: Path) -> None:
    """Import departments from FILE, a CSV in UTF-8.

    Columns: 编号 名称 (or code name). Rows are added or changed by code. One bad row, and nothing is stored.
    """
    with opened() as place, place.database.transaction() as session:
        counts = imports.import_departments(session, file.read_bytes(), now=clock.now())
    _tell(counts)


@click.command("import-staff")
@file
def staff(file: Path) -> None:
    """Import workers, their numbers and who holds which grid from FILE, a CSV in UTF-8; a row is a post.

    Columns: 工号 姓名 网格编号 电话 电话核对日期 值守开始 值守结束
    (or staff name grid phone verified from to).
    Times are local, 2026-11-23 or 2026-11-23 08:30. A post ends before 值守结束; empty means no end is known.
    Phone and the day when it was checked may be empty. One bad row, and nothing is stored.
    """
    with opened() as place, place.database.transaction() as session:
        counts = imports.import_staff(
            session,
            file.read_bytes(),
            vault=place.vault,
            region=place.settings.region,
            allowed=place.settings.allowed_numbers,
            by=BY,
            now=clock.now(),
        )
    _tell(counts)


@click.command("import-offices")
@file
def offices(file: Path) -> None:
    """Import the offices that answer when no worker does, from FILE, a CSV in UTF-8.

    Columns: 区域编号 顺序 名称 电话 电话核对日期 接听开始 接听结束
    (or area position name phone verified from to).
    An area's offices answer for all areas below it, by 顺序 1, 2, …; hours such as 08:30, both empty for
    round the clock. 12345 ends every chain by itself. One bad row, and nothing is stored.
    """
    with opened() as place, place.database.transaction() as session:
        counts = imports.import_offices(
            session,
            file.read_bytes(),
            vault=place.vault,
            region=place.settings.region,
            allowed=place.settings.allowed_numbers,
            now=clock.now(),
        )
    _tell(counts)


@click.command("import-cases")
@file
@click.option(
    "--mapping", required=True, help="Shipped mapping, such as nyc311, or a TOML file of the same form."
)
def cases(file: Path, mapping: str) -> None:
    """Import cases of another system from FILE, a CSV in UTF-8, read as a mapping says.

    A case is known by its number in that system: rows are created, changed or unchanged, and a second import
    of one file writes nothing. An import can declare a case solved, never confirm it. One bad row, and
    nothing is stored.
    """
    read_as = imports.find_mapping(mapping)
    with opened() as place, place.database.transaction() as session:
        counts = imports.import_cases(session, file.read_bytes(), mapping=read_as, now=clock.now())
    _tell(counts)


def _tell(counts: Counts) -> None:
    click.echo(
        _(
            "读取 %(read)s 行：新建 %(created)s，更改 %(changed)s，未变 %(unchanged)s。",
            read=counts.read,
            created=counts.created,
            changed=counts.changed,
            unchanged=counts.unchanged,
        )
    )
