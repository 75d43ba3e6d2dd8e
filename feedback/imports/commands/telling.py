"""What the commands of imports tell: what a file was taken for, refused rows, what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from feedback.imports.operations.runs import ImportCounts
from huying import sheets
from huying.base.errors import Invalid
from huying.base.i18n import _, _n
from huying.sheets import Fault, Form, Layout, Recognition, Table


def recognised(seen: Recognition, layout: Layout) -> None:
    """Tell what a file was taken for."""
    for line in seen.words(layout.headings):
        click.echo(line, err=True)


def form_of(out: Path) -> Form:
    """Return the form of a file to be written, by its name."""
    suffix = out.suffix.lower()
    if suffix == ".csv":
        return "csv"
    if suffix == ".xlsx":
        return "xlsx"
    raise Invalid(_("文件名应以 .csv 或 .xlsx 结尾。"))


def give_back(table: Table, faults: Iterable[Fault], *, out: Path | None) -> None:
    """Write the refused rows, and say where, if there are any and somebody asked for them."""
    listed = list(faults)
    if out is None or not listed:
        return
    out.write_bytes(sheets.returned(table, listed, form=form_of(out)))
    click.echo(_n("%(n)d 处不对，退回的行写在 %(out)s。", n=len(listed), out=out), err=True)


def tell(counts: ImportCounts) -> None:
    """Tell what came of an import."""
    click.echo(
        _(
            "读取 %(read)s 行：新建 %(created)s，更改 %(changed)s，未变 %(unchanged)s。",
            read=counts.read,
            created=counts.created,
            changed=counts.changed,
            unchanged=counts.unchanged,
        )
    )
    if counts.left:
        click.echo(_n("文件里没有而撤销的：%(n)d。", n=counts.left))
