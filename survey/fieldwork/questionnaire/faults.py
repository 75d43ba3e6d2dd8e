"""What keeps a questionnaire from being asked: every fault of it as a sentence for who wrote it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from huying.base.i18n import _
from survey.fieldwork.questionnaire import bound, texts
from survey.fieldwork.questionnaire.conditions import atoms
from survey.fieldwork.questionnaire.instrument import Questionnaire
from survey.fieldwork.questionnaire.items import DONT_KNOW, Item, Option
from survey.fieldwork.questionnaire.orders import PLAIN, Orders, arranged
from survey.fieldwork.questionnaire.path import Walk
from survey.fieldwork.questionnaire.walks import walks

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}", re.ASCII)
CODE = re.compile(r"[A-Z][A-Z0-9]{0,5}(-[A-Z])?", re.ASCII)
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?", re.ASCII)
MOST_ITEMS = 200
MOST_WALKS = 5_000
"""Ours has 386; nobody looks through more than some thousand."""
SHOWN = 5
"""So many of one kind of fault are said one by one."""


def faults(questionnaire: Questionnaire) -> tuple[str, ...]:
    """Return a sentence for each fault, in the order of the file; none where it can be asked.

    Ways through it are walked only once everything that they lead to is in order.
    """
    found = [*_of_names(questionnaire), *_of_items(questionnaire), *_of_conditions(questionnaire)]
    found += [*bound.faults(questionnaire)]
    if not found:
        found += [*_of_ways(questionnaire)]
    return tuple(dict.fromkeys((*found, *_of_words(questionnaire))))


def _of_names(form: Questionnaire) -> Iterator[str]:
    if not NAME.fullmatch(form.name):
        yield _("问卷的名字“%(name)s”应当是小写字母、数字、点和横线，最多 32 个。", name=form.name[:40])
    if len(form.every_item) > MOST_ITEMS:
        yield _("题目太多了，最多 %(most)s 题。", most=MOST_ITEMS)


def _of_items(form: Questionnaire) -> Iterator[str]:
    for items in _lists(form):
        for code, times in Counter(item.code for item in items).items():
            if times > 1:
                yield _("题号 %(code)s 用了 %(times)s 次。", code=code, times=times)
    of_calls = {item.code for items in form.calls.values() for item in items}
    for code in sorted(of_calls & set(form.by_code)):
        yield _("题号 %(code)s 通话里有，访问里也有。", code=code)
    for item in form.every_item:
        yield from _of_item(item)


def _of_item(item: Item) -> Iterator[str]:
    if not CODE.fullmatch(item.code):
        yield _("题号“%(code)s”应当像 A1、S-A 这样写。", code=item.code[:20])
    listed = [option.value for option in (*item.options, *item.unread)]
    for value, times in Counter(listed).items():
        if times > 1:
            yield _("%(code)s：选项 %(value)s 写了 %(times)s 次。", code=item.code, value=value, times=times)
    if any(value >= DONT_KNOW for value in listed):
        yield _("%(code)s：98、99 是说不清和拒绝回答，选项不能用。", code=item.code)
    if bool(item.options) != (item.kind in {"single", "multi"}):
        yield _("%(code)s：单选、多选要有选项，数字、原话不能有。", code=item.code)
    if item.kind == "number" and not item.least < item.most < DONT_KNOW:
        yield _("%(code)s：数字要有范围，最小的小于最大的，最大的小于 98。", code=item.code)
    if item.own_dont_know is not None and item.own_dont_know not in listed:
        yield _("%(code)s：“不知道”的选项 %(value)s 没有。", code=item.code, value=item.own_dont_know)


def _of_conditions(form: Questionnaire) -> Iterator[str]:
    for items in _orders(form):
        places = {item.code: place for place, item in enumerate(items)}
        by_code = {item.code: item for item in items}
        for place, item in enumerate(items):
            for atom in atoms(item.condition):
                other = by_code.get(atom.code)
                named = {"code": item.code, "other": atom.code}
                if other is None:
                    yield _("%(code)s 的条件提到 %(other)s，没有这一题。", **named)
                elif places[atom.code] >= place:
                    yield _("%(code)s 的条件提到 %(other)s，它却在后面才问：绕成了圈。", **named)
                elif unknown := sorted(set(atom.values) - other.values):
                    yield _(
                        "%(code)s 的条件提到 %(other)s=%(value)s，没有这个选项。", **named, value=unknown[0]
                    )


def _lists(form: Questionnaire) -> Iterator[Sequence[Item]]:
    yield from form.calls.values()
    yield form.items


def _orders(form: Questionnaire) -> Iterator[Sequence[Item]]:
    """Items in every order in which what comes before what may differ."""
    yield from _lists(form)
    is_known = {*form.rotated, *form.overall, form.early} <= set(form.by_code)
    if is_known and len(form.by_code) == len(form.items):
        yield from (arranged(form, Orders(start=start)) for start in range(1, len(form.rotated)))
        yield arranged(form, Orders(early=True))


def _of_ways(form: Questionnaire) -> Iterator[str]:
    for situation, items in form.calls.items():
        where = _("通话（%(situation)s）", situation=situation)
        yield from _of_walks(items, where=where, ends=_comes_through)
    last = arranged(form, PLAIN)[-1].code
    yield from _of_walks(form.items, where=_("访问"), ends=lambda found: found.asked[-1] == last)


def _comes_through(found: Walk) -> bool:
    return found.kept.get("S3") in {1, 2}


def _of_walks(items: Sequence[Item], *, where: str, ends: Callable[[Walk], bool]) -> Iterator[str]:
    found = list(islice(walks(items), MOST_WALKS + 1))
    if len(found) > MOST_WALKS:
        yield _("%(where)s：走法超过 %(most)s 种，没有人核对得了。", where=where, most=MOST_WALKS)
        return
    reached = {code for each in found for code in each.asked}
    for item in items:
        if item.code not in reached:
            yield _("%(where)s：无论怎么答，都问不到 %(code)s。", where=where, code=item.code)
    stuck = {_step(each) for each in found if each.end is None and not ends(each)}
    for step in sorted(stuck)[:SHOWN]:
        yield _(
            "%(where)s：答了 %(step)s 以后没有下一题，也没有结束语：走进了死胡同。", where=where, step=step
        )
    for code, option in _overrun(items, found):
        yield _(
            "%(where)s：%(code)s=%(value)s 应当结束，却还有题要问。",
            where=where,
            code=code,
            value=option.value,
        )


def _step(found: Walk) -> str:
    code = found.asked[-1]
    return f"{code}={found.kept[code]}" if isinstance(found.kept[code], int) else code


def _overrun(items: Sequence[Item], found: Sequence[Walk]) -> Iterator[tuple[str, Option]]:
    """Answers that end the call, after which something is asked all the same."""
    for item in items:
        for option in item.options:
            said = [each for each in found if each.kept.get(item.code) == option.value]
            if option.ends and any(each.asked[-1] != item.code for each in said):
                yield item.code, option


def _of_words(form: Questionnaire) -> Iterator[str]:
    known = {*bound.BLANKS, texts.SCALE}
    for item in form.every_item:
        for blank in texts.BLANK.findall(item.text):
            if blank not in known or (blank == texts.SCALE) != (item.code in form.five_level):
                yield _("%(code)s：没有办法填上【%(blank)s】。", code=item.code, blank=blank[:20])
    for words in (*form.texts.values(), *form.probes.values()):
        for blank in sorted(set(texts.BLANK.findall(words)) - bound.BLANKS):
            yield _("没有办法填上【%(blank)s】。", blank=blank[:20])
    if any(not word.strip() for item in form.every_item for word in item.words):
        yield _("有一题或者一个选项没有文字。")
    for language, said in form.translations.items():
        yield from _of_translation(form, language, said)


def _of_translation(form: Questionnaire, language: str, said: Mapping[str, str]) -> Iterator[str]:
    if not LANGUAGE.fullmatch(language):
        yield _("译文的语言“%(language)s”应当像 en、yue 这样写。", language=language[:20])
    missing = [word for word in form.words if not said.get(word, "").strip()]
    for word in missing[:SHOWN]:
        yield _("译文 %(language)s 缺少“%(word)s”。", language=language, word=word[:40])
    if len(missing) > SHOWN:
        yield _("译文 %(language)s 一共缺少 %(n)s 处。", language=language, n=len(missing))
    for word in form.words:
        if word not in missing and set(texts.BLANK.findall(word)) != set(texts.BLANK.findall(said[word])):
            yield _("译文 %(language)s 的“%(word)s”和原文的【】不一样。", language=language, word=word[:40])
