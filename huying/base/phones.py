"""Telephone numbers: E.164, masked where people see them, sealed at rest, found by a keyed index."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huying.base.errors import Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.base.numbering import INVENTED, is_landline
from huying.base.telephone_cells import EXTENSION_MARK, read_single

NONCE_BYTES = 12
INDEX_BYTES = 16
LONG_RUN = re.compile(r"\+?[0-9](?:[ -]?[0-9]){10,}")
"""Eleven digits and more, also in the groups in which people write a number."""


def parse(text: str, *, region: str = "CN", allowed: str = "real") -> str:
    """Return the one number of `text` as E.164; raise Invalid with the sentence that mends it.

    `allowed`: `real` or `invented`. Every form reads a number here, on both sides.
    """
    return read_single(text, region=region, allowed=allowed)


def kind(e164: str) -> str:
    """Return `mobile` or `landline`."""
    return "landline" if is_landline(e164) else "mobile"


def pretty(e164: str) -> str:
    """Return a number as people of its country write it, its extension behind it; 12345 as it is."""
    number, _mark, extension = e164.partition(EXTENSION_MARK)
    if extension:
        return _("%(number)s 转 %(extension)s", number=pretty(number), extension=extension)
    if not e164.startswith("+"):
        return e164
    if INVENTED.fullmatch(e164):
        return f"+999 {e164[4:8]} {e164[8:]}"
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(phonenumbers.parse(e164, None), national)


def masked(e164: str) -> str:
    """Return a number of which only the last four digits can be read."""
    return f"••• {e164.partition(EXTENSION_MARK)[0][-4:]}"


def redact(text: str) -> str:
    """Return `text` with every long run of digits masked, for logs."""
    return LONG_RUN.sub("[号码]", text)


@dataclass(frozen=True, slots=True)
class Vault:
    """Seals numbers at rest (AES-256-GCM) and indexes them (HMAC-SHA256 under a key per purpose)."""

    keys: Keyring

    def seal(self, e164: str, *, where: str) -> bytes:
        """Return the number sealed for the place `where` (`table.column:key`): key id, nonce, ciphertext."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return b"1" + nonce + AESGCM(self.keys.raw("contacts")).encrypt(nonce, e164.encode(), where.encode())

    def open(self, sealed: bytes, *, where: str) -> str:
        """Return the number; raise Refused where it was sealed for another place or is damaged."""
        try:
            cipher = AESGCM(self.keys.raw("contacts"))
            return cipher.decrypt(
                sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], where.encode()
            ).decode()
        except InvalidTag:
            raise Refused("这个号码的密文已损坏，打不开。", status=500) from None

    def index(self, e164: str, *, purpose: str) -> bytes:
        """Return the blind index of a number; indexes of two purposes can't be joined."""
        key = self.keys.raw(f"index-{purpose}")
        return hmac.new(key, e164.encode(), sha256).digest()[:INDEX_BYTES]
