"""A part in a file for its owner alone: made once, never overwritten, read only while nobody else may."""

from __future__ import annotations

import os
from pathlib import Path

from huying.base.errors import Conflict, Invalid, NotFound, Refused
from huying.base.i18n import _
from huying.base.keys import Keyring, make_private
from survey.drawing import parts
from survey.drawing.fields import HASH, PARTY, WAVE

OTHERS = 0o077


def keep(path: Path, part: str) -> None:
    """Write a part to a new file of mode 0600, on the disk before anything is said of it."""
    make_private(path.absolute().parent)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(_("已经有 %(path)s 这个文件了，不覆盖：请换一个名字。", path=path)) from None
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(part + "\n")
        file.flush()
        os.fsync(handle)


def read(path: Path) -> str:
    """Return the part of a file; raise Refused where others may read it, Invalid where it holds none."""
    if not path.exists():
        raise NotFound(_("没有 %(path)s 这个文件。", path=path))
    if path.stat().st_mode & OTHERS:
        raise Refused(_("%(path)s 别人也能读：请先运行 chmod 600 %(path)s。", path=path))
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if not HASH.fits(text):
        raise Invalid(_("%(name)s 里应当是 64 位小写十六进制数字。", name=path.name))
    return text


def own(keys: Keyring, *, label: str, party: str) -> Path:
    """Return where our own part of a wave is kept; no page reads it."""
    return keys.folder / "parts" / f"{WAVE.check(label)}.{PARTY.check(party)}"


def made(path: Path) -> Path:
    """Make a part at `path` unless one is kept there from a run that was interrupted; return the path."""
    if not path.exists():
        keep(path, parts.new_part())
    return path
