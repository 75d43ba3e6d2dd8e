"""Files that commands read and write, and who the records name where a command did something."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base.errors import Invalid, Refused
from huying.base.i18n import _

BY = "command line"
"""Who the records name where a command did something."""

existing = click.Path(exists=True, dir_okay=False, path_type=Path)
written = click.Path(dir_okay=False, path_type=Path)
folder = click.Path(file_okay=False, path_type=Path)


def text_of(path: Path) -> str:
    """Return the text of a file; raise Invalid unless it is UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Invalid(_("%(name)s 不是 UTF-8 编码的文字。", name=path.name)) from None


def text_or_file(given: str) -> str:
    """Return the text of the file that `given` names, or `given` itself; blanks at the ends go."""
    path = Path(given)
    try:
        return (text_of(path) if path.is_file() else given).strip()
    except OSError:
        # Too long for a name of a file.
        return given.strip()


def write(path: Path, data: bytes) -> None:
    """Write a file, its folder too if need be; raise Refused where the system doesn't let us."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as error:
        raise Refused(_("写不进 %(path)s：%(strerror)s。", path=path, strerror=error.strerror)) from None
