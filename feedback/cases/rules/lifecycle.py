"""What may happen to a case: who may do which event from which state, and in whose hands it then is.

What this table lacks is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from feedback.roles import COORDINATION_CODE, DISTRICT_CODE, OFFICE, OFFICES
from huying.base.errors import Conflict, Forbidden, Invalid, Refused
from huying.base.i18n import Lazy, _, lazy

STATES: Mapping[str, Lazy] = {
    "registered": lazy("已登记"),
    "answered": lazy("已接单"),
    "whistled": lazy("已吹哨"),
    "accepted": lazy("部门已受理"),
    "refused": lazy("部门已退回"),
    "waiting": lazy("等居民回复"),
    "paused": lazy("已暂停"),
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
    "return": lazy("交还网格"),
    "take_over": lazy("接手"),
    "backstop": lazy("转区级兜底"),
    "ask": lazy("询问居民"),
    "reply": lazy("回复"),
    "recall": lazy("撤回询问"),
    "pause": lazy("暂停"),
    "resume": lazy("恢复办理"),
    "void": lazy("暂停作废"),
    "declare": lazy("报告办结"),
    "confirm": lazy("确认解决"),
    "contest": lazy("反映没有解决"),
    "unsure": lazy("回答“说不清”"),
    "lapse": lazy("按无人答复处理"),
    "withdraw": lazy("撤回"),
    "join": lazy("并入同一件事"),
    "out_of_scope": lazy("按不属于受理范围结束"),
}

NOBODY = ""
"""The holder of a case that is over."""

WORKED = frozenset({"registered", "answered", "whistled", "accepted", "contested"})
"""States in which a holder works on the case: it may ask the resident, or declare the case solved."""

RUNNING = WORKED | {"refused", "waiting", "paused", "declared"}
"""States in which somebody holds the case."""

PAUSES: Mapping[str, Lazy] = {
    "weather": lazy("天气"),
    "court": lazy("诉讼或仲裁"),
    "owner": lazy("当事人不在"),
    "season": lazy("季节不宜施工"),
}
"""Why a case may be paused: a closed list."""

COORDINATION = f"dept:{COORDINATION_CODE}"
"""The coordinator's office: whatever a department refuses goes up to it, never back to the worker."""
DISTRICT = f"dept:{DISTRICT_CODE}"
"""Who holds what nobody took the lead of in time."""
PAUSE = "pause"

Hands = Literal[
    "actor", "same", "receiver", "desk", "resident", "unit", "nobody", "asker", "paused", "district"
]


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
STANDS_IN = frozenset({OFFICE, "dept"})
RESIDENT = frozenset({"resident"})
CLOCK = frozenset({"clock"})
REVIEWERS = frozenset({"reviewer"})
OPENERS = frozenset({"resident", "operator", "worker", OFFICE, "import"})

TABLE = (
    Rule("answer", frozenset({"registered"}), DESK, "answered", "actor"),
    Rule("answer", frozenset({"contested"}), DESK, "answered", "same"),
    Rule("whistle", frozenset({"answered", "refused"}), STAFF, "whistled", "receiver"),
    Rule("whistle", frozenset({"registered"}), DEPT, "whistled", "receiver"),
    Rule("accept", frozenset({"registered", "whistled"}), DEPT, "accepted", "same"),
    Rule("refuse", frozenset({"registered", "whistled", "accepted"}), DEPT, "refused", "receiver"),
    Rule("done", frozenset({"accepted"}), DEPT, "answered", "desk"),
    Rule("return", frozenset({"refused"}), DEPT, "answered", "desk"),
    Rule("take_over", WORKED, STANDS_IN, "answered", "actor"),
    Rule("backstop", frozenset({"refused"}), CLOCK, "answered", "district"),
    Rule("ask", WORKED, STAFF, "waiting", "resident"),
    Rule("reply", frozenset({"waiting"}), RESIDENT, "asked", "asker"),
    Rule("recall", frozenset({"waiting"}), STAFF, "asked", "asker"),
    Rule("pause", WORKED, STAFF, "paused", "paused"),
    Rule("resume", frozenset({"paused"}), STAFF | CLOCK, "asked", "asker"),
    Rule("void", frozenset({"paused"}), CLOCK, "asked", "asker"),
    Rule("declare", WORKED, STAFF, "declared", "resident"),
    Rule("confirm", frozenset({"declared"}), RESIDENT, "confirmed", "nobody"),
    Rule("contest", frozenset({"declared", "confirmed", "unconfirmed"}), RESIDENT, "contested", OFFICE),
    Rule("unsure", frozenset({"declared"}), RESIDENT, "unconfirmed", "nobody"),
    Rule("lapse", frozenset({"declared"}), CLOCK, "unconfirmed", "nobody"),
    Rule("withdraw", RUNNING, RESIDENT, "ended", "nobody"),
    Rule("join", RUNNING, CLOCK, "ended", "nobody"),
    Rule("out_of_scope", frozenset({"refused"}), REVIEWERS, "ended", "nobody"),
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


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts on a case, and how the case lies to their hand.

    `actor`: spelt like a holder, or `operator`, `import`, `clock`, `reviewer`; which worker it is, is asked
    elsewhere. `keeper`: whose desk the case is on while the resident has it or it is paused. `stands_in`:
    the case is on the actor's desk because nobody else can act for its keeper. `lead`: who was named to lead.
    """

    actor: str
    holder: str = NOBODY
    keeper: str = NOBODY
    stands_in: bool = False
    lead: str = NOBODY


def next_state(
    state: str | None,
    event: str,
    *,
    hand: Hand,
    to: str | None = None,
    desk: str = "worker",
    asked_from: Standing | None = None,
) -> Standing:
    """Return where a case in `state` stands after `event`.

    `to`: the `dept:<code>` that a whistle or an import goes to, or why a case is paused; a refusal needs
    none. `desk`: who keeps the case on the ground, `worker`, or OFFICE in a vacant grid and in later rounds.
    `asked_from`: the standing in which the question was asked that a reply answers, or that was paused.
    Raise Conflict for a wrong state, Forbidden for a wrong actor, Invalid where something is missing.
    """
    if event == "open":
        return _opened(state, actor=hand.actor, to=to, desk=desk)
    fault = _fault(state or "", event, hand)
    if fault is not None:
        raise fault
    rule = RULES[event, state or ""]
    if rule.hands == "asker":
        return _resumed(asked_from, keeper=hand.keeper)
    if rule.hands == "receiver":
        to = COORDINATION if event == "refuse" else to
        return Standing(rule.state, _receiver(to, holder=hand.holder, event=event))
    if rule.hands == "paused":
        return Standing(rule.state, f"{PAUSE}:{_pause_reason(to)}")
    if event == "take_over" and hand.actor == COORDINATION:
        return Standing("refused", COORDINATION)
    hands = {
        "actor": hand.actor,
        "same": hand.holder,
        "desk": desk,
        "district": DISTRICT,
        "nobody": NOBODY,
    }
    return Standing(rule.state, hands.get(rule.hands, rule.hands))


def allowed(state: str, hand: Hand) -> tuple[str, ...]:
    """Return the events that may be done now, in the order of EVENTS; a page offers no other."""
    return tuple(event for event in EVENTS if event != "open" and _fault(state, event, hand) is None)


def _opened(state: str | None, *, actor: str, to: str | None, desk: str) -> Standing:
    if state is not None:
        raise Conflict(_("这件事已经登记过了。"))
    if actor not in OPENERS:
        raise Forbidden(_("您不能登记新的事项。"))
    return Standing("registered", _receiver(to, holder=NOBODY, event="open") if actor == "import" else desk)


def _fault(state: str, event: str, hand: Hand) -> Refused | None:
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
    if kind(hand.actor) not in rule.who:
        return Forbidden(_("您不能对这件事%(events)s。", events=EVENTS[event]))
    if kind(hand.actor) in STAFF and not _in_hand(event, hand):
        return Forbidden(_("这件事现在不在您手里，不能%(events)s。", events=EVENTS[event]))
    if event == "refuse" and hand.lead == hand.actor:
        return Forbidden(_("这件事由你们首接负责，不能退回。"))
    return None


def _in_hand(event: str, hand: Hand) -> bool:
    """Tell whether the actor may: as holder, as who asked or paused, or in the stead of one who can't act."""
    if event == "take_over":
        return hand.stands_in and hand.actor in {OFFICE, COORDINATION}
    if event in {"recall", "resume"}:
        return hand.actor == hand.keeper or hand.stands_in
    return hand.actor == hand.holder


def _receiver(to: str | None, *, holder: str, event: str) -> str:
    if to is None or kind(to) != "dept" or to == department(""):
        raise Invalid(_("请选择接办的部门。"))
    if to == holder:
        raise Invalid(_("不能转给现在经办的部门自己。"))
    if event == "whistle" and to.removeprefix("dept:") in OFFICES:
        raise Invalid(_("不能向协调、兜底单位吹哨，请选择办事的部门。"))
    return to


def _pause_reason(reason: str | None) -> str:
    if reason is None or reason not in PAUSES:
        raise Invalid(_("请选择暂停的理由。"))
    return reason


def _resumed(asked_from: Standing | None, *, keeper: str) -> Standing:
    """Return the standing before the question or the pause, in the hands of whoever keeps the case now."""
    if asked_from is None or asked_from.state not in WORKED:
        raise Conflict(_("没有等您回复的问题。"))
    return Standing(asked_from.state, keeper or asked_from.holder)
