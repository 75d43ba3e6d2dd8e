"""Where the commands of the public side work."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager

from huying import place, settings
from huying.place import Place
from huying.settings import Settings

PACKAGE = "feedback"


def load() -> Settings:
    """Return the settings of the public side from the environment."""
    return settings.load("public", "HUYING_PUBLIC", os.environ)


def opened() -> AbstractContextManager[Place]:
    """Open the public side; an empty database gets its tables, one of another version is refused."""
    return place.opened(load(), package=PACKAGE)
