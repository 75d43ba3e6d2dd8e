"""Where the commands of the independent side work."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path

import click

from huying.base import settings
from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from huying.base.settings import Settings
from huying.store import installation
from huying.store.installation import Installation

PACKAGE = "survey"
BY = "command line"
"""Who the records name where a command did something."""

existing = click.Path(exists=True, dir_okay=False, path_type=Path)


def text_of(path: Path) -> str:
    """Return the text of a file; raise Invalid unless it is UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Invalid(_("%(name)s 不是 UTF-8 编码的文字。", name=path.name)) from None


def write(path: Path, data: bytes) -> None:
    """Write a file, its folder too if need be; raise Refused where the system doesn't let us."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise Refused(_("写不进 %(path)s：%(strerror)s。", path=path, strerror=error.strerror)) from None


def load() -> Settings:
    """Return the settings of the independent side from the environment."""
    return settings.load("survey", "HUYING_SURVEY", os.environ)


def opened() -> AbstractContextManager[Installation]:
    """Open the independent side; an empty database gets its tables, one of another version is refused."""
    return installation.opened(load(), package=PACKAGE)
