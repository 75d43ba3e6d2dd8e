"""Where the commands of the public side work."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

from huying.base import settings
from huying.base.settings import Settings
from huying.store import installation
from huying.store.installation import Installation

PACKAGE = "feedback"


def load() -> Settings:
    """Return the settings of the public side from the environment."""
    return settings.load("public", "HUYING_PUBLIC", os.environ)


def opened() -> AbstractContextManager[Installation]:
    """Open the public side; an empty database gets its tables, one of another version is refused."""
    return installation.opened(load(), package=PACKAGE)


def beat(settings: Settings) -> Path:
    """Return the file whose age says when `work` last went round."""
    return settings.data / "public-work"
