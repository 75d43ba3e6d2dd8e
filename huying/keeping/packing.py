"""A folder packed into one sealed file, its manifest first, and unpacked again with every digest checked."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.keeping import contents
from huying.keeping.contents import Contents, KeptFile
from huying.keeping.envelope import Envelope, OpenedEnvelope

PART = 1 << 20
LARGEST_MANIFEST = 1 << 26


def pack(folder: Path, held: Contents, *, target: Path, recipient: str) -> None:
    """Write the files of a folder into `target`, sealed to a public key; it is on the disk afterwards."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        envelope = Envelope(file, recipient)
        with tarfile.open(fileobj=cast("IO[bytes]", envelope), mode="w|", format=tarfile.PAX_FORMAT) as tar:
            _add(tar, contents.NAME, io.BytesIO(held.text().encode()))
            for name in held.files:
                with (folder / name).open("rb") as member:
                    _add(tar, name, member)
        envelope.finish()
        file.flush()
        os.fsync(file.fileno())


def _add(tar: tarfile.TarFile, name: str, source: BinaryIO) -> None:
    member = tarfile.TarInfo(name)
    member.size = source.seek(0, os.SEEK_END)
    member.mode = 0o600
    source.seek(0)
    tar.addfile(member, source)


def unpack(source: Path, folder: Path, *, private: str) -> Contents:
    """Write what a sealed file holds into a folder; raise Invalid unless it is exactly what it says."""
    with source.open("rb") as file:
        opened = OpenedEnvelope(file, private)
        try:
            held = _unpacked(opened, folder)
        except (tarfile.TarError, ValueError, TypeError, KeyError) as error:
            raise Invalid(_("备份文件的内容读不出来。")) from error
        while opened.read(PART):
            pass  # to the last block, without which it isn't whole
    return held


def _unpacked(opened: OpenedEnvelope, folder: Path) -> Contents:
    with tarfile.open(fileobj=cast("IO[bytes]", opened), mode="r|") as tar:
        members = iter(tar)
        held = contents.read(_manifest(tar, members))
        found = {member.name: _written(tar, member, held, folder) for member in members}
    for name, known in held.files.items():
        if found.get(name) != known:
            raise Invalid(_("备份文件里的 %(name)s 与清单不符。", name=name))
    return held


def _manifest(tar: tarfile.TarFile, members: Iterator[tarfile.TarInfo]) -> bytes:
    first = next(members, None)
    stream: Any = tar.extractfile(first) if first and first.name == contents.NAME else None
    if stream is None:
        raise Invalid(_("备份文件里没有清单。"))
    return bytes(stream.read(LARGEST_MANIFEST))


def _written(tar: tarfile.TarFile, member: tarfile.TarInfo, held: Contents, folder: Path) -> KeptFile:
    source = tar.extractfile(member)
    parts = PurePosixPath(member.name).parts
    if source is None or member.name not in held.files or ".." in parts or member.name.startswith("/"):
        raise Invalid(_("备份文件里的 %(name)s 与清单不符。", name=member.name[:80]))
    path = folder / member.name
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = sha256(), 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        while part := source.read(PART):
            size += file.write(part)
            digest.update(part)
        file.flush()
        os.fsync(file.fileno())
    return KeptFile(size, digest.hexdigest())
