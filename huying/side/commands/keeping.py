"""Backing a side up, putting it back, and checking what it stores."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from huying.base import clock
from huying.base.errors import Conflict
from huying.base.i18n import _
from huying.deposit import sealing
from huying.keeping import backups, restoring
from huying.keeping.laws import Law
from huying.keeping.restoring import Destination
from huying.side.files import existing, folder, text_of, written
from huying.side.opening import opened
from huying.side.side import Side
from huying.store.installation import Installation

SHOWN = 5
"""So many of the things that break a law are named."""


@click.command("backup-key")
@click.argument("file", type=written)
def backup_key(file: Path) -> None:
    """Make a key pair for backups: the private half goes into FILE, the public half is printed.

    Carry FILE away on a stick and delete it here: whoever has it opens every backup, and without it none
    opens. The public half is set as …_BACKUP_KEY.
    """
    private, public = sealing.new_keypair()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(_("%(name)s 已经有了，不覆盖。", name=file.name)) from None
    with os.fdopen(handle, "w", encoding="ascii") as target:
        target.write(f"{private}\n")
    click.echo(public)


@click.command()
@click.argument("target", metavar="FOLDER", type=folder)
@click.option("--to", "recipient", metavar="KEY", help="The public key to seal to; else …_BACKUP_KEY.")
@click.pass_obj
def backup(side: Side, target: Path, *, recipient: str | None) -> None:
    """Back this side up into FOLDER while it serves: a file of its data, another of its keys.

    Both are sealed to a public key; keep the two files apart. Everything that was answered before the command
    began is in them. Nobody waits for it.
    """
    with opened() as installation:
        done = backups.make(
            installation,
            target,
            recipient=recipient or installation.settings.backup_key,
            files=side.files,
            now=clock.now(),
        )
    click.echo(f"{done.file}\n{done.keys}")


@click.command()
@click.argument("file", type=existing)
@click.option("--keys", type=existing, required=True, help="The file of keys that was made with it.")
@click.option("--key", "private", type=existing, required=True, help="File of the private key of backups.")
@click.pass_obj
def restore(side: Side, file: Path, *, keys: Path, private: Path) -> None:
    """Put a backup back: into an empty HUYING_DATA, on PostgreSQL into a database without tables.

    Every digest is checked first; either all of it is there afterwards or nothing. Run `check` then.
    """
    to = Destination(side.settings_of_none(), side.name, side.db, side.grants)
    held = restoring.restore(file, keys, private=text_of(private).strip(), to=to)
    click.echo(_("已恢复 %(at)s 的备份，到 %(data)s。", at=held.made_at, data=to.settings.data))
    if not restoring.is_newest(held, package=side.name):
        click.echo(_("表结构比程序旧，请运行 huying %(package)s upgrade。", package=side.name))
    click.echo(_("请运行 huying %(package)s check。", package=side.name))


@click.command()
@click.pass_obj
def check(side: Side) -> None:
    """Recompute what is stored and hold it to every law, a line each. Exit status 1 if one is broken."""
    with opened() as installation:
        kept = [_told(law, installation) for law in side.laws]
    sys.exit(0 if all(kept) else 1)


def _told(law: Law, here: Installation) -> bool:
    with here.database.reading() as session:
        found = law.held(session, here)
    mark = "✗" if found.broken else "✓"
    named = f"：{'、'.join(found.broken[:SHOWN])}" if found.broken else ""
    click.echo(f"{mark} {law.name} {len(found.broken)}/{found.looked}{named}")
    return not found.broken
