"""Letters by command line."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.side.files import existing, folder, write
from huying.side.opening import opened
from survey.letters import operations
from survey.letters import rules as letter_page
from survey.letters.operations import Letter
from survey.letters.queries import frame_answers


@click.command("letters")
@click.option("--grid", help="Only this grid's households.")
@click.option("--url", required=True, metavar="ADDRESS", help="Where residents find the page /frame.")
@click.option("--out", type=folder, required=True, help="One printable page a grid goes to this folder.")
@click.option("--addresses", type=existing, help="Letters to the addresses of this file instead, not ours.")
@click.option("--source", metavar="NAME", help="Whose register that file is, such as the power company's.")
def letters(*, grid: str | None, url: str, out: Path, addresses: Path | None, source: str | None) -> None:
    """Print every household's letter with the code by which it asks whether it is in the frame.

    With --addresses and --source, print letters to the addresses of another register (columns 网格编号 and
    地址, CSV or XLSX): whoever was left out of ours gets a letter too, and can ask.
    """
    if (addresses is None) != (source is None):
        raise Invalid(_("--addresses 和 --source 要一起写。"))
    with opened() as installation, installation.database.transaction() as session:
        printed = _letters(session, grid=grid, addresses=addresses, source=source or "")
        names = frame_answers.grid_names(session)
    for code, some in groupby(printed, key=lambda letter: letter.grid):
        text = letter_page.html(names.get(code, code), list(some), url=url)
        write(out / f"{code}.html", text.encode())
    click.echo(_("已写好 %(n)s 封信。里面有地址和编号，印完请删除。", n=len(printed)))


def _letters(session: Session, *, grid: str | None, addresses: Path | None, source: str) -> list[Letter]:
    now = clock.now()
    if addresses is None:
        return list(operations.issue(session, grid=grid, now=now))
    data = addresses.read_bytes()
    return list(operations.issue_outside(session, data, file=addresses.name, source=source, now=now))
