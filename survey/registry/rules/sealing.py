"""What households' numbers are sealed for and found by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from huying.base.keys import Keyring

PURPOSE = "household"
"""What the blind index of a household's numbers is for: nothing else can be joined with it."""


CHUNK = 500
"""Keys in one statement."""


def seal_context(code: str) -> str:
    """Return the context to which a household's numbers are sealed."""
    return f"household:{code}"


def extension_context(code: str) -> str:
    """Return the place to which the extensions of a household's numbers are sealed."""
    return f"household:{code}:extension"


@dataclass(frozen=True, slots=True)
class RegistryKeys(Keyring):
    """Key files, each read once: a registry needs them a million times, and they don't change meanwhile."""

    known: dict[str, bytes] = field(default_factory=dict)

    def raw(self, name: str) -> bytes:
        """Return the key `name`, 32 bytes."""
        if name not in self.known:
            self.known[name] = Keyring.raw(self, name)
        return self.known[name]


def chunks(given: Sequence[Any], size: int = CHUNK) -> Iterator[Sequence[Any]]:
    """Yield `given` in pieces of at most `size`."""
    for start in range(0, len(given), size):
        yield given[start : start + size]
