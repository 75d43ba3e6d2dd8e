"""What the log keeps of an answer: a commitment, and the receipt by which a respondent finds it counted."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing import tables
from survey.drawing.canonical import canonical
from survey.drawing.codes import ALPHABET, encode, normalise
from survey.drawing.fields import HASH, NONCE, STRATUM

LABEL = "huying-answer/v1"
NONCE_BYTES = 16
RECEIPT_HEX = 20
RECEIPT_CHARACTERS = 16
OPTIONS = (1, 2, 3, 4, 5)


def new_nonce() -> str:
    """Return 16 random bytes as 32 hex digits: an answer's nonce, or an entry's salt."""
    return secrets.token_hex(NONCE_BYTES)


def commitment(answer: int, *, stratum: str, nonce: str) -> str:
    """Return the commitment (64 hex digits) of a headline answer 1…5."""
    if answer not in OPTIONS:
        raise Invalid(_("只有 1 到 5 的回答才计入。"))
    text = f"{LABEL}\n{STRATUM.check(stratum)}\n{NONCE.check(nonce)}\n{answer}\n"
    return sha256(text.encode()).hexdigest()


def bind(answers: Mapping[str, str], *, nonce: str) -> str:
    """Return what binds all answers of an interview, by item: `a` of its final outcome."""
    return sha256(f"{NONCE.check(nonce)}\n".encode() + canonical(answers) + b"\n").hexdigest()


def minute(nonce: str, clock: str) -> str:
    """Return the commitment of an attempt's minute `HH:MM`: `m` of its entry."""
    return sha256(bytes.fromhex(NONCE.check(nonce)) + clock.encode()).hexdigest()


def receipt(commitment: str) -> str:
    """Return the receipt of a commitment: 16 characters in four groups."""
    number = int(HASH.check(commitment)[:RECEIPT_HEX], 16)
    return _grouped(encode(number, characters=RECEIPT_CHARACTERS))


def read_receipt(text: str) -> str:
    """Return a receipt as typed by people in its own form; raise Invalid where it can't be one."""
    plain = normalise(text)
    if len(plain) != RECEIPT_CHARACTERS or not set(plain) <= set(ALPHABET):
        raise Invalid(_("回执号不完整，应当是 16 个字符，请对照回执检查。"))
    return _grouped(plain)


def _grouped(plain: str) -> str:
    return "-".join(plain[start : start + 4] for start in range(0, len(plain), 4))


@dataclass(frozen=True, slots=True)
class Opening:
    """What accredited auditors get to check a commitment; never published."""

    stratum: str
    nonce: str
    answer: int

    def commitment(self) -> str:
        """The commitment that this opens."""
        return commitment(self.answer, stratum=self.stratum, nonce=self.nonce)


def openings_tsv(openings: Iterable[Opening]) -> bytes:
    """Return `openings.tsv`, sorted, for auditors only."""
    return tables.build(sorted(map(_order, openings)))


def parse_openings(data: bytes) -> tuple[Opening, ...]:
    """Return the rows of `openings.tsv`; raise Invalid naming the first wrong line."""
    return tables.parse(data, name="openings.tsv", width=3, read=_opening, order=_order)


def _order(opening: Opening) -> tuple[str, str, str]:
    return opening.stratum, opening.nonce, str(opening.answer)


def _opening(fields: Sequence[str]) -> Opening:
    stratum, nonce, answer = fields
    if answer not in {str(option) for option in OPTIONS}:
        raise Invalid(_("回答应当是 1 到 5：%(answer)s。", answer=repr(answer)))
    return Opening(STRATUM.check(stratum), NONCE.check(nonce), int(answer))
