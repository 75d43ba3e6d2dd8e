"""The background worker: round after round, each task for itself; a fault is logged and tried again."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from huying.base import clock
from huying.base.settings import Settings
from huying.side.log import NO_NUMBERS
from huying.side.tasks import Task
from huying.store.installation import Installation

log = logging.getLogger("huying.work")
log.addFilter(NO_NUMBERS)

Teller = Callable[[str], object]


class BackgroundWorker:
    """Does the tasks of a side when they are due, and remembers when each was done."""

    def __init__(self, installation: Installation, tasks: Sequence[Task], *, tell: Teller) -> None:
        self.installation, self.tasks, self.tell = installation, tasks, tell
        self.done_at: dict[str, datetime] = {}
        self.failed: set[str] = set()

    def round(self) -> bool:
        """Do every task that is due; tell whether all went well."""
        for task in self.tasks:
            if self._is_due(task, clock.now()):
                self._do(task)
        return not self.failed

    def _is_due(self, task: Task, now: datetime) -> bool:
        before = self.done_at.get(task.name)
        return before is None or abs(now - before) >= task.every  # a clock that was put back halts nothing

    def _do(self, task: Task) -> None:
        now = clock.now()
        try:
            if said := task.work(self.installation, now):
                self.tell(said)
        except Exception:
            log.exception("%s: failed, will be tried again", task.name)
            self.failed.add(task.name)
        else:
            self.done_at[task.name] = now
            self.failed.discard(task.name)
        self._beat()

    def _beat(self) -> None:
        """Leave a sign of life: the file's age says when, its lines which tasks failed the last time."""
        try:
            heartbeat(self.installation.settings).write_text("\n".join(sorted(self.failed)), encoding="utf-8")
        except OSError:
            log.exception("the sign of life can't be written")


def heartbeat(settings: Settings) -> Path:
    """Return the file by which the worker of a side shows that it lives."""
    return settings.data / f"{settings.side}-work"


def last_beat(settings: Settings) -> datetime | None:
    """Return when the worker of a side showed that it lives."""
    file = heartbeat(settings)
    return datetime.fromtimestamp(file.stat().st_mtime, UTC) if file.is_file() else None


def failing(settings: Settings) -> tuple[str, ...]:
    """Return the names of the tasks that failed the last time."""
    file = heartbeat(settings)
    return tuple(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else ()
