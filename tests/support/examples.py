"""What a dear test does: little in a run by hand, as much more by night as any other."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

USUAL = 25
"""Examples of a property in the profile of every day: as many as the mutants are judged by."""
NIGHTLY = 1000
"""The same by night."""
MORE = 16
"""How many more examples a dear property sees by night."""


def by_night() -> bool:
    """Tell whether this run takes the night's time."""
    return settings.default.max_examples >= NIGHTLY


def examples(count: int, *, nightly: int = 0) -> settings:
    """Return the settings of a property that sees `count` examples where others see the usual number.

    By night it sees sixteen times as many, or `nightly`.
    Each example begins with what it needs: fixtures of the function are shared by all of them on purpose.
    """
    usual = settings.default.max_examples
    several = (nightly or count * MORE) if by_night() else max(1, count * usual // USUAL)
    return settings(max_examples=several, suppress_health_check=[HealthCheck.function_scoped_fixture])
