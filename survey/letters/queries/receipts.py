"""Receipts: that an answer counted, on request; never what it was."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.drawing import answers
from survey.drawing.codes import ALPHABET
from survey.models import (
    AnswerBatch,
    AnswerCommitment,
    DroppedAnswer,
    UndoneComplete,
    Wave,
)
from survey.waves.queries import waves

PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True)
class CountedReceipt:
    """What a receipt counts for; once the wave is over, on which day and where in the ledger."""

    wave: str
    grid: str
    day: str = ""
    index: int | None = None
    size: int | None = None


def of_case(session: Session, unit: str) -> str | None:
    """Return the receipt of a finished interview; None where its answer doesn't count."""
    sealed = select(AnswerCommitment.commitment).where(AnswerCommitment.unit == unit)
    found = session.scalar(sealed)
    return answers.receipt(found) if found else None


def find(session: Session, text: str) -> CountedReceipt:
    """Return what a receipt counts for; raise Invalid for what can't be one, Refused for an unknown one."""
    row = _commitment(session, text)
    wave = session.get_one(Wave, row.wave_label)
    grid = waves.grid_of(session, wave.label, stratum=row.stratum)
    if wave.last_entry is None or session.get(AnswerBatch, row.commitment) is None:
        return CountedReceipt(wave.label, grid)
    index, day = _entry(session, wave, row)
    return CountedReceipt(wave.label, grid, day, index, wave.last_entry + 1)


def proof(session: Session, text: str) -> str:
    """Return the proof that a receipt's batch stands in the ledger (C2SP tlog-proof).

    Raises Refused before the wave is over and its checkpoint signed.
    """
    row = _commitment(session, text)
    wave = session.get_one(Wave, row.wave_label)
    signed = None if wave.last_entry is None else session.get(wave.ledger.stored, wave.last_entry + 1)
    if signed is None or wave.last_entry is None:
        raise Refused(_("这一轮还没有公布，证明要等公布以后才有。"))
    size = wave.last_entry + 1
    index, _day = _entry(session, wave, row)
    line = wave.ledger.lines(session, index, index + 1)[0]
    hashes = wave.ledger.inclusion_proof(session, index=index, size=size)
    parts = [PROOF, f"extra {_b64(line)}", f"index {index}", *map(_b64, hashes), "", signed.note]
    return "\n".join(parts)


def _commitment(session: Session, text: str) -> AnswerCommitment:
    plain = answers.read_receipt(text).replace("-", "")
    number = 0
    for symbol in plain:
        number = number << 5 | ALPHABET.index(symbol)
    prefix = f"{number:020x}"
    row = session.scalar(select(AnswerCommitment).where(AnswerCommitment.commitment.startswith(prefix)))
    if row is None:
        raise Refused(_("没有这个回执号。请对照您记下的再输一遍。"))
    if session.get(DroppedAnswer, row.commitment) is not None or _is_undone(session, row.unit):
        raise Refused(_("这份回答没有计入：它后来被更正了。"))
    return row


def _is_undone(session: Session, unit: str) -> bool:
    """Whether a release that was made again left it out."""
    left_out = select(UndoneComplete.id).where(
        UndoneComplete.unit == unit, UndoneComplete.number.is_not(None)
    )
    return session.scalar(left_out) is not None


def _entry(session: Session, wave: Wave, row: AnswerCommitment) -> tuple[int, str]:
    """The ledger's entry that holds the commitment: its number and its day."""
    stop = len(wave.ledger.lines(session)) if wave.last_entry is None else wave.last_entry + 1
    for index, line in enumerate(wave.ledger.lines(session, wave.first_entry, stop), start=wave.first_entry):
        entry = json.loads(line)
        if entry["t"] == "answers" and row.commitment in entry["c"].get(row.stratum, ()):
            return index, entry["day"]
    raise Refused(_("这份回答没有计入：它后来被更正了。"))


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
