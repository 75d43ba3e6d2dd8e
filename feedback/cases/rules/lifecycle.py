"""What may happen to a case: who may do which event from which state, and in whose hands it then is.

What this table lacks is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from feedback.roles import OFFICE
from huying.base.errors import Conflict, Forbidden, Invalid, Refused
from huying.base.i18n import Lazy, _, lazy

STATES: Mapping[str, Lazy] = {
    "registered": lazy("已登记"),
    "answered": lazy("已接单"),
    "whistled": lazy("已吹哨"),
    "accepted": lazy("部门已受理"),
    "refused": lazy("部门已退回"),
    "waiting": lazy("等居民回复"),
    "declared": lazy("已报办结"),
    "confirmed": lazy("居民确认解决"),
    "contested": lazy("居民反映没有解决"),
    "unconfirmed": lazy("未获确认"),
    "ended": lazy("已结束"),
}

EVENTS: Mapping[str, Lazy] = {
    "open": lazy("登记"),
    "answer": lazy("接单"),
    "whistle": lazy("吹哨"),
    "accept": lazy("受理"),
    "refuse": lazy("退回"),
    "done": lazy("交回办理结果"),
    "ask": lazy("询问居民"),
    "reply": lazy("回复"),
    "declare": lazy("报告办结"),
    "confirm": lazy("确认解决"),
    "contest": lazy("反映没有解决"),
    "unsure": lazy("回答“说不清”"),
    "lapse": lazy("按无人答复处理"),
    "withdraw": lazy("撤回"),
    "join": lazy("并入同一件事"),
}

NOBODY = ""
"""The holder of a case that is over."""

WORKED = frozenset({"registered", "answered", "whistled", "accepted", "contested"})
"""States in which a holder works on the case: it may ask the resident, or declare the case solved."""

RUNNING = WORKED | {"refused", "waiting", "declared"}
"""States in which somebody holds the case."""

REFUSALS: Mapping[str, Lazy] = {
    "not_ours": lazy("请写明应由哪个部门办理。"),
    "missing_fact": lazy("请写明要问居民什么。"),
    "done": lazy("请写明做了什么、什么时候做的。"),
    "law_forbids": lazy("请写明依据的条款。"),
}
"""Reasons a department may give for refusing, and what each has to bring."""

Hands = Literal["actor", "same", "receiver", "desk", "resident", "unit", "nobody", "asker"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a case stands: its state, and its holder.

    The holder is `worker`, `dept:<code>`, OFFICE, `resident` or `pause:<reason>`, or NOBODY.
    """

    state: str
    holder: str

    @property
    def opens_round(self) -> bool:
        """Whether the next round begins here, because the resident says it isn't solved."""
        return self.state == "contested"

    @property
    def over(self) -> bool:
        """Whether nobody holds the case any more."""
        return self.holder == NOBODY


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the table: `event`, from which states, by which kinds of actor, to which state and hands.

    A worker, office or department among `who` must hold the case at that moment.
    """

    event: str
    sources: frozenset[str]
    who: frozenset[str]
    state: str
    hands: Hands


STAFF = frozenset({"worker", OFFICE, "dept"})
DESK = frozenset({"worker", OFFICE})
DEPT = frozenset({"dept"})
RESIDENT = frozenset({"resident"})
CLOCK = frozenset({"clock"})
OPENERS = frozenset({"resident", "operator", "worker", OFFICE, "import"})

TABLE = (
    Rule("answer", frozenset({"registered"}), DESK, "answered", "actor"),
    Rule("answer", frozenset({"contested"}), DESK, "answered", "same"),
    Rule("whistle", frozenset({"answered", "refused"}), STAFF, "whistled", "receiver"),
    Rule("accept", frozenset({"whistled"}), DEPT, "accepted", "same"),
    Rule("refuse", frozenset({"whistled", "accepted"}), DEPT, "refused", "receiver"),
    Rule("done", frozenset({"accepted"}), DEPT, "answered", "desk"),
    Rule("ask", WORKED, STAFF, "waiting", "resident"),
    Rule("reply", frozenset({"waiting"}), RESIDENT, "asked", "asker"),
    Rule("declare", WORKED, STAFF, "declared", "resident"),
    Rule("confirm", frozenset({"declared"}), RESIDENT, "confirmed", "nobody"),
    Rule("contest", frozenset({"declared", "confirmed", "unconfirmed"}), RESIDENT, "contested", OFFICE),
    Rule("unsure", frozenset({"declared"}), RESIDENT, "unconfirmed", "nobody"),
    Rule("lapse", frozenset({"declared"}), CLOCK, "unconfirmed", "nobody"),
    Rule("withdraw", RUNNING, RESIDENT, "ended", "nobody"),
    Rule("join", RUNNING, CLOCK, "ended", "nobody"),
)
RULES: Mapping[tuple[str, str], Rule] = {
    (rule.event, source): rule for rule in TABLE for source in rule.sources
}


def department(code: str) -> str:
    """Return the holder, or the actor, that a department's code stands for."""
    return f"dept:{code}"


def kind(who: str) -> str:
    """Return the kind of a holder or an actor: `dept:water` is a `dept`."""
    return who.partition(":")[0]


def next_state(
    state: str | None,
    event: str,
    *,
    actor: str,
    holder: str = NOBODY,
    to: str | None = None,
    desk: str = "worker",
    asked_from: Standing | None = None,
) -> Standing:
    """Return where a case in `state`, held by `holder`, stands after `actor` does `event`.

    `actor`: spelt like a holder, or `operator`, `import`, `clock`; which worker it is, is asked elsewhere.
    `to`: the `dept:<code>` that a whistle or an import goes to; for a refusal, the coordinator's office.
    `desk`: who keeps the case on the ground, `worker`, or OFFICE in a vacant grid and in later rounds.
    `asked_from`: the standing in which the question was asked that a reply answers.
    Raise Conflict for a wrong state, Forbidden for a wrong actor, Invalid where something is missing.
    """
    if event == "open":
        return _opened(state, actor=actor, to=to, desk=desk)
    fault = _fault(state or "", event, actor=actor, holder=holder)
    if fault is not None:
        raise fault
    rule = RULES[event, state or ""]
    if rule.hands == "asker":
        return _resumed(asked_from)
    if rule.hands == "receiver":
        return Standing(rule.state, _receiver(to, holder=holder))
    hands = {"actor": actor, "same": holder, "desk": desk, "nobody": NOBODY}
    return Standing(rule.state, hands.get(rule.hands, rule.hands))


def allowed(state: str, *, actor: str, holder: str) -> tuple[str, ...]:
    """Return the events that `actor` may do now, in the order of EVENTS; a page offers no other."""
    return tuple(
        event
        for event in EVENTS
        if event != "open" and _fault(state, event, actor=actor, holder=holder) is None
    )


def event_of_word(solved: str) -> str:
    """Return the event that a word is: `solved`, `not_solved` or `unsure`; marks open no round."""
    if solved not in {"solved", "not_solved", "unsure"}:
        raise Invalid(_("请选择“解决了”“没有解决”或“说不清”。"))
    return {"solved": "confirm", "not_solved": "contest"}.get(solved, "unsure")


def check_refusal(reason: str, *, text: str) -> None:
    """Raise Invalid unless a refusal gives a listed reason and, in words, what that reason has to bring."""
    if reason not in REFUSALS:
        raise Invalid(_("请选择退回的理由。"))
    if not text.strip():
        raise Invalid(REFUSALS[reason])


def _opened(state: str | None, *, actor: str, to: str | None, desk: str) -> Standing:
    if state is not None:
        raise Conflict(_("这件事已经登记过了。"))
    if actor not in OPENERS:
        raise Forbidden(_("您不能登记新的事项。"))
    return Standing("registered", _receiver(to, holder=NOBODY) if actor == "import" else desk)


def _fault(state: str, event: str, *, actor: str, holder: str) -> Refused | None:
    if event not in EVENTS:
        return Invalid(_("没有这种操作。"))
    rule = RULES.get((event, state))
    if rule is None:
        return Conflict(
            _(
                "这件事现在是“%(state)s”，不能%(events)s。",
                state=STATES.get(state, _("未登记")),
                events=EVENTS[event],
            )
        )
    if kind(actor) not in rule.who:
        return Forbidden(_("您不能对这件事%(events)s。", events=EVENTS[event]))
    if kind(actor) in STAFF and not _in_hand(event, actor=actor, holder=holder):
        return Forbidden(_("这件事现在不在您手里，不能%(events)s。", events=EVENTS[event]))
    return None


def _in_hand(event: str, *, actor: str, holder: str) -> bool:
    """Tell whether the actor holds the case; a worker may also take up what the office holds."""
    return actor == holder or (event, actor, holder) == ("answer", "worker", OFFICE)


def _receiver(to: str | None, *, holder: str) -> str:
    if to is None or kind(to) != "dept" or to == department(""):
        raise Invalid(_("请选择接办的部门。"))
    if to == holder:
        raise Invalid(_("不能转给现在经办的部门自己。"))
    return to


def _resumed(asked_from: Standing | None) -> Standing:
    if asked_from is None or asked_from.state not in WORKED:
        raise Conflict(_("没有等您回复的问题。"))
    return asked_from
