"""Packages as one archive: the same files give the same bytes; read back within a limit."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from huying.base.errors import Invalid
from huying.base.i18n import _

MOST = 4 * 10**9
"""So many bytes unfold; a package of a whole city is well below."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """Return the files as one archive."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # Without a moment: the same files are the same archive.
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return whole.getvalue()


def unpacked(path: Path) -> dict[str, bytes]:
    """Return the files of an archive; raise Invalid where it isn't one, or unfolds to too much."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(each.file_size for each in archive.infolist()) > MOST:
                raise Invalid(_("%(name)s 解开以后太大，没有打开。", name=path.name))
            return {each.filename: archive.read(each) for each in archive.infolist()}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError):
        raise Invalid(_("%(name)s 打不开：它不是一个 zip 文件。", name=path.name)) from None
