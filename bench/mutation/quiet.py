"""Pytest and Hypothesis as a run of many thousand tests needs them: the same each time, and silent."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

PROFILE = "mutants"
QUIET = (
    *("-q", "--tb=no", "--no-header", "--no-summary", "-p", "no:cacheprovider", "-p", "no:xdist"),
    *("-p", "no:randomly", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


def use_profile() -> None:
    """Let property tests try the same few examples each time, and shrink nothing."""
    settings.register_profile(
        PROFILE,
        deadline=None,
        max_examples=25,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    os.environ["HYPOTHESIS_PROFILE"] = PROFILE


def silence() -> None:
    """Send what this process prints nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
