"""Every household's letter: a random code by which it can ask whether it is in the frame, no more."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from huying import sheets
from huying.base import public_text
from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.base.networks import HOUSE, network
from huying.sheets import Column, Layout
from survey import campaign
from survey.drawing.codes import ALPHABET
from survey.drawing.fields import STRATUM
from survey.letters.queries.frame_answers import CHARACTERS
from survey.models import Household, LetterCode, OutsideLetter, Question
from survey.registry.rules import spellings

LONGEST_ADDRESS, LONGEST_SOURCE = 200, 80
SECOND_SOURCE = Layout(
    title="别处登记的地址",
    name="addresses",
    columns=(
        Column("grid", "网格编号", also=("grid", "网格编码"), kind="code", example="G0101", longest=32),
        Column("address", "地址", also=("address", "住址"), example="春一路 1 号 101 室", longest=200),
    ),
)
"""The file of another register: the power company's, say."""

WINDOW, MOST = timedelta(hours=1), 20
KEY = "frame-questions"


class TooManyQuestions(Refused):
    """Too many questions from one address."""

    status = 429


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter: where it goes, and its code in groups of four."""

    grid: str
    address: str
    code: str


def grouped(code: str) -> str:
    """Return a code as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def issue(session: Session, *, grid: str | None, now: datetime) -> Iterator[Letter]:
    """Give every household that is here and has none a code, and yield all letters, by grid and address.

    Raises Invalid for a grid without households. A household keeps its code for ever: letters of different
    years say the same.
    """
    here = select(Household.code, Household.grid_code, Household.address).where(Household.left_at.is_(None))
    rows = session.execute(here.where(Household.grid_code == grid) if grid else here).all()
    if not rows:
        raise Invalid(_("没有可以寄信的住户。"))
    known = dict(session.execute(select(LetterCode.household_code, LetterCode.code)).all())
    fresh = {code: _new() for code, _grid, _address in rows if code not in known}
    if fresh:
        new_codes = [{"code": new, "household_code": home, "made_at": now} for home, new in fresh.items()]
        session.execute(insert(LetterCode), new_codes)
    codes = {**known, **fresh}
    for home, at, address in sorted(rows, key=lambda row: (row[1], row[2], row[0])):
        yield Letter(at, address, grouped(codes[home]))


def issue_outside(
    session: Session, data: bytes, *, file: str, source: str, now: datetime
) -> Iterator[Letter]:
    """Give every address of another register's file a code, and yield all letters, by grid and address.

    An address keeps its code, however it is spelt. Raises Invalid for a faulty row, or a telephone or
    identity number in an address.
    """
    table = sheets.read(data, file=file, layout=SECOND_SOURCE)
    rows = [
        _outside_row(row, source=public_text.reason(source)[:LONGEST_SOURCE], now=now) for row in table.rows
    ]
    known = select(OutsideLetter.grid_code, OutsideLetter.plain, OutsideLetter.code)
    codes = {(grid, plain): code for grid, plain, code in session.execute(known)}
    fresh = {(row["grid_code"], row["plain"]): row for row in rows}
    made = [row for key, row in fresh.items() if key not in codes]
    if made:
        session.execute(insert(OutsideLetter), made)
    codes |= {(row["grid_code"], row["plain"]): row["code"] for row in made}
    for key, row in sorted(fresh.items(), key=lambda item: (item[0][0], item[1]["address"])):
        yield Letter(row["grid_code"], row["address"], grouped(codes[key]))


def _outside_row(row: sheets.Row, *, source: str, now: datetime) -> dict[str, Any]:
    grid, address = row["grid"], row["address"]
    if not STRATUM.fits(grid) or not address or len(address) > LONGEST_ADDRESS:
        raise Invalid(_("第 %(line)s 行：要写明网格编号和地址。", line=row.line))
    if public_text.holds_numbers(address):
        raise Invalid(_("第 %(line)s 行：地址里不能有电话号码或证件号码。", line=row.line))
    plain = spellings.plain(address)
    named = {"grid_code": grid, "address": address, "plain": plain, "source": source, "made_at": now}
    return {"code": _new(), **named}


def _new() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(CHARACTERS))


def count(session: Session, address: str, *, keys: Keyring, now: datetime) -> None:
    """Keep a question before it is answered, wrong ones too; raise TooManyQuestions at too many in an hour.

    One at a time, so that none slips by; the address's network is kept as a keyed digest, and for an hour.
    """
    campaign.campaign_lock(session)
    who = hmac.digest(keys.raw(KEY), network(address, HOUSE).encode(), sha256)
    session.execute(delete(Question).where(or_(Question.at < now - WINDOW, Question.at > now)))
    asked = session.scalar(select(func.count(Question.id)).where(Question.who == who)) or 0
    if asked >= MOST:
        raise TooManyQuestions(_("问得太多了，请一小时以后再来。"))
    session.add(Question(who=who, at=now))
    session.flush()
