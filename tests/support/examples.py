"""How many examples a dear property sees: few in a run by hand, as many more by night as any other."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

USUAL = 60
"""Examples of a property in the profile of every day."""
NIGHTLY = 1000
"""The same by night."""


def examples(count: int, *, by_night: int = 0) -> settings:
    """Return the settings of a property that sees `count` examples where others see the usual number.

    By night it sees as many more as any other property, or `by_night`.
    Each example begins with what it needs: fixtures of the function are shared by all of them on purpose.
    """
    usual = settings.default.max_examples
    several = by_night if by_night and usual >= NIGHTLY else max(1, count * usual // USUAL)
    return settings(max_examples=several, suppress_health_check=[HealthCheck.function_scoped_fixture])
