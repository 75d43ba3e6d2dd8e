"""`bundle.zip`: all that an outsider needs to check a finished wave, as bytes that never vary."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.drawing.canonical import parse_canonical
from survey.drawing.entries import WITHHELD

STAMP = (1980, 1, 1, 0, 0, 0)
UNIX = 3
READABLE = 0o100644 << 16


def bundle_files(
    *,
    checkpoint: str,
    log: Sequence[bytes],
    frame: bytes,
    design: bytes,
    draw: bytes,
    sample: bytes,
    tally: bytes,
    vkeys: Sequence[str],
    exclude: bytes | None = None,
    terms: bytes | None = None,
    more: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """Return the bundle's files by name; `log` holds the entries' lines without LF, `vkeys` the log's first.

    `more` are the files of version 2: groups, codes and every checkpoint since the freeze. The tally stays
    out where the wave's score says that it is withheld. Raises Refused before the score.
    """
    files = {
        "checkpoint": checkpoint.encode(),
        "log.txt": b"".join(line + b"\n" for line in log),
        "frame.tsv": frame,
        "design.tsv": design,
        "draw.txt": draw,
        "sample.tsv": sample,
        "vkeys": "".join(f"{vkey}\n" for vkey in vkeys).encode(),
    }
    if not _is_withheld(log):
        files["tally.tsv"] = tally
    if exclude is not None:
        files["exclude.tsv"] = exclude
    if terms is not None:
        files["terms.json"] = terms
    return dict(sorted((files | dict(more or {})).items()))


def _is_withheld(log: Sequence[bytes]) -> bool:
    for line in reversed(log):
        entry = parse_canonical(line)
        if entry.get("t") == "score":
            return entry.get("tally") == WITHHELD
        if entry.get("t") == "frame":
            break
    raise Refused(_("这一轮还没有结束，不能生成核查包。"))


def bundle_zip(files: Mapping[str, bytes]) -> bytes:
    """Return the files as a flat zip: the same bytes for the same files, on every machine and day."""
    whole = io.BytesIO()
    # Stored, not compressed: what a compressor writes differs between versions of its library.
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name, data in sorted(files.items()):
            member = zipfile.ZipInfo(name, STAMP)
            member.create_system = UNIX
            member.external_attr = READABLE
            archive.writestr(member, data)
    return whole.getvalue()
