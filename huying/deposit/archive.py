"""The file of a deposit: tables, manifest and signature in one archive, equal bytes for equal content."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.deposit import manifest as manifests
from huying.deposit import rows
from huying.deposit.manifest import Manifest, Summary
from huying.deposit.periods import first_day
from huying.deposit.rows import DepositRow
from huying.deposit.tables import TABLES, DepositTable
from huying.ledger import note
from huying.ledger.keys import VerifierKey, parse_vkey

MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
ENTRIES = "entries.txt"
NAMES = (MANIFEST, SIGNATURE, *(table.file for table in TABLES), ENTRIES)

MOST_BYTES = 1 << 30
MOST_SMALL_BYTES = 1 << 16
SMALL = {MANIFEST, SIGNATURE}
EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposit whose signature, digests, totals and references agree; contacts are still sealed.

    `entries` are the last lines of the public ledger, up to the manifest's checkpoint; whether they are its
    lines, its root alone can say.
    """

    manifest: Manifest
    tables: Mapping[str, tuple[DepositRow, ...]]
    sha256: str
    entries: tuple[bytes, ...] = ()

    @property
    def first(self) -> int:
        """The number, in the public ledger, of the first of the entries."""
        return manifests.checkpoint_size(self.manifest.ledger_checkpoint) - len(self.entries)


def write(
    tables: Mapping[str, Iterable[Mapping[str, str]]],
    *,
    origin: str,
    period: str,
    made_at: datetime,
    ledger_checkpoint: str,
    signing_key: Ed25519PrivateKey,
    entries: Iterable[bytes] = (),
) -> bytes:
    """Return the archive. Tables not given are empty; all are complete up to the checkpoint's size.

    `entries` are the public ledger's lines since the last deposit, up to that size.

    `origin` names the public side and its deposit key: `read` wants `verifier_key(origin, key=…).text`.
    Raises Invalid for a period, row or reference that `read` would refuse.
    """
    first_day(period)
    _refuse_unknown(tables)
    given = {table.name: rows.in_order(table, tables.get(table.name, ())) for table in TABLES}
    files = {table.name: rows.write(table, given[table.name]) for table in TABLES}
    rows.check_references(given)
    size = manifests.checkpoint_size(ledger_checkpoint)
    summaries = {
        name: Summary(len(given[name]), hashlib.sha256(data).hexdigest(), size)
        for name, data in files.items()
    }
    text = manifests.dump(Manifest(origin, period, made_at, ledger_checkpoint, summaries))
    signature = "\n" + note.signature_line(text, name=origin, key=signing_key)
    members = {MANIFEST: text.encode(), SIGNATURE: signature.encode(), ENTRIES: _joined(entries)}
    return _pack(members | {table.file: files[table.name] for table in TABLES})


def read(data: bytes, *, vkey: str, most_bytes: int = MOST_BYTES) -> Deposit:
    """Return the deposit in an archive that the holder of `vkey` signed, if it isn't over `most_bytes`.

    Raises Invalid with one sentence that names the file, where it can the line, and the reason.
    """
    key = parse_vkey(vkey)
    members = _members(data, most_bytes=most_bytes)
    manifest = manifests.load(_signed_text(members, key))
    if manifest.origin != key.name:
        raise Invalid(
            _("manifest.json：来源“%(origin)s”与公钥“%(name)s”不符。", origin=manifest.origin, name=key.name)
        )
    return _checked(manifest, members, sha256=digest(data))


def with_entries(data: bytes, entries: Iterable[bytes]) -> bytes:
    """Return the archive with other lines of the ledger: its checkpoint binds them, not the manifest."""
    return _pack(_unpack(data, lacking=True) | {ENTRIES: _joined(entries)})


def manifest_of(data: bytes) -> Manifest:
    """Return the manifest of an archive that we wrote; nothing of it is checked."""
    return manifests.load(_text(_unpack(data, lacking=True))[0])


def carries_entries(data: bytes) -> bool:
    """Whether an archive that we wrote holds lines of the ledger: the first ones did not."""
    return ENTRIES in _unpack(data, lacking=True)


def look(data: bytes) -> Deposit:
    """Return what a deposit says, its digests, totals and references checked, its signature *not*.

    Raises Invalid as `read` does. For people who want to see a file; nothing may be stored by it.
    """
    members = _members(data, most_bytes=MOST_BYTES)
    return _checked(manifests.load(_text(members)[0]), members, sha256=digest(data))


def _members(data: bytes, *, most_bytes: int) -> dict[str, bytes]:
    if len(data) > most_bytes:
        raise Invalid(_("文件超过 %(most_bytes)s 字节，不是一份交存文件。", most_bytes=most_bytes))
    return _unpack(data)


def _checked(manifest: Manifest, members: Mapping[str, bytes], *, sha256: str) -> Deposit:
    tables = {
        table.name: _table(table, members[table.file], expected=manifest.tables[table.name])
        for table in TABLES
    }
    rows.check_references(tables)
    return Deposit(manifest, tables, sha256, _entries(members[ENTRIES], manifest))


def _joined(entries: Iterable[bytes]) -> bytes:
    return b"".join(each + b"\n" for each in entries)


def _entries(data: bytes, manifest: Manifest) -> tuple[bytes, ...]:
    lines = data.split(b"\n")
    if lines.pop() or b"" in lines or b"\r" in data:
        raise Invalid(_("entries.txt：每条账本占一行，最后一行也要换行。"))
    size = manifests.checkpoint_size(manifest.ledger_checkpoint)
    if len(lines) > size:
        raise Invalid(_("entries.txt 有 %(n)s 行，而账本只有 %(size)s 条。", n=len(lines), size=size))
    return tuple(lines)


def digest(data: bytes) -> str:
    """SHA-256 of a deposit's file, hexadecimal: its entry in both ledgers."""
    return hashlib.sha256(data).hexdigest()


def _table(table: DepositTable, data: bytes, *, expected: Summary) -> tuple[DepositRow, ...]:
    if hashlib.sha256(data).hexdigest() != expected.sha256:
        raise Invalid(_("%(file)s 的摘要与清单不符，内容被改动或损坏。", file=table.file))
    found = rows.read(table, data)
    if len(found) != expected.rows:
        raise Invalid(
            _(
                "%(file)s 有 %(n)s 行，清单上是 %(rows)s 行。",
                file=table.file,
                n=len(found),
                rows=expected.rows,
            )
        )
    return found


def _text(members: Mapping[str, bytes]) -> tuple[str, str]:
    """Return manifest and signature."""
    try:
        return members[MANIFEST].decode(), members[SIGNATURE].decode()
    except UnicodeDecodeError as error:
        raise Invalid(_("manifest.json 或 manifest.sig 不是 UTF-8 文字。")) from error


def _signed_text(members: Mapping[str, bytes], key: VerifierKey) -> str:
    text, signature = _text(members)
    try:
        signed = note.verify(text + signature, keys=[key])
    except Invalid as error:
        raise Invalid(f"manifest.sig：{error.message}") from error
    if signed.text != text:
        raise Invalid(_("manifest.sig：签名的不是这份 manifest.json。"))
    return text


def _refuse_unknown(names: Iterable[str]) -> None:
    unknown = set(names) - {table.name for table in TABLES}
    if unknown:
        raise ValueError(f"no such tables: {sorted(unknown)}")


def _pack(members: Mapping[str, bytes]) -> bytes:
    """Store members uncompressed, so that the bytes don't hang on a compressor's version."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name in NAMES:
            member = zipfile.ZipInfo(name, EARLIEST)
            member.create_system = 3
            member.external_attr = 0o600 << 16
            archive.writestr(member, members[name])
    return buffer.getvalue()


def _unpack(data: bytes, *, lacking: bool = False) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_names([member.orig_filename for member in members], lacking=lacking)
            _check_sizes(members, whole=len(data))
            return {member.filename: archive.read(member) for member in members}
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Invalid(_("不是完整的交存文件（zip 打不开或不完整）。")) from error


def _check_names(names: list[str], *, lacking: bool) -> None:
    for name in names:
        if name not in NAMES:
            # The name may be anything: shown cut and escaped.
            raise Invalid(_("文件里不该有 %(name)s。", name=name[:40]))
        if names.count(name) > 1:
            raise Invalid(_("文件里有两个“%(name)s”。", name=name))
    for name in NAMES:
        if name not in names and not (lacking and name == ENTRIES):
            raise Invalid(_("文件里缺少“%(name)s”。", name=name))


def _check_sizes(members: Iterable[zipfile.ZipInfo], *, whole: int) -> None:
    """Refuse what could grow on reading: members lie in the file as they are, so they can't exceed it."""
    total = 0
    for member in members:
        total += member.file_size
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise Invalid(
                _("“%(filename)s”是压缩过的；交存文件不压缩，以防解压后过大。", filename=member.filename)
            )
        if total > whole or (member.filename in SMALL and member.file_size > MOST_SMALL_BYTES):
            raise Invalid(_("“%(filename)s”自称的大小超过限度。", filename=member.filename))
