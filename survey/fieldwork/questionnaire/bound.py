"""What the rest of the program reads of a questionnaire, and every version therefore keeps.

Outcomes hang on the items of the call, scores and weights on those of the interview, by code and value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from huying.base.i18n import _
from survey.fieldwork.questionnaire.instrument import Questionnaire, Situation
from survey.fieldwork.questionnaire.items import Ending, Item

TEXTS = ("INTRO2", "RECORDING", "VERIFY", "WHERE_TO", "END")
BLANKS = frozenset({"调查机构", "委托方", "核实电话", "工号", "小区", "天数", "受访人"})
FIVE = frozenset({1, 2, 3, 4, 5})
EITHER = frozenset({1, 2})
OF_CALL: Mapping[str, frozenset[int]] = {"C1": frozenset({1, 2, 3}), "S3": frozenset({1, 2, 3})}
OF_HOUSEHOLD: Mapping[str, frozenset[int]] = {"S1": EITHER}
"""Asked in every call but one that resumes an interview: it is known then."""
OF_INTERVIEW: Mapping[str, frozenset[int]] = {
    "S2A": EITHER,
    "S2B": EITHER,
    "A1": frozenset({1, 2, 3}),
    "A2": frozenset(range(1, 7)),
    "A3": frozenset(),
    "A4": frozenset({1, 2, 3}),
    "E4": frozenset({1, 2, 3, 4}),
    **dict.fromkeys(("S-A", "S-C", "S-D", "G1", "G1C"), FIVE),
    "B1": EITHER,
    "B1A": EITHER,
    "D2": frozenset(range(1, 7)),
    "D3": EITHER,
    "D4": frozenset({1, 2}),
}

ENDS: Mapping[tuple[str, int], Ending] = {
    ("C1", 2): Ending.APPOINTMENT,
    ("C1", 3): Ending.REFUSED,
    ("S1", 2): Ending.NUMBER_WRONG,
    ("S2A", 2): Ending.NOT_ELIGIBLE,
    ("S2B", 2): Ending.NOT_ELIGIBLE,
    ("S3", 3): Ending.NOT_IN,
}
"""By what these answers end the call, it is given its outcome."""


def faults(form: Questionnaire) -> Iterator[str]:
    """Yield what of it is missing."""
    for name in TEXTS:
        if not form.texts.get(name, "").strip():
            yield _("缺少话术 %(name)s。", name=name)
    for situation in Situation:
        items = form.calls.get(situation, ())
        wanted = OF_CALL if situation is Situation.RESUMED else {**OF_CALL, **OF_HOUSEHOLD}
        yield from _missing(items, wanted, where=_("通话（%(situation)s）", situation=situation))
    yield from _missing(form.items, OF_INTERVIEW, where=_("访问"))
    yield from _of_orders(form)


def _missing(items: Sequence[Item], wanted: Mapping[str, frozenset[int]], *, where: str) -> Iterator[str]:
    by_code = {item.code: item for item in items}
    for code, values in wanted.items():
        item = by_code.get(code)
        if item is None:
            yield _("%(where)s：缺少 %(code)s，得分或者结果要用它。", where=where, code=code)
        elif lacking := sorted(values - item.values):
            yield _(
                "%(where)s：%(code)s 缺少选项 %(value)s，得分或者结果要用它。",
                where=where,
                code=code,
                value=lacking[0],
            )
        else:
            yield from _endless(item, where=where)


def _endless(item: Item, *, where: str) -> Iterator[str]:
    for (code, value), ends in ENDS.items():
        if code == item.code and item.end(value) is not ends:
            yield _(
                "%(where)s：%(code)s=%(value)s 应当以 %(ends)s 结束。",
                where=where,
                code=code,
                value=value,
                ends=ends,
            )


def _of_orders(form: Questionnaire) -> Iterator[str]:
    named = (*form.rotated, form.swapped, *form.five_level, *form.overall, form.early)
    known = set(form.by_code)
    for code in sorted({*named, *form.screening, *form.probes} - known):
        yield _("次序、筛选或者追问里的 %(code)s，没有这一题。", code=code or "–")
    if not form.rotated or not form.overall:
        yield _("次序里要写明轮换的几题（rotated）和总体评价（overall）。")
    swapped = form.by_code.get(form.swapped)
    if swapped and [option.value for option in swapped.options[:2]] != [1, 2]:
        yield _("%(code)s：对调的前两个选项应当是 1 和 2。", code=swapped.code)
    for code in sorted(form.five_level & known):
        if [option.value for option in form.by_code[code].options] != [5, 4, 3, 2, 1]:
            yield _("%(code)s：五级的选项应当依次是 5、4、3、2、1。", code=code)
    if known.issuperset(form.rotated) and not _is_block(form):
        yield _("轮换的几题应当挨在一起。")
    if known.issuperset({*form.overall, form.early}) and not _can_come_first(form):
        yield _("总体评价的几题应当各写一次，排在 %(early)s 后面。", early=form.early)


def _can_come_first(form: Questionnaire) -> bool:
    codes = [item.code for item in form.items]
    after = codes[codes.index(form.early) + 1 :]
    return len(set(form.overall)) == len(form.overall) and set(form.overall) <= set(after)


def _is_block(form: Questionnaire) -> bool:
    codes = [item.code for item in form.items]
    return "\n".join(form.rotated) in "\n".join(codes)
