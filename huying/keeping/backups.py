"""A side's backup: one file for what it knows, one for its keys, both sealed to a key that isn't here."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from huying.base import clock
from huying.base.errors import Conflict, Refused
from huying.base.i18n import _
from huying.base.keys import Keyring, make_private
from huying.base.settings import Settings
from huying.keeping import contents, packing, snapshots
from huying.keeping.contents import Contents, KeptDatabase
from huying.store.installation import Installation

FILES = "files"
TRIES = 5
"""How often a copy is taken anew because a key changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Backup:
    """Where a backup and its keys lie, and what it holds."""

    file: Path
    keys: Path
    held: Contents


def make(here: Installation, folder: Path, *, recipient: str, files: Sequence[str], now: datetime) -> Backup:
    """Back a side up into a folder while it serves; `files` are folders of its data that belong to it.

    Raises Refused without a public key to seal to, Conflict where keys change all the time.
    """
    if not recipient:
        raise Refused(
            _(
                "没有备份用的公钥：请运行 huying … backup-key 做一对，"
                "把公钥设为 %(prefix)s_BACKUP_KEY，私钥放在别处。",
                prefix=here.settings.prefix,
            )
        )
    side = here.settings.side
    make_private(folder)
    name = f"{side}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    with _draft(folder) as draft:
        database = _copied(here, draft)
        for each in files:
            if (here.settings.data / each).is_dir():
                shutil.copytree(here.settings.data / each, draft / "data" / FILES / each)
        made = clock.iso(now)
        held = Contents(side, made, contents.of_files(draft / "data"), database)
        keys = Contents(side, made, contents.of_files(draft / "keys"), keys_of=held.digest)
        packing.pack(draft / "data", held, target=draft / "backup", recipient=recipient)
        packing.pack(draft / "keys", keys, target=draft / "sealed-keys", recipient=recipient)
        done = Backup(folder / f"{name}.backup", folder / f"{name}.keys", held)
        # The keys first: a backup that lies there can be opened.
        (draft / "sealed-keys").rename(done.keys)
        (draft / "backup").rename(done.file)
    _note(here.settings, done)
    return done


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """Give a folder for its owner alone, which is gone afterwards: for a moment it holds all in clear."""
    draft = Path(tempfile.mkdtemp(dir=folder, prefix=".backup-"))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _copied(here: Installation, draft: Path) -> KeptDatabase:
    """Copy database and keys of one moment: keys that change while the database is read are read again."""
    for _try in range(TRIES):
        for name in ("data", "keys"):
            shutil.rmtree(draft / name, ignore_errors=True)
            (draft / name).mkdir(mode=0o700)
        _copy_keys(here.keys, draft / "keys")
        before = contents.of_files(draft / "keys")
        database = snapshots.take(here.database, draft / "data")
        if before == _known(here.keys):
            return database
    raise Conflict(_("密钥一直在变，没有做成备份，请再试一次。"))


def _copy_keys(keys: Keyring, target: Path) -> None:
    for path in _files(keys):
        copy = target / path.relative_to(keys.folder)
        copy.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copy(path, copy)


def _known(keys: Keyring) -> dict[str, contents.KeptFile]:
    return {path.relative_to(keys.folder).as_posix(): contents.of_file(path) for path in _files(keys)}


def _files(keys: Keyring) -> list[Path]:
    """Return the key files; those whose names begin with a dot are drafts."""
    found = keys.folder.rglob("[!.]*") if keys.folder.is_dir() else ()
    return [path for path in sorted(found) if path.is_file()]


def _note(settings: Settings, done: Backup) -> None:
    """Leave a sign of the last backup: the file's age says when, its text which."""
    _sign(settings).write_text(f"{done.file.name} {done.held.digest}\n", encoding="utf-8")


def _sign(settings: Settings) -> Path:
    return settings.data / f"{settings.side}-backup"


def last(settings: Settings) -> datetime | None:
    """Return when this side was last backed up, None where it never was."""
    file = _sign(settings)
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.is_file() else None
