"""Key files: made on first use, readable by their owner alone, never shown."""

from __future__ import annotations

import os
import secrets
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
            self._make(path, secrets.token_hex(KEY_BYTES))
        return path.read_text(encoding="ascii").strip()

    def raw(self, name: str) -> bytes:
        """Return the key `name`, 32 bytes."""
        return bytes.fromhex(self.text(name))

    def signing(self, name: str) -> Ed25519PrivateKey:
        """Return the Ed25519 key made from the key `name`."""
        return Ed25519PrivateKey.from_private_bytes(self.raw(name))

    def put(self, name: str, text: str) -> None:
        """Store a key that was made elsewhere, such as another side's public half; replaces the old one."""
        path = self.folder / name
        path.unlink(missing_ok=True)
        self._make(path, text)

    def find(self, name: str) -> str | None:
        """Return the key `name`, or None where it was never made."""
        path = self.folder / name
        return path.read_text(encoding="ascii").strip() if path.exists() else None

    def _make(self, path: Path, text: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Written aside and linked, so that two processes starting at once agree on one key.
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
