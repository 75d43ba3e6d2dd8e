"""Where the commands of the independent side work."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

import click

from huying import place, settings
from huying.place import Place
from huying.settings import Settings

PACKAGE = "survey"
BY = "command line"
"""Who the records name where a command did something."""

existing = click.Path(exists=True, dir_okay=False, path_type=Path)


def load() -> Settings:
    """Return the settings of the independent side from the environment."""
    return settings.load("survey", "HUYING_SURVEY", os.environ)


def opened() -> AbstractContextManager[Place]:
    """Open the independent side; an empty database gets its tables, one of another version is refused."""
    return place.opened(load(), package=PACKAGE)
