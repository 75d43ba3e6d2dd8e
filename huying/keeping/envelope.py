"""Files sealed to a public key, block after block (HPKE, RFC 9180): who writes one can't read it back."""

from __future__ import annotations

from typing import BinaryIO

from pyhpke import OpenError

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.deposit.sealing import KEY_BYTES, KEY_ID_DIGITS, SUITE, key_id, raw_key

INFO = b"huying-backup/v1"
MAGIC = b"huying-backup/v1\n"
BLOCK = 1 << 20
TAG = 16
MORE, LAST = b"more", b"last"
"""Bound to each block beside its number: none can be left out, moved or cut off at the end."""


class Envelope:
    """Seals what is written to it into `target`; `finish` seals the last block."""

    def __init__(self, target: BinaryIO, recipient: str) -> None:
        public = raw_key(recipient)
        try:
            enc, self._context = SUITE.create_sender_context(SUITE.kem.deserialize_public_key(public), INFO)
        except ValueError as error:
            raise Invalid(_("封存用的公钥不可用。")) from error
        self._target, self._held = target, bytearray()
        target.write(MAGIC + key_id(public).encode() + enc)

    def write(self, data: bytes) -> int:
        """Take bytes; blocks that are full are sealed."""
        self._held += data
        while len(self._held) > BLOCK:
            self._seal(MORE)
        return len(data)

    def finish(self) -> None:
        """Seal what is left; without it the file doesn't open."""
        self._seal(LAST)

    def _seal(self, mark: bytes) -> None:
        self._target.write(self._context.seal(bytes(self._held[:BLOCK]), mark))
        del self._held[:BLOCK]


class OpenedEnvelope:
    """Reads what an envelope holds; raises Invalid where it is damaged, cut off or sealed to another key."""

    def __init__(self, source: BinaryIO, private: str) -> None:
        head = source.read(len(MAGIC) + KEY_ID_DIGITS + KEY_BYTES)
        if not head.startswith(MAGIC) or len(head) < len(MAGIC) + KEY_ID_DIGITS + KEY_BYTES:
            raise Invalid(_("这不是一份备份文件。"))
        own = SUITE.kem.deserialize_private_key(raw_key(private))
        try:
            self._context = SUITE.create_recipient_context(head[-KEY_BYTES:], own, INFO)
        except (OpenError, ValueError) as error:
            raise Invalid(_("备份文件打不开：已损坏，或不是封给这把私钥的。")) from error
        self._source, self._held = source, b""
        self._next = source.read(BLOCK + TAG)

    def read(self, size: int = BLOCK) -> bytes:
        """Return so many bytes, fewer at the end alone."""
        while len(self._held) < size and self._next:
            self._held += self._open()
        found, self._held = self._held[:size], self._held[size:]
        return found

    def _open(self) -> bytes:
        block, self._next = self._next, self._source.read(BLOCK + TAG)
        try:
            return self._context.open(block, MORE if self._next else LAST)
        except (OpenError, ValueError) as error:
            raise Invalid(_("备份文件打不开：已损坏、不完整，或不是封给这把私钥的。")) from error
