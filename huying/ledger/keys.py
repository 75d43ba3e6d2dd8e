"""Verifier keys of the C2SP signed-note format: `<name>+<key id>+<base64(type ‖ public key)>`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from huying.base.errors import Invalid
from huying.base.i18n import _

LOG = 0x01
WITNESS = 0x04
RESERVED = {0x06: "ML-DSA-44", 0xFF: "SM2"}

PUBLIC_BYTES = 32
KEY_ID_BYTES = 4
FIELD_PRIME = 2**255 - 19
SIGN_BIT = 1 << 255


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """Who may sign: a name, a type (LOG or WITNESS) and a raw Ed25519 public key of 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """First 4 bytes of SHA-256(name ‖ LF ‖ type ‖ public key)."""
        return hashlib.sha256(f"{self.name}\n".encode() + self._typed).digest()[:KEY_ID_BYTES]

    @property
    def text(self) -> str:
        """The key as people hand it on."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(self._typed).decode()}"

    @property
    def _typed(self) -> bytes:
        return bytes([self.kind]) + self.public

    def accepts(self, signature: bytes, *, message: bytes) -> bool:
        """Whether the 64 bytes are this key's Ed25519 signature (RFC 8032, cofactorless) of `message`."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def verifier_key(name: str, *, key: Ed25519PrivateKey, kind: int = LOG) -> VerifierKey:
    """Return the public half of `key` under the name by which it signs; raises Invalid for a bad name."""
    check_name(name)
    return VerifierKey(name, kind, key.public_key().public_bytes_raw())


def parse_vkey(text: str) -> VerifierKey:
    """Read a vkey; raises Invalid where it is malformed, altered, or of a type not supported here."""
    name, _plus, rest = text.partition("+")
    key_id, _plus, encoded = rest.partition("+")
    check_name(name)
    typed = decode(encoded)
    if typed is None or not typed or not re.fullmatch("[0-9a-f]{8}", key_id):
        raise Invalid(_("公钥“%(name)s”的格式不对。", name=name))
    kind, public = typed[0], typed[1:]
    if kind not in {LOG, WITNESS}:
        raise Invalid(
            _("公钥“%(name)s”的类型 %(kind)s 暂不支持。", name=name, kind=RESERVED.get(kind, f"0x{kind:02x}"))
        )
    key = VerifierKey(name, kind, public)
    if not _is_canonical_point(public) or key.key_id.hex() != key_id:
        raise Invalid(_("公钥“%(name)s”的格式不对。", name=name))
    return key


def check_name(name: str) -> None:
    """Raise Invalid unless `name` can stand in a signature line: not empty, no space, no plus sign."""
    if not name or "+" in name or not name.isprintable() or any(sign.isspace() for sign in name):
        raise Invalid(_("“%(name)s”不能作为签名者的名称。", name=name))


def decode(text: str) -> bytes | None:
    """Return the bytes of padded base64 in its one valid spelling, else None."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


def _is_canonical_point(public: bytes) -> bool:
    """Whether the encoding is 32 bytes with y < p, and no sign bit where x = 0 (RFC 8032 §5.1.3)."""
    if len(public) != PUBLIC_BYTES:
        return False
    number = int.from_bytes(public, "little")
    y = number % SIGN_BIT
    return y < FIELD_PRIME and not (number >= SIGN_BIT and y in {1, FIELD_PRIME - 1})
