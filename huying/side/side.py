"""What makes a side: its names, its tables, its work in the background, what its doctor looks at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from huying.accounts import Tables
from huying.base import settings
from huying.base.i18n import Words
from huying.base.settings import Settings
from huying.keeping.laws import Law
from huying.keeping.register import KeptData
from huying.ledger.store import Ledger
from huying.messaging.outbox import OutboxMixin
from huying.side.finding import Finding
from huying.side.tasks import Task
from huying.store.db import Database
from huying.store.grants import Grants

NOT_YET = "none"
"""Stands for the secret of an installation that has no key."""


def _nothing(_session: Session) -> None:
    """Refuse nothing."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side, from which its web app, its commands, its background work and its doctor are made.

    `name` is its package and its group of commands, `key` what its data are called, `prefix` what its
    settings begin with, `idle` what doesn't happen while nobody works in the background. `check_rest` refuses
    that the ledger's key changes now. `further` are ledgers beside it, which the same key signs, by what is
    added to its name. `files` are folders of its data that a backup takes along, `laws` what `check`
    holds its tables to, `register` what it keeps of people.
    """

    name: str
    key: str
    prefix: str
    title: Words
    db: SQLAlchemy
    accounts: Tables
    ledger: Ledger
    outbox: type[OutboxMixin]
    tasks: tuple[Task, ...]
    grants: Grants
    findings: Callable[[Settings, Database], Iterator[Finding]]
    idle: Words
    check_rest: Callable[[Session], None] = _nothing
    further: Mapping[str, Ledger] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    laws: tuple[Law, ...] = ()
    register: tuple[KeptData, ...] = ()

    def settings(self) -> Settings:
        """Return the settings of this side from the environment."""
        return settings.load(self.key, self.prefix, os.environ)

    def settings_of_none(self) -> Settings:
        """Return the settings of a side that isn't there yet: no key is made for it."""
        return settings.load(self.key, self.prefix, {f"{self.prefix}_SECRET": NOT_YET, **os.environ})
