"""Key files: made on first use, readable by their owner alone, never shown."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Keyring:
    """The keys of one side, a file each, as hexadecimal text."""

    folder: Path

    def text(self, name: str) -> str:
        """Return the key `name` as 64 hexadecimal digits; made if there is none yet."""
        path = self.folder / name
        if not path.exists():
            self._make(path)
        return path.read_text(encoding="ascii").strip()

    def raw(self, name: str) -> bytes:
        """Return the key `name`, 32 bytes."""
        return bytes.fromhex(self.text(name))

    def signing(self, name: str) -> Ed25519PrivateKey:
        """Return the Ed25519 key made from the key `name`."""
        return Ed25519PrivateKey.from_private_bytes(self.raw(name))

    def put(self, name: str, text: str) -> None:
        """Store a key that was made elsewhere, such as another side's public half; replaces the old one."""
        # Replaced in one step: nobody may find no key in between, and make one.
        self._draft(name, text).replace(self.folder / name)
        self._settle()

    def find(self, name: str) -> str | None:
        """Return the key `name`, or None where it was never made."""
        path = self.folder / name
        return path.read_text(encoding="ascii").strip() if path.exists() else None

    def drop(self, name: str) -> None:
        """Forget the key `name`, if there is one."""
        (self.folder / name).unlink(missing_ok=True)
        self._settle()

    def _make(self, path: Path) -> None:
        draft = self._draft(path.name, secrets.token_hex(KEY_BYTES))
        # Linked, not moved, so that two processes starting at once agree on one key.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
        self._settle()

    def _draft(self, name: str, text: str) -> Path:
        make_private(self.folder)
        draft = self.folder / f".{name}.{secrets.token_hex(4)}"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(handle)
        return draft

    def _settle(self) -> None:
        # What a key sealed survives a power cut, so the key must have been on the disk before.
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def make_private(folder: Path) -> None:
    """Make a folder, and those above it that are missing, for their owner alone."""
    if not folder.is_dir():
        make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
