"""Imports by command line: each reads one file, in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.exceptions import Exit

from feedback.imports.commands import telling
from feedback.imports.operations import bringing, opening
from feedback.imports.operations.kinds import KINDS, ImportKind
from feedback.imports.operations.scope import ImportScope
from huying import sheets
from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import _, _n
from huying.sheets import Table, Unrecognised
from huying.sheets.choice import Said
from huying.sheets.plans import Plan
from huying.side.files import BY, existing, written
from huying.side.opening import opened
from huying.store.installation import Installation

file = click.argument("file", type=existing)
LARGE = 1_000_000
"""Bytes from which on a file's progress is told."""
SHOWN = 100


def _options(command: Any) -> Any:
    """Add what every import by command line takes."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Say what would change, and store nothing."),
        click.option("--confirmed-by", metavar="NAME", help="Who answers for a change that alarms."),
        click.option(
            "--refused",
            type=written,
            metavar="FILE",
            help="Where refused rows go, each with its reason: .csv or .xlsx.",
        ),
        click.option("--keep-good", is_flag=True, help="Store rows without faults; needs --confirmed-by."),
        click.option(
            "--column",
            "columns",
            multiple=True,
            metavar="OURS=THEIRS",
            help="Which heading of the file is our column, such as 工号=编号; kept for the next such file.",
        ),
        file,
    ):
        command = option(command)
    return command


@click.command("import")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@_options
def bring(kind: str, **how: Any) -> None:
    """Import FILE, an XLSX workbook or a CSV: all of it, or nothing where a row is refused.

    Headings are Chinese, with synonyms; `import-template` writes an empty file. A second import of one file
    writes nothing. What the file lacks stays, except in a roster (duty): what it covers is as it says.
    """
    _import(KINDS[kind], **how)


@click.command("import-template")
@click.argument("kind", type=click.Choice(sorted(KINDS)))
@click.argument("out", type=written)
def template(kind: str, out: Path) -> None:
    """Write an empty file with the headings of KIND and an example row to OUT: .csv or .xlsx."""
    out.write_bytes(sheets.template(KINDS[kind].layout, form=telling.form_of(out)))
    click.echo(_("已写入 %(out)s。", out=out))


@click.command("import-areas")
@_options
def areas(**how: Any) -> None:
    """Import the area tree from FILE: the same as `import areas`.

    Columns: 编号 上级编号 层级 名称 网格类型 (or code parent level name grid_type). Levels: 市 区 街道 社区
    网格. Rows are added or changed by code; what the file lacks stays. One bad row, and nothing is stored.
    """
    _import(KINDS["areas"], **how)


@click.command("import-departments")
@_options
def departments(**how: Any) -> None:
    """Import departments from FILE: the same as `import departments`.

    Columns: 编号 名称 (or code name). Rows are added or changed by code. One bad row, and nothing is stored.
    """
    _import(KINDS["departments"], **how)


@click.command("import-staff")
@_options
def staff(**how: Any) -> None:
    """Import workers, their numbers and who holds which grid from FILE; a row is a post.

    Columns: 工号 姓名 网格编号 电话 电话核对日期 值守开始 值守结束
    (or staff name grid phone verified from to).
    Times are local, 2026-11-23 or 2026-11-23 08:30. A post ends before 值守结束; empty means no end is known.
    Phone and the day when it was checked may be empty. One bad row, and nothing is stored.
    """
    _import(KINDS["staff"], **how)


@click.command("import-offices")
@_options
def offices(**how: Any) -> None:
    """Import the offices that answer when no worker does, from FILE.

    Columns: 区域编号 顺序 名称 电话 电话核对日期 接听开始 接听结束, and 网格长 where one is a grid leader
    (or area position name phone verified from to leader).
    An area's offices answer for all areas below it, by 顺序 1, 2, …; hours such as 08:30, both empty for
    round the clock. 12345 ends every chain by itself. One bad row, and nothing is stored.
    """
    _import(KINDS["offices"], **how)


def _import(
    kind: ImportKind,
    *,
    file: Path,
    dry_run: bool,
    confirmed_by: str | None,
    refused: Path | None,
    keep_good: bool,
    columns: tuple[str, ...],
) -> None:
    data = file.read_bytes()
    told = len(data) >= LARGE
    with opened() as installation:
        _progress(_("正在读取 %(file)s……", file=file.name), told=told)
        table = _table(installation, kind, data, file=file.name, columns=columns)
        _progress(_n("读到 %(n)d 行，正在核对……", n=len(table.rows)), told=told)
        if dry_run or refused or table.faults:
            plan = _plan(installation, kind, table)
            telling.give_back(table, plan.faults, out=refused)
        if dry_run:
            _show(plan)
            raise Exit(1 if plan.faults else 0)
        _progress(_("正在写入……"), told=told)
        with installation.database.transaction() as session:
            counts, _run = bringing.bring(
                session,
                kind,
                table,
                data=data,
                scope=_scope(installation),
                confirmed_by=confirmed_by,
                keep_good=keep_good,
            )
    telling.tell(counts)


def _table(
    installation: Installation, kind: ImportKind, data: bytes, *, file: str, columns: tuple[str, ...]
) -> Table:
    """Return the file's table, and tell what the file was taken for; what is said of its columns is kept."""
    said = Said.of(columns)
    with installation.database.reading() as session:
        choose = said.over(opening.choices(session, kind, by=BY), kind.layout)
    try:
        table = opening.table(data, file=file, kind=kind, choose=choose)
    except Unrecognised as fault:
        raise Invalid("\n".join([fault.message, *fault.recognition.words(kind.layout.headings)])) from None
    said.check(table.headings)
    telling.recognised(table.recognition, kind.layout)
    if columns:
        with installation.database.transaction() as session:
            seen = table.recognition
            opening.say(session, kind, seen.choice, fingerprint=seen.fingerprint, by=BY, now=clock.now())
    return table


def _scope(installation: Installation) -> ImportScope:
    return ImportScope(
        now=clock.now(),
        by=BY,
        vault=installation.vault,
        region=installation.settings.region,
        allowed=installation.settings.allowed_numbers,
    )


def _plan(installation: Installation, kind: ImportKind, table: Table) -> Plan:
    with installation.database.reading() as session:
        return kind.draft(session, table, _scope(installation)).plan


def _show(plan: Plan) -> None:
    click.echo(
        _(
            "试导入：读取 %(read)s 行：新增 %(new)s，更改 %(changed)s，移动 %(moved)s，离开 %(left)s，"
            "未变 %(unchanged)s，退回 %(refused)s。没有保存任何内容。",
            read=plan.read,
            new=plan.count("new"),
            changed=plan.count("changed"),
            moved=plan.count("moved"),
            left=plan.count("left"),
            unchanged=plan.unchanged,
            refused=len(plan.faults),
        )
    )
    names = {"new": _("新增"), "changed": _("更改"), "moved": _("移动"), "left": _("离开")}
    for change in plan.changes[:SHOWN]:
        click.echo(f"{change.line or '—'}\t{names[change.kind]}\t{change.key}\t{change.what}")
    for fault in plan.faults[:SHOWN]:
        click.echo(f"{fault.line}\t{_('退回')}\t{fault.column}\t{fault.reason}")
    if plan.alarm:
        click.echo(plan.alarm)


def _progress(message: str, *, told: bool) -> None:
    if told:
        click.echo(message, err=True)
