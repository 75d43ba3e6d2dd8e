"""How many examples a dear property sees: few in a run by hand, as many more by night as any other."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

USUAL = 60
"""Examples of a property in the profile of every day."""


def examples(count: int) -> settings:
    """Return the settings of a property that sees `count` examples where others see the usual number.

    Each example begins with what it needs: fixtures of the function are shared by all of them on purpose.
    """
    several = max(1, count * settings.default.max_examples // USUAL)
    return settings(max_examples=several, suppress_health_check=[HealthCheck.function_scoped_fixture])
