"""The file in which a witness keeps what it has seen: written whole and synced before anything is signed."""

from __future__ import annotations

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.ledger.witness.seeing import Seen


@dataclass(frozen=True, slots=True)
class State:
    """The file of one witness; it may watch several ledgers, told apart by their origins."""

    path: Path

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no other process of this witness look or sign meanwhile."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(f"{self.path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def seen(self, origin: str) -> Seen:
        """Return what was seen of a ledger; raises Refused for a file that can't be read as a state."""
        known = self._read().get(origin)
        return Seen() if known is None else Seen(int(known["size"]), base64.b64decode(str(known["root"])))

    def keep(self, origin: str, seen: Seen) -> None:
        """Write what is seen now, and make sure that it is on the disk."""
        everything = self._read() | {
            origin: {"size": seen.size, "root": base64.b64encode(seen.root).decode()}
        }
        draft = self.path.with_name(f"{self.path.name}.new")
        with draft.open("w", encoding="utf-8") as file:
            json.dump(everything, file, ensure_ascii=False, indent=1)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)

    def keep_evidence(self, shown: str, *, seen: Seen) -> Path:
        """Keep a note that contradicts what was seen, beside the state; return where."""
        path = self.path.with_name(f"{self.path.name}.evidence-after-{seen.size}")
        path.write_text(shown, encoding="utf-8")
        return path

    def _read(self) -> dict[str, dict[str, str | int]]:
        if not self.path.exists():
            return {}
        try:
            found: dict[str, dict[str, str | int]] = json.loads(self.path.read_text(encoding="utf-8"))
        except ValueError:
            raise Refused(_("%(name)s 读不懂，见证中止。", name=self.path.name)) from None
        return found
