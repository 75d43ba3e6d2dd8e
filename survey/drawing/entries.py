"""Log entries, one function per type: each checks its fields and returns the canonical line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.drawing import beacon as events
from survey.drawing import fields
from survey.drawing.binding import Binding
from survey.drawing.canonical import canonical
from survey.drawing.tally import mean_text

SHORT_OF_PLAN = "response < plan"
LATE = "late"
WITHHELD = "withheld"
VOICES = ("household", "adults")


def _line(kind: str, given: Mapping[str, object]) -> bytes:
    return canonical({"t": kind, **{name: value for name, value in given.items() if value is not None}})


def _salt(s: str | None) -> str | None:
    return None if s is None else fields.NONCE.check(s)


def _each(form: fields.FieldForm, values: Iterable[str] | None) -> list[str] | None:
    """Return the values checked, sorted and each once; None for none, since no entry holds an empty list."""
    return sorted({form.check(value) for value in values or ()}) or None


def _counts(held: Mapping[str, int] | None) -> list[list[str | int]] | None:
    return None if held is None else [[fields.STRATUM.check(h), n] for h, n in sorted(held.items()) if n]


def frame(
    *,
    n: int,
    root: str,
    wave: str,
    at: str | None = None,
    nophone: Mapping[str, int] | None = None,
    optout: Mapping[str, int] | None = None,
    absent: Sequence[tuple[str, str]] = (),
    told: Mapping[str, str] | None = None,
) -> bytes:
    """Open a wave: its frame's lines and tree hash; by stratum, who had no number or wished no call.

    `absent` are grids that the map had and the frame has not, each with the day since which it is so. A
    campaign's frame is `told` further: its kind, and the digest of the deposit or the wave that it is of.
    """
    return _line(
        "frame",
        {
            **(told or {}),
            "n": fields.whole(n, name=_("户数"), least=1),
            "root": fields.HASH.check(root),
            "wave": fields.WAVE.check(wave),
            "absent": [[fields.STRATUM.check(grid), fields.day(since)] for grid, since in absent] or None,
            "at": None if at is None else fields.instant(at),
            "nophone": _counts(nophone),
            "optout": _counts(optout),
        },
    )


def exclude(*, n: int, sha256: str, waves: Sequence[str]) -> bytes:
    """Record lines and digest of `exclude.tsv`, and the waves whose units left the frame."""
    if not waves:
        raise Invalid(_("要写明排除的是哪几轮的住户。"))
    return _line(
        "exclude",
        {
            "n": fields.whole(n, name=_("排除的户数")),
            "sha256": fields.HASH.check(sha256),
            "waves": _each(fields.WAVE, waves),
        },
    )


def design(
    *,
    attempts: int,
    sha256: str,
    beacon: str | None = None,
    plan: int | None = None,
    most: int | None = None,
    item: str | None = None,
    voice: str | None = None,
    terms: str | None = None,
    binding: Binding | None = None,
) -> bytes:
    """Record the digest of `design.tsv` and what else is fixed before the draw.

    `attempts` before a non-contact may be final, the coming event `beacon`, `plan` and `most` of the
    release rule, the headline `item`, whose `voice` a unit counts, and the digest of the other `terms`.
    With a `binding` the design is of version 2 and leaves nothing unnamed.
    """
    if voice is not None and voice not in VOICES:
        raise Invalid(_("计数单位只能是 household（一户一票）或 adults（按成年人数）。"))
    if (plan is None) != (most is None):
        raise Invalid(_("补充批规则要同时写明目标完成数和最多批数。"))
    return _line(
        "design",
        {
            "attempts": fields.whole(attempts, name=_("拨打次数"), least=1),
            "sha256": fields.HASH.check(sha256),
            "beacon": None if beacon is None else events.check_source(beacon),
            "plan": None if plan is None else fields.whole(plan, name=_("目标完成数")),
            "most": None if most is None else fields.whole(most, name=_("最多批数")),
            "item": None if item is None else fields.ITEM.check(item),
            "voice": voice,
            "terms": None if terms is None else fields.HASH.check(terms),
            **({} if binding is None else binding.as_fields()),
        },
    )


def commit(*, by: str, c: str, at: str | None = None) -> bytes:
    """Record a party's sealed part."""
    stamp = None if at is None else fields.instant(at)
    return _line("commit", {"by": fields.PARTY.check(by), "c": fields.HASH.check(c), "at": stamp})


def reveal(*, by: str, r: str) -> bytes:
    """Record a party's opened part."""
    return _line("reveal", {"by": fields.PARTY.check(by), "r": fields.HASH.check(r)})


def beacon(*, after: int, source: str, value: str, sig: str | None = None, at: str | None = None) -> bytes:
    """Record the public value; `after` is the size of the checkpoint at the freeze."""
    return _line(
        "beacon",
        {
            "after": fields.whole(after, name=_("冻结时的日志条数"), least=1),
            "source": source,
            "value": events.check_value(value, source=source, sig=sig),
            "sig": sig,
            "at": None if at is None else fields.instant(at),
        },
    )


def draw(*, key: str) -> bytes:
    """Record the draw by its key."""
    return _line("draw", {"key": fields.HASH.check(key)})


def release(*, h: str, late: bool = False) -> bytes:
    """Release the next replicate of stratum `h`, or its late one."""
    return _line("release", {"h": fields.STRATUM.check(h), "why": LATE if late else SHORT_OF_PLAN})


def person(*, u: str, m: int, k: int, s: str | None = None) -> bytes:
    """Record which of the m listed adults is asked, before the interview."""
    if not 1 <= k <= fields.whole(m, name=_("成年人数"), least=1):
        raise Invalid(_("第 %(k)s 位不在登记的 %(m)s 位成年人之内。", k=k, m=m))
    return _line("person", {"u": fields.UNIT.check(u), "m": m, "k": k, "s": _salt(s)})


def attempt(*, u: str, at: str, by: str | None = None, s: str | None = None) -> bytes:
    """Record an attempt at civil time `at` (`YYYY-MM-DDTHH:MM`), before any outcome of it."""
    return _line(
        "attempt",
        {
            "u": fields.UNIT.check(u),
            "at": fields.minute(at),
            "by": None if by is None else fields.STAFF.check(by),
            "s": _salt(s),
        },
    )


def call(
    *, u: str, day: str, w: str, m: str, back: bool = False, by: str | None = None, s: str | None = None
) -> bytes:
    """Record an attempt by day and window `w`; `m` commits to its minute, `back` says that they rang us."""
    return _line(
        "attempt",
        {
            "u": fields.UNIT.check(u),
            "day": fields.day(day),
            "w": fields.WINDOW.check(w),
            "m": fields.HASH.check(m),
            "in": 1 if back else None,
            "by": None if by is None else fields.STAFF.check(by),
            "s": _salt(s),
        },
    )


def final(*, u: str, code: str, how: str | None = None, a: str | None = None, s: str | None = None) -> bytes:
    """Record a released unit's outcome; `how` it came without a call, `a` binds all of its answers."""
    return _line(
        "final",
        {
            "u": fields.UNIT.check(u),
            "code": fields.OUTCOME.check(code),
            "how": None if how is None else fields.OUTCOME.check(how),
            "a": None if a is None else fields.HASH.check(a),
            "s": _salt(s),
        },
    )


def answers(*, day: str, c: Mapping[str, Iterable[str]]) -> bytes:
    """Record a batch of answer commitments by stratum; strata without any are left out."""
    batch: dict[str, list[str]] = {}
    for stratum, given in c.items():
        hashes = sorted(fields.HASH.check(commitment) for commitment in given)
        if len(set(hashes)) < len(hashes):
            raise Invalid(_("层 %(stratum)s 有重复的回答承诺。", stratum=stratum))
        if hashes:
            batch[fields.STRATUM.check(stratum)] = hashes
    if not batch:
        raise Invalid(_("这一批没有回答。"))
    return _line("answers", {"day": fields.day(day), "c": batch})


def correction(
    *,
    u: str,
    from_: str,
    to: str,
    why: str,
    by: Iterable[str] | None = None,
    drop: Iterable[str] | None = None,
    s: str | None = None,
) -> bytes:
    """Record a new outcome of a unit; `drop` names the dropped commitments, exactly if `from_` is `complete`.

    `why` is a code or the digest of a salted text, never free text. `by` names who decided: two where a
    complete is undone.
    """
    dropped = _each(fields.HASH, drop)
    names = _each(fields.ROLE, by)
    if from_ == "complete" and names is not None and len(names) < 2:
        raise Invalid(_("改动一份完成的访问，要两个不同角色的人。"))
    if (from_ == "complete") != (dropped is not None):
        raise Invalid(_("只有改动一份完成的访问时，才要（也必须）写明作废的回答承诺。"))
    return _line(
        "correction",
        {
            "u": fields.UNIT.check(u),
            "from": fields.OUTCOME.check(from_),
            "to": fields.OUTCOME.check(to),
            "why": fields.REASON.check(why),
            "by": names,
            "drop": dropped,
            "s": _salt(s),
        },
    )


def close(
    *,
    result: Literal["done", "early", "void"],
    why: str,
    by: Iterable[str] | None = None,
    short: Iterable[str] | None = None,
    unworked: Iterable[str] | None = None,
) -> bytes:
    """Close the field; a `void` wave names in `by` who refused to open a part.

    `short` strata fell short of the plan, `unworked` units lack attempts.
    `why` is a code or the digest of a salted text, never free text.
    """
    if result not in {"done", "early", "void"}:
        raise Invalid(_("一轮只能以 done（完成）、early（提前）或 void（作废）结束。"))
    return _line(
        "close",
        {
            "result": result,
            "why": fields.REASON.check(why),
            "by": _each(fields.PARTY if result == "void" else fields.ROLE, by),
            "short": _each(fields.STRATUM, short),
            "unworked": _each(fields.UNIT, unworked),
        },
    )


def score(*, mean: Fraction | None, publishable: bool) -> bytes:
    """Record the wave's score, its last entry; a tally that may not be published is said to be withheld."""
    return _line("score", {"mean": mean_text(mean), "tally": None if publishable else WITHHELD})


def key(*, op: Literal["add", "drop"], role: Literal["log", "witness"], vkey: str) -> bytes:
    """Record a key that joins or leaves the log's signers or witnesses."""
    if op not in {"add", "drop"} or role not in {"log", "witness"}:
        raise Invalid(_("公钥条目只能是 add 或 drop，角色只能是 log 或 witness。"))
    return _line("key", {"op": op, "role": role, "vkey": fields.VKEY.check(vkey)})
