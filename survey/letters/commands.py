"""Letters by command line."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from huying.base import clock
from huying.base.i18n import _
from huying.side.files import folder, write
from huying.side.opening import opened
from survey.letters import operations
from survey.letters import rules as letter_page
from survey.letters.queries import frame_answers


@click.command("letters")
@click.option("--grid", help="Only this grid's households.")
@click.option("--url", required=True, metavar="ADDRESS", help="Where residents find the page /frame.")
@click.option("--out", type=folder, required=True, help="One printable page a grid goes to this folder.")
def letters(*, grid: str | None, url: str, out: Path) -> None:
    """Print every household's letter with the code by which it asks whether it is in the frame."""
    with opened() as installation, installation.database.transaction() as session:
        printed = list(operations.issue(session, grid=grid, now=clock.now()))
        names = frame_answers.grid_names(session)
    for code, some in groupby(printed, key=lambda letter: letter.grid):
        text = letter_page.html(names.get(code, code), list(some), url=url)
        write(out / f"{code}.html", text.encode())
    click.echo(_("已写好 %(n)s 封信。里面有地址和编号，印完请删除。", n=len(printed)))
