"""A backup made and put back as the commands do it."""

from __future__ import annotations

from pathlib import Path

from huying.base import clock
from huying.base.settings import Settings
from huying.deposit.sealing import new_keypair
from huying.keeping import backups, restoring
from huying.keeping.backups import Backup
from huying.keeping.restoring import Destination
from huying.side.side import Side
from huying.store.db import Database
from huying.store.installation import Installation

PRIVATE, PUBLIC = new_keypair()


def backed_up(side: Side, here: Installation, folder: Path) -> Backup:
    """Back a side up."""
    return backups.make(here, folder, recipient=PUBLIC, files=side.files, now=clock.now())


def restored(side: Side, done: Backup, settings: Settings, *, private: str = PRIVATE) -> Installation:
    """Put a backup back and open what came of it."""
    to = Destination(settings, side.name, side.db, side.grants)
    restoring.restore(done.file, done.keys, private=private, to=to)
    return Installation(settings, Database(settings.database_url))
