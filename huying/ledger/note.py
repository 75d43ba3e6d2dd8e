"""Signed notes and checkpoints: C2SP signed-note, tlog-checkpoint and tlog-cosignature with Ed25519."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.ledger.keys import KEY_ID_BYTES, LOG, WITNESS, VerifierKey, decode, verifier_key
from huying.ledger.tree import HASH_BYTES

MOST_SIGNATURES = 100
SIGNATURE_BYTES = 64
TIME_BYTES = 8

SIGNATURE_LINE = re.compile(r"— ([^\s+]+) (\S+)")
SIZE = re.compile("0|[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Signature:
    """A verified signature; `time` is the POSIX second of a cosignature, None for the log's own."""

    key: VerifierKey
    time: int | None


@dataclass(frozen=True, slots=True)
class Note:
    """A text whose known signatures all hold; signers that nobody asked about are left out."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's size and 32-byte root under its origin."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign(text: str, *, name: str, key: Ed25519PrivateKey) -> str:
    """Return the note of `text` (which ends in LF) with the signature of a log key."""
    return f"{text}\n{signature_line(text, name=name, key=key)}"


def signature_line(text: str, *, name: str, key: Ed25519PrivateKey) -> str:
    """Return the line, with its LF, by which a log key signs `text`; raises Invalid for an unfit text."""
    _check_text(text)
    return _line(verifier_key(name, key=key), key.sign(text.encode()))


def sign_checkpoint(checkpoint: Checkpoint, *, key: Ed25519PrivateKey) -> str:
    """Return the note by which the log itself vouches for its size and root."""
    return sign(checkpoint.text, name=checkpoint.origin, key=key)


def cosign(note: str, *, name: str, key: Ed25519PrivateKey, at: datetime) -> str:
    """Return the note with a witness's line added: it saw this checkpoint at that second."""
    text, _ = _split(note)
    parse_checkpoint(text)
    time = int(at.timestamp())
    signed = time.to_bytes(TIME_BYTES, "big") + key.sign(_cosigned(text, time=time))
    return note + _line(verifier_key(name, key=key, kind=WITNESS), signed)


def verify(note: str, *, keys: Iterable[VerifierKey]) -> Note:
    """Return the note's text and the signatures of `keys`; other signers are ignored.

    Raises Invalid where the note is malformed, a known key's signature is bad, or no known key signed.
    """
    known = {(key.name, key.key_id): key for key in keys}
    text, lines = _split(note)
    found: list[Signature] = []
    for name, data in map(_parse_line, lines):
        key = known.get((name, data[:KEY_ID_BYTES]))
        if key is not None:
            found.append(_verified(key, data[KEY_ID_BYTES:], text=text))
    if not found:
        raise Invalid(_("没有一个已知的签名。"))
    return Note(text, tuple(found))


def parse_checkpoint(text: str) -> Checkpoint:
    """Read the signed text: exactly three lines, origin, size and base64 root; raises Invalid."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0] or not SIZE.fullmatch(lines[1]):
        raise Invalid(_("检查点应恰好是三行：名称、条数、根哈希。"))
    root = decode(lines[2])
    if root is None or len(root) != HASH_BYTES:
        raise Invalid(_("检查点的根哈希不是 32 字节。"))
    return Checkpoint(lines[0], int(lines[1]), root)


def verify_checkpoint(
    note: str, *, log: VerifierKey, witnesses: Iterable[VerifierKey] = (), quorum: int = 0
) -> Checkpoint:
    """Return the checkpoint that `log` signed under its own origin and `quorum` witnesses cosigned.

    Witnesses count by distinct public keys, none the log's, since a cosignature doesn't cover a name.
    """
    others = [witness for witness in witnesses if witness.name != log.name]
    checked = verify(note, keys=(log, *others))
    checkpoint = parse_checkpoint(checked.text)
    by_log = any(signature.key == log and log.kind == LOG for signature in checked.signatures)
    if not by_log or checkpoint.origin != log.name:
        raise Invalid(_("检查点没有“%(origin)s”自己的签名。", origin=checkpoint.origin))
    if len(cosigners(checked) - {log.public}) < quorum:
        raise Invalid(_("见证签名不足 %(quorum)s 个。", quorum=quorum))
    return checkpoint


def text_of(note: str) -> str:
    """Return the signed text of a note, unverified; raises Invalid where it is malformed."""
    return _split(note)[0]


def lines_of(note: str, *, keys: Iterable[VerifierKey]) -> list[tuple[VerifierKey, str]]:
    """Return the signature lines, with their LF, that name one of `keys`; `verify` says whether they hold."""
    known = {(key.name, key.key_id): key for key in keys}
    found = {}
    for line in _split(note)[1]:
        name, data = _parse_line(line)
        if key := known.get((name, data[:KEY_ID_BYTES])):
            found[key] = f"{line}\n"
    return list(found.items())


def cosigners(note: Note) -> frozenset[bytes]:
    """Distinct public keys, 32 bytes each, of the witnesses who cosigned."""
    return frozenset(each.key.public for each in note.signatures if each.key.kind == WITNESS)


def _verified(key: VerifierKey, data: bytes, *, text: str) -> Signature:
    time, message, signature = None, text.encode(), data
    if key.kind == WITNESS:
        time, signature = int.from_bytes(data[:TIME_BYTES], "big"), data[TIME_BYTES:]
        message = _cosigned(text, time=time)
    if len(signature) != SIGNATURE_BYTES or not key.accepts(signature, message=message):
        raise Invalid(_("“%(name)s”的签名不对。", name=key.name))
    return Signature(key, time)


def _cosigned(text: str, *, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _line(key: VerifierKey, signed: bytes) -> str:
    return f"— {key.name} {base64.b64encode(key.key_id + signed).decode()}\n"


def _split(note: str) -> tuple[str, list[str]]:
    """Text with its LF, and the signature lines after the last blank one."""
    text, blank, signatures = note.rpartition("\n\n")
    lines = signatures.split("\n")
    if not blank or lines.pop() or not 0 < len(lines) <= MOST_SIGNATURES:
        raise Invalid(_("签名文件的格式不对。"))
    _check_text(text + "\n")
    return text + "\n", lines


def _parse_line(line: str) -> tuple[str, bytes]:
    parts = SIGNATURE_LINE.fullmatch(line)
    data = decode(parts[2]) if parts else None
    if not parts or data is None or len(data) <= KEY_ID_BYTES:
        raise Invalid(_("签名行的格式不对。"))
    return parts[1], data


def _check_text(text: str) -> None:
    """A signed text ends in LF and holds no other control character, nor text that isn't Unicode."""
    if not text.endswith("\n") or re.search("[\x00-\x09\x0b-\x1f\ud800-\udfff]", text):
        raise Invalid(_("要签名的文字含有不允许的字符。"))
