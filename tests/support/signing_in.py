"""Passwords that cost little to keep and to try: every second test signs in."""

from __future__ import annotations

from collections.abc import Callable

from argon2 import PasswordHasher

from huying.accounts import passwords


def cheap(put: Callable[[object, str, object], object] = setattr) -> None:
    """Let this process keep and try its passwords so; `put` sets an attribute of a module."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    put(passwords, "_hasher", hasher)
    put(passwords, "_nobody", passwords._of_nobody(hasher))
