"""Witnesses: offices that run `huying witness` in processes of their own, with a key and a memory."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import apart
from tests.support.servers import Installation


@dataclass
class Office:
    """A witness with a folder of its own; `clock` sets the time at which its processes run."""

    name: str
    folder: Path
    clock: Mapping[str, str] = field(default_factory=dict)

    def runs(self, *more: str) -> str:
        """Run its program once; return what it printed."""
        self.folder.mkdir(exist_ok=True)
        words = ["witness", "--name", self.name, "--key", str(self.folder / "key"), *more]
        elsewhere = {**os.environ, "HUYING_DATA": str(self.folder / "var"), **self.clock}
        done = apart.run(words, elsewhere)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    @property
    def vkey(self) -> str:
        """Its verifier key, as it would print it on a poster."""
        return self.runs()

    def visits(self, ledger: Installation, *, key: str) -> None:
        """Look whether the ledger only grew, and sign that."""
        state = str(self.folder / "state.json")
        self.runs("--log", ledger.url, "--vkey", key, "--state", state)
