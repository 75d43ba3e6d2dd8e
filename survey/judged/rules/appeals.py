"""An appeal: what may be wrong, who counts again and until when, who decides, and what nobody may write."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from huying.base import public_text
from huying.base.errors import Conflict, Forbidden, Invalid
from huying.base.i18n import Lazy, _, lazy
from survey.drawing.codes import ALPHABET
from survey.roles import AUDITOR, REGISTRAR, SUPERVISOR
from survey.waves.rules.early_ending import Signer

DECIDE = (AUDITOR, REGISTRAR, SUPERVISOR)
"""Whoever makes no score and chooses nobody: they count again and decide, two of different roles."""
RECOUNT = timedelta(days=15)
"""So long after it was lodged an appeal has its answer."""
LONGEST, MOST_CASES = 1000, 20
CONFIRMED, CORRECTED = "confirmed", "corrected"
CASES = "cases"
REASONS: Mapping[str, Lazy] = {
    "holder": lazy("这一期不是我值守"),
    CASES: lazy("这几件诉求算错了"),
    "vacant": lazy("没有人值守的时间算到我头上了"),
    "registry": lazy("名册里的户不对"),
    "arithmetic": lazy("数算错了"),
    "other": lazy("别的"),
}
"""What the holder of a card may say is wrong."""
COUNTED: Mapping[str, Lazy] = {
    "holder": lazy("谁在哪几天值守，按最后一份交存文件重看。"),
    CASES: lazy("您写的每一件诉求，在谁手里多久，按交存的步骤重算。"),
    "vacant": lazy("没有人值守的小时，按交存的值守表重算，算给派单单位。"),
    "registry": lazy("网格在冻结时有多少户，和外面来的户数重新对一遍。"),
    "arithmetic": lazy("卡上的每一行，从封存的答卷重新算一遍。"),
    "other": lazy("您写的事，由重算的人去查。"),
}
"""What is looked at once more for each reason; the card's rows are counted again for all."""
OUTCOMES: Mapping[str, Lazy] = {CONFIRMED: lazy("维持：没有错"), CORRECTED: lazy("申诉成立，要更正")}
SIGN = f"[{ALPHABET}]"
UNIT_CODE = re.compile(
    rf"(?<![0-9A-Z])(?:H(?:-?{SIGN}){{13}}|{SIGN}{{16}}|{SIGN}{{4}}(?:[ -]{SIGN}{{4}}){{3}})(?![0-9A-Z])"
)
"""A drawn household's code, or a receipt as it is printed or run together."""


@dataclass(frozen=True, slots=True)
class LodgedAppeal:
    """What the holder of a card says is wrong: a reason, words, codes of cases of the public side."""

    reason: str
    said: str
    cases: Sequence[str] = ()


def case_codes(text: str | None) -> tuple[str, ...]:
    """Return the codes of cases that a field holds, each once, whatever stands between them."""
    parts = re.split(r"[\s,，、;；]+", unicodedata.normalize("NFKC", text or ""))
    return tuple(dict.fromkeys(part for part in parts if part))


def check_lodged(given: LodgedAppeal, *, known: Collection[str]) -> LodgedAppeal:
    """Return an appeal tidied; raise Invalid where it says nothing, or names cases that the area hasn't.

    `known` are the codes, among those named, of deposited cases of the area.
    """
    if given.reason not in REASONS:
        raise Invalid(_("请选择哪里不对。"))
    if len(given.cases) > MOST_CASES:
        raise Invalid(_("一次最多写 %(most)s 件诉求。", most=MOST_CASES))
    if given.reason == CASES and not given.cases:
        raise Invalid(_("请写出是哪几件诉求的编号。"))
    if strange := [code for code in given.cases if code not in known]:
        raise Invalid(_("交来的材料里，这里没有这些诉求：%(codes)s。", codes="、".join(strange[:5])))
    return LodgedAppeal(given.reason, check_words(given.said), tuple(given.cases))


def check_words(text: str, *, names: Collection[str] = ()) -> str:
    """Return words of an appeal tidied; raise Invalid for none, too many, or any that point to somebody.

    `names` are those of interviewers, and addresses.
    """
    said = " ".join(text.split())
    if not said or len(said) > LONGEST:
        raise Invalid(_("请写一两句，最多 %(most)s 个字。", most=LONGEST))
    plain = _run_together(said)
    if public_text.holds_numbers(said) or _holds_code(said):
        raise Invalid(_("不要写电话、证件号码，也不要写住户的编号：谁被问过，谁也不能说。"))
    if any(name in plain for name in map(_run_together, names) if len(name) > 1):
        raise Invalid(_("不要写访问员的名字和住户的地址：谁问了谁，谁也不能说。"))
    return said


def _run_together(text: str) -> str:
    """Words as they are compared: without blanks and dashes, whatever their width and case."""
    return re.sub(r"[\s\-\u2010-\u2015\u2212]", "", unicodedata.normalize("NFKC", text)).casefold()


def _holds_code(said: str) -> bool:
    """Whether words hold a code; four words of four letters are none, unless a digit is among them."""
    found = UNIT_CODE.finditer(unicodedata.normalize("NFKC", said).upper())
    return any(" " not in each[0] or any(sign.isdigit() for sign in each[0]) for each in found)


def due_at(lodged_at: datetime) -> datetime:
    """Return by when an appeal is decided."""
    return lodged_at + RECOUNT


def check_decider(by: Signer) -> None:
    """Raise Forbidden unless somebody of this role may count again and decide."""
    if by.role not in DECIDE:
        raise Forbidden(_("得分是评估员做的，申诉由督导、名册管理员或审计员来办。"))


def check_taken(taken_by: str | None) -> None:
    """Raise Conflict where somebody counts again already."""
    if taken_by is not None:
        raise Conflict(_("这件申诉已经有人在重算了。"))


def check_finder(taken_by: str | None, *, by: Signer, due: datetime, now: datetime) -> None:
    """Raise unless it is whoever took the appeal up; anybody of these roles once its day is over."""
    check_decider(by)
    if taken_by is None:
        raise Conflict(_("请先接下这件申诉：谁在重算，要写在卡上。"))
    if taken_by != by.login and now < due:
        raise Conflict(_("这件申诉由 %(name)s 重算。", name=taken_by))


def check_second(first: Signer, second: Signer) -> None:
    """Raise unless the second person is another one, of another role that may decide."""
    check_decider(second)
    if second.login == first.login or second.role == first.role:
        raise Conflict(_("要由另一个人、另一种职责的人来决定。"))
