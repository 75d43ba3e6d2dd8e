"""The ledger's lines as sentences, for people: what happened, to which wave or household, by whom."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from huying.base.i18n import Lazy, _, lazy

Entry = Mapping[str, Any]

DRAWING, CALLING, RESULTS, REGISTRY, KEYS = "drawing", "calling", "results", "registry", "keys"
SUBJECTS: Mapping[str, Lazy] = {
    DRAWING: lazy("冻结和抽签"),
    CALLING: lazy("访问"),
    RESULTS: lazy("结果"),
    REGISTRY: lazy("名册和交存"),
    KEYS: lazy("公钥"),
}
"""What the lines are about, in the order in which a page offers them."""

RESULT_NAMES = {"done": lazy("做完了"), "early": lazy("提前结束"), "void": lazy("作废")}


def _short(digest: object) -> str:
    return f"{str(digest)[:12]}…"


def _frame(entry: Entry) -> str:
    return _(
        "%(wave)s：名册冻结，%(n)s 户，指纹 %(root)s",
        wave=entry["wave"],
        n=entry["n"],
        root=_short(entry["root"]),
    )


def _release(entry: Entry) -> str:
    return _("%(h)s 放出下一批", h=entry["h"])


def _person(entry: Entry) -> str:
    return _("%(u)s 户：%(m)s 位成年人里抽中第 %(k)s 位", u=entry["u"], m=entry["m"], k=entry["k"])


def _slot(entry: Entry) -> str:
    return _("%(day)s，时段 %(window)s", day=entry["day"], window=entry["w"])


def _attempt(entry: Entry) -> str:
    at = entry["at"].replace("T", " ") if "at" in entry else _slot(entry)
    if entry.get("in"):
        return _("%(u)s 户打回来，%(at)s", u=entry["u"], at=at)
    return _("%(u)s 户：拨打一次，%(at)s", u=entry["u"], at=at)


def _answers(entry: Entry) -> str:
    count = sum(len(given) for given in entry["c"].values())
    return _("%(day)s 的回答封存，%(count)s 份", day=entry["day"], count=count)


def _correction(entry: Entry) -> str:
    return _("%(u)s 户的结果由 %(was)s 更正为 %(to)s", u=entry["u"], was=entry["from"], to=entry["to"])


def _close(entry: Entry) -> str:
    return _("访问结束：%(how)s", how=RESULT_NAMES[entry["result"]])


def _score(entry: Entry) -> str:
    return _(
        "公布得分：平均 %(mean)s，全市满意 %(direct)s%%", mean=entry["mean"], direct=entry.get("direct", "–")
    )


def _release_made(entry: Entry) -> str:
    return _(
        "%(wave)s：过了期限才算出的满意率，另记在这里：%(direct)s%%",
        wave=entry["wave"],
        direct=entry["direct"],
    )


def _appeal(entry: Entry) -> str:
    return _(
        "%(wave)s：第 %(n)s 件申诉，%(until)s 以前有结果",
        wave=entry["wave"],
        n=entry["n"],
        until=entry["until"],
    )


def _appeal_decided(entry: Entry) -> str:
    how = {"confirmed": _("维持"), "corrected": _("更正")}.get(entry["how"], entry["how"])
    return _("%(wave)s：第 %(n)s 件申诉有了结果：%(how)s", wave=entry["wave"], n=entry["n"], how=how)


def _attribution(entry: Entry) -> str:
    return _("%(period)s 的办理时间归到各自名下，第 %(n)s 次公布", period=entry["period"], n=entry["n"])


def _registry(entry: Entry) -> str:
    return _(
        "名册变动：登记 %(new)s 户，改电话 %(changed)s 户，迁出 %(left)s 户",
        new=entry["new"],
        changed=entry["changed"],
        left=entry["left"],
    )


def _key(entry: Entry) -> str:
    name = str(entry["vkey"]).split("+", maxsplit=1)[0]
    return (
        _("%(name)s 的公钥加入", name=name) if entry["op"] == "add" else _("%(name)s 的公钥退出", name=name)
    )


def _depositor(entry: Entry) -> str:
    return _("记下公众端的签名公钥") if "vkey" in entry else _("记下公众端账本的公钥")


SENTENCES: Mapping[str, tuple[str, Callable[[Entry], str]]] = {
    "frame": (DRAWING, _frame),
    "exclude": (DRAWING, lambda entry: _("前几轮问过的 %(n)s 户这一轮不再问", n=entry["n"])),
    "design": (DRAWING, lambda entry: _("抽法锁定，指纹 %(sha256)s", sha256=_short(entry["sha256"]))),
    "commit": (DRAWING, lambda entry: _("%(by)s 封存了一份密数", by=entry["by"])),
    "reveal": (DRAWING, lambda entry: _("%(by)s 打开了密数", by=entry["by"])),
    "beacon": (DRAWING, lambda entry: _("公开随机值：%(value)s", value=entry["value"])),
    "draw": (DRAWING, lambda entry: _("抽签，抽签用的数 %(key)s", key=_short(entry["key"]))),
    "release": (DRAWING, _release),
    "calendar": (DRAWING, lambda entry: _("公布 %(year)s 年的日历", year=entry["year"])),
    "person": (CALLING, _person),
    "attempt": (CALLING, _attempt),
    "final": (CALLING, lambda entry: _("%(u)s 户的结果：%(code)s", u=entry["u"], code=entry["code"])),
    "answers": (CALLING, _answers),
    "correction": (CALLING, _correction),
    "close": (CALLING, _close),
    "score": (RESULTS, _score),
    "release_made": (RESULTS, _release_made),
    "preview": (
        RESULTS,
        lambda entry: _(
            "%(wave)s：得分已定，先给被评的人看，到 %(until)s", wave=entry["wave"], until=entry["until"]
        ),
    ),
    "appeal": (RESULTS, _appeal),
    "appeal_decided": (RESULTS, _appeal_decided),
    "attest": (RESULTS, lambda entry: _("%(by)s 签名作证", by=str(entry["by"]).split("+", maxsplit=1)[0])),
    "attribution": (RESULTS, _attribution),
    "erase": (RESULTS, lambda entry: _("%(wave)s：删去 %(n)s 份答卷", wave=entry["wave"], n=entry["n"])),
    "registry": (REGISTRY, _registry),
    "deposit": (REGISTRY, lambda entry: _("收下 %(period)s 的交存文件", period=entry["period"])),
    "discard": (REGISTRY, lambda entry: _("弃用一份交存文件 %(sha256)s", sha256=_short(entry["sha256"]))),
    "recipient": (KEYS, lambda entry: _("收件公钥换为 %(k)s", k=_short(entry["k"]))),
    "depositor": (KEYS, _depositor),
    "key": (KEYS, _key),
}
"""What each type of line is about, and how it is said."""

OUTCOMES: Mapping[str, tuple[str, ...]] = {"final": ("code",), "correction": ("from", "to")}
"""Where a line of this type holds the code of an outcome."""

OutcomeName = Callable[[str], str]


def subject(body: str) -> str:
    """Return what a line is about; nothing of a type that has no sentence."""
    return SENTENCES.get(json.loads(body)["t"], ("", str))[0]


def sentence(body: str, *, outcome: OutcomeName = str) -> str:
    """Return a line as a sentence; a type that has none is named as it stands. `outcome` names a code."""
    entry: Entry = json.loads(body)
    named = {key: outcome(entry[key]) for key in OUTCOMES.get(entry["t"], ())}
    found = SENTENCES.get(entry["t"])
    return found[1]({**entry, **named}) if found else str(entry["t"])
