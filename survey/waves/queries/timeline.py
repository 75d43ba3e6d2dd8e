"""A wave's story for somebody who was not there: what was fixed when, which number decided, who watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from huying.base.i18n import _
from survey.models import Wave
from survey.waves.queries.ceremony import Ceremony
from survey.waves.rules.parties import digest_text


@dataclass(frozen=True, slots=True)
class Point:
    """A point of time: done, next or later; `facts` are names and values to be compared elsewhere."""

    title: str
    state: str
    at: datetime | None
    text: str
    facts: Sequence[tuple[str, str]] = ()


def points(walk: Ceremony) -> list[Point]:
    """Return the wave's points in their order; nothing of the sample, and the key only at the end."""
    return [_point(walk, step.key, str(step.title), step.state) for step in walk.steps]


def _point(walk: Ceremony, key: str, title: str, state: str) -> Point:
    wave = walk.wave
    entries = next(step.entries for step in walk.steps if step.key == key)
    at = (
        entries[-1].at
        if entries
        else {"open": wave.drawn_at, "close": wave.ended_at or wave.closed_at, "score": wave.closed_at}.get(
            key
        )
    )
    done = state == "done"
    text, facts = _text_and_facts(walk, key)
    # Of what is still to come only the name is said: nobody knows how it will go.
    return Point(title, state, at, text, facts) if done else Point(title, state, None, "")


def _frozen(walk: Ceremony) -> str:
    size, sample = f"{walk.wave.frame_size:,}", f"{walk.sample:,}"
    if walk.wave.is_campaign:
        return _(
            "%(size)s 件、%(strata)s 层定了下来，抽 %(sample)s 件。抽样框和规则从此不能改。",
            size=size,
            strata=walk.grids,
            sample=sample,
        )
    return _(
        "%(households)s 户、%(grids)s 个网格定了下来，首批抽 %(sample)s 户。名册和规则从此不能改。",
        households=size,
        grids=walk.grids,
        sample=sample,
    )


def _text_and_facts(walk: Ceremony, key: str) -> tuple[str, Sequence[tuple[str, str]]]:
    wave = walk.wave
    parties = "、".join(walk.parties)
    return {
        "freeze": (
            _frozen(walk),
            ((_("名册指纹"), wave.frame_root), (_("将用的公开事件"), wave.beacon_source)),
        ),
        "commit": (
            _("%(who)s 各自想好一个秘密的数，封起来，只公布指纹。", who=parties) if parties else "",
            _digests(walk),
        ),
        "beacon": (
            _("公开事件给出了一个数。它出现以前，没有人能知道会抽到谁。"),
            ((_("公开随机值"), wave.beacon_value or ""),),
        ),
        "reveal": (_("各方打开封存的数，与指纹一比，谁也没有换。"), ()),
        "draw": (_("这些数合在一起，决定了每一户的号签；号签最小的被抽中。"), _key(wave)),
        "open": (_("开始打电话。没人接的要换时间再打，打够说好的次数。"), ()),
        "close": (_("访问结束，不再拨打。答卷封存完毕，开始计票。"), ()),
        "score": (_("得分算出，写进账本，全部材料公布。"), ()),
    }[key]


def _key(wave: Wave) -> Sequence[tuple[str, str]]:
    return ((_("抽签的钥匙"), wave.draw_key),) if wave.closed_at and wave.draw_key else ()


def _digests(walk: Ceremony) -> Sequence[tuple[str, str]]:
    """What each party compares with its own: its digest, as the ledger has it."""
    entries = next(step.entries for step in walk.steps if step.key == "commit")
    return [(entry.party, digest_text(entry.line["c"])) for entry in entries]
