"""Contacts sealed to the independent reader by HPKE (RFC 9180): who writes them can't read them back."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKeyInterface, OpenError

from huying.base.errors import Invalid
from huying.base.i18n import _

INFO = b"huying-deposit/v1"
SUITE = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305)
KEY_BYTES = 32
KEY_ID_DIGITS = 8


def new_keypair() -> tuple[str, str]:
    """Return a fresh private and public key, base64url without padding; only the public half travels."""
    private = X25519PrivateKey.generate()
    return _encode(private.private_bytes_raw()), _encode(private.public_key().public_bytes_raw())


def key_id(public: bytes) -> str:
    """First 8 hexadecimal digits of the SHA-256 of the public key: tells which key a value was sealed to."""
    return hashlib.sha256(public).hexdigest()[:KEY_ID_DIGITS]


class Sealer:
    """Seals for one recipient; `secret` belongs to the sealing side alone.

    The ephemeral key is derived from the secret, the recipient, the place and the plaintext, not drawn:
    the same contact in the same row gives the same bytes, so that a deposit depends on its content and on
    nothing else, and two deposits can be compared. It shows only that a row's contact hasn't changed; an
    ephemeral key never serves two plaintexts.
    """

    def __init__(self, recipient_public: str, secret: bytes) -> None:
        if len(secret) < KEY_BYTES:
            # Whoever guesses the secret can try all phone numbers against the ephemeral keys.
            raise ValueError("the sealing secret needs 32 bytes")
        self._public = raw_key(recipient_public)
        self._recipient = SUITE.kem.deserialize_public_key(self._public)
        self._secret = secret
        self.key_id = key_id(self._public)
        try:
            SUITE.create_sender_context(self._recipient, INFO)
        except ValueError as error:
            raise Invalid(_("封存用的公钥不可用。")) from error

    def seal(self, plaintext: str, *, table: str, code: str, column: str) -> str:
        """Return `<key id>.<base64url of enc ‖ ciphertext>`, which opens for this table, row and column."""
        aad = _place(table, code, column)
        material = self._public + aad + b"\x00" + plaintext.encode()
        ephemeral = SUITE.kem.derive_key_pair(hmac.digest(self._secret, material, "sha256"))
        enc, context = SUITE.create_sender_context(self._recipient, INFO, eks=ephemeral)
        return f"{self.key_id}.{_encode(enc + context.seal(plaintext.encode(), aad))}"


class Opener:
    """Opens what was sealed to a private key, or to one of those that it replaced."""

    def __init__(self, private: str, *older: str) -> None:
        self.key_id, own = _opening(private)
        self._keys: dict[str, KEMKeyInterface] = {**dict(map(_opening, older)), self.key_id: own}

    def open(self, value: str, *, table: str, code: str, column: str) -> str:
        """Return the plaintext; raises Invalid for another key, another place, or a damaged value."""
        sealed_to, _dot, encoded = value.partition(".")
        private = self._keys.get(sealed_to)
        if private is None:
            raise Invalid(_("这个联系方式是用另一把公钥封存的，打不开。"))
        data = _decode(encoded)
        try:
            context = SUITE.create_recipient_context(data[:KEY_BYTES], private, INFO)
            return context.open(data[KEY_BYTES:], _place(table, code, column)).decode()
        except (OpenError, ValueError) as error:
            raise Invalid(_("封存的联系方式已损坏，或不属于这一行。")) from error


def _opening(private: str) -> tuple[str, KEMKeyInterface]:
    raw = raw_key(private)
    public = X25519PrivateKey.from_private_bytes(raw).public_key().public_bytes_raw()
    return key_id(public), SUITE.kem.deserialize_private_key(raw)


def _place(table: str, code: str, column: str) -> bytes:
    """Bind a value to its cell, so that a copy in another row doesn't open."""
    return b"\x00".join(part.encode() for part in (table, code, column))


def raw_key(text: str) -> bytes:
    """Return the 32 bytes of a key in base64url; raises Invalid for anything else."""
    raw = _decode(text)
    if len(raw) != KEY_BYTES:
        raise Invalid(_("封存用的密钥应为 32 字节。"))
    return raw


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Return the bytes of base64url without padding; raises Invalid for any other spelling."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError) as error:
        raise Invalid(_("封存的内容不是 base64url。")) from error
    if _encode(data) != text:
        raise Invalid(_("封存的内容不是 base64url。"))
    return data
