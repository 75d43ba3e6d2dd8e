"""Telephone numbers: E.164, masked where people see them, sealed at rest, found by a keyed index."""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

import phonenumbers
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from huying.base.errors import Invalid, Refused
from huying.base.keys import Keyring

INVENTED = re.compile(r"\+999[0-9]{8,11}")
"""Country code 999 is assigned to nobody: such a number can't be dialled. Demonstrations use no other."""

NONCE_BYTES = 12
INDEX_BYTES = 16
LONG_RUN = re.compile(r"\+?[0-9](?:[ -]?[0-9]){10,}")
"""Eleven digits and more, also in the groups in which people write a number."""


def parse(text: str, *, region: str = "CN", allowed: str = "real") -> str:
    """Return `text` as E.164; raise Invalid where it is no number. `allowed`: `real` or `invented`."""
    plain = unicodedata.normalize("NFKC", text).strip().replace(" ", "").replace("-", "")
    if allowed == "invented" and INVENTED.fullmatch(plain):
        return plain
    try:
        number = phonenumbers.parse(plain, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise Invalid("这个电话号码不完整，请检查后重新填写。")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def kind(e164: str) -> str:
    """Return `mobile` or `landline`."""
    if INVENTED.fullmatch(e164):
        return "landline" if e164.startswith("+9992") else "mobile"
    number = phonenumbers.parse(e164, None)
    mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    return "mobile" if mobile else "landline"


def pretty(e164: str) -> str:
    """Return a number as people of its country write it; a short code such as 12345 as it is."""
    if not e164.startswith("+"):
        return e164
    if INVENTED.fullmatch(e164):
        return f"+999 {e164[4:8]} {e164[8:]}"
    number = phonenumbers.parse(e164, None)
    national = phonenumbers.PhoneNumberFormat.NATIONAL
    return phonenumbers.format_number(number, national)


def masked(e164: str) -> str:
    """Return a number of which only the last four digits can be read."""
    return f"••• {e164[-4:]}"


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
