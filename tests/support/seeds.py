"""Databases that are empty, or filled once a process; each test gets a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from feedback.models import grants as public
from huying.base.keys import Keyring
from huying.base.phones import Vault
from huying.store import grants
from huying.store.db import Database
from huying.store.migrate import upgrade
from survey.models import grants as survey
from tests.support import postgres

PACKAGES = {"public": "feedback", "survey": "survey"}
GRANTS = {"public": public.GRANTS, "survey": survey.GRANTS}


@dataclass(frozen=True)
class Seed:
    """What a side's database holds from the start, and the name under which it is kept."""

    side: str
    name: str
    fill: Callable[[Session, Vault], object] | None = None
    lead: Callable[[Database, Vault], object] | None = None
    """What fills it in more than one transaction."""

    @property
    def is_empty(self) -> bool:
        """Nothing but tables."""
        return self.fill is None and self.lead is None


EMPTY = {side: Seed(side, "empty") for side in PACKAGES}
"""The tables as the revisions make them, and nothing in them."""


class Seeds:
    """Makes each seed once in either database; on PostgreSQL its tables belong to the side's owner."""

    def __init__(self, folder: Path, cluster: Callable[[], postgres.Cluster]) -> None:
        self.folder, self.cluster = folder, cluster
        self.made: dict[tuple[str, str, str], str] = {}

    def template(self, engine: str, seed: Seed) -> str:
        """Return the file, or the name of the database, that holds the seed and is to be copied."""
        key = (engine, seed.side, seed.name)
        if key not in self.made:
            self.made[key] = self._made(engine, seed)
        return self.made[key]

    @contextmanager
    def copy(self, engine: str, seed: Seed, *, folder: Path, keys: Keyring) -> Iterator[Database]:
        """Open a copy of a seed; its file comes into `folder`, what sealed its numbers to `keys`."""
        template = self.template(engine, seed)
        if not seed.is_empty:
            shutil.copytree(self._keys(seed).folder, keys.folder, dirs_exist_ok=True)
        name = self._copied(engine, seed.side, template, folder / f"{seed.side}.db")
        database = self._open(engine, seed.side, name)
        yield database
        database.dispose()
        if engine == "postgresql":
            self.cluster().drop(name)

    def _made(self, engine: str, seed: Seed) -> str:
        file = self.folder / f"{seed.side}-{seed.name}.db"
        before = self.template(engine, EMPTY[seed.side]) if not seed.is_empty else None
        name = self._copied(engine, seed.side, before, file)
        if seed.is_empty:
            self._upgrade(engine, seed.side, name)
            return name
        database = self._open(engine, seed.side, name)
        vault = Vault(self._keys(seed))
        if seed.fill:
            with database.transaction() as session:
                seed.fill(session, vault)
        if seed.lead:
            seed.lead(database, vault)
        database.dispose()  # the last connection to leave writes the journal back into the file
        return name

    def _copied(self, engine: str, side: str, template: str | None, file: Path) -> str:
        if engine == "postgresql":
            role = f"huying_{side}"
            return self.cluster().create(role, owner=f"{role}_owner", template=template or "template1")
        if template:
            shutil.copy(template, file)
        return str(file)

    def _upgrade(self, engine: str, side: str, name: str) -> None:
        """Make the tables as their owner, who lets the program do what it may."""
        if engine == "sqlite":
            database = Database(f"sqlite:///{name}")
        else:
            database = Database(self.cluster().url(name, f"huying_{side}_owner"))
        upgrade(PACKAGES[side], database)
        if engine == "postgresql":
            with database.engine.begin() as connection:
                grants.give(connection, GRANTS[side], role=f"huying_{side}")
        database.dispose()

    def _open(self, engine: str, side: str, name: str) -> Database:
        if engine == "postgresql":
            return Database(self.cluster().url(name, f"huying_{side}"))
        return Database(f"sqlite:///{name}")

    def _keys(self, seed: Seed) -> Keyring:
        return Keyring(self.folder / "keys" / f"{seed.side}-{seed.name}")
