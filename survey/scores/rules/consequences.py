"""Whether anything may follow for a person from a score: six conditions, each of which refuses alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from huying.base.i18n import Lazy, lazy
from survey.scores.rules.release import HALF

CONDUCT = "conduct"
LEAST_ANSWERS, WAVES, MONTHS = 10, 4, 12.0
FAR_BELOW, WORST = "below_99.8", -3.0
BLOCKING = frozenset({"1", "2", "4", "7", "8", "11", "17", "18", "19"})
"""Footnotes that say that a figure can't bear a consequence."""


class Hearing(Enum):
    """Whether whoever is judged could say something to a score before anything follows from it."""

    NONE = auto()
    """The judged didn't see the score before it was public."""
    RUNNING = auto()
    """The days in which they may appeal aren't over."""
    WAITING = auto()
    """An appeal isn't decided."""
    UPHELD = auto()
    """An appeal was right, and the score isn't corrected since."""
    OVER = auto()
    """Nobody appealed in time, or every appeal is decided."""


@dataclass(frozen=True, slots=True)
class ReleaseStanding:
    """Where a figure stands in one release: below its type's mean with its band, and how much is its own.

    `gamma_decision` is None where there were too few grids for a model.
    """

    below_type: bool
    gamma_decision: float | None
    position: str | None

    @property
    def reliable(self) -> bool:
        """Whether half of it or more is its own, or chance alone hardly puts it where it lies."""
        return (self.gamma_decision or 0.0) >= HALF or self.position == FAR_BELOW


@dataclass(frozen=True, slots=True)
class ConsequenceEvidence:
    """What the six conditions look at: a worker's figure `now`, `before`, and what else is known of it.

    `n` answers to `item` from `waves` waves over `months` months; `z_between` is the composite's z with the
    variance between places, None where none is made. `n` and `now` are None where the figure isn't shown:
    of one that is hidden nothing is told, not even on which side of a limit it lies.
    """

    item: str
    n: int | None
    waves: int
    months: float
    now: ReleaseStanding | None
    before: ReleaseStanding | None
    z_between: float | None
    footnotes: frozenset[str]
    hearing: Hearing


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the six: what it asks for, and why it refuses; None where it holds."""

    number: int
    asks: Lazy
    refusal: Callable[[ConsequenceEvidence], Lazy | None]


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A condition that was looked at; `why` it refuses is None where it holds."""

    number: int
    asks: Lazy
    why: Lazy | None


def look(found: ConsequenceEvidence) -> tuple[LookedAt, ...]:
    """Return the six conditions as they hold, in their order."""
    return tuple(LookedAt(each.number, each.asks, each.refusal(found)) for each in CONDITIONS)


def may_follow(found: ConsequenceEvidence) -> bool:
    """Whether all six conditions hold."""
    return all(each.refusal(found) is None for each in CONDITIONS)


def share_of_own(n: int, needed: int) -> float:
    """Return how much of a figure of `n` answers is its own, where `needed` give it the half.

    >>> round(share_of_own(10, 42), 3)
    0.192
    """
    return n / (n + needed)


def one_more(n: int, needed: int) -> float:
    """Return by how much a figure of `n` answers rises for one satisfied answer more: γ/n, weights alike.

    >>> round(one_more(10, 42), 4)
    0.0192
    """
    return share_of_own(n, needed) / n


def answers_needed(figures: Sequence[ModelledFigure]) -> int | None:
    """Return how many answers give a figure of this item half of its weight, computed over all grids.

    The variance between grids is the smaller of the two that the model found, share and design effect are
    those of all answers together. None where no model was fitted, or it found no difference between grids.
    """
    from sampling.areas.grid_scores import n_needed  # noqa: PLC0415  (only cards need the mathematics)

    known = [each for each in figures if 0 < each.gamma < 1 and 0 < each.gamma_decision < 1]
    if not known:
        return None
    answers, worth = sum(each.n for each in known), sum(each.n_eff for each in known)
    share = sum(each.n_eff * each.direct for each in known) / worth
    between = min(each.between_at_decision for each in known)
    return n_needed(between, share, deff=answers / worth) if between > 0 and 0 < share < 1 else None


PEERS = 2
"""Fewer scores are no group to lie apart from."""


def composite_z(own: tuple[float, float], peers: Sequence[tuple[float, float]]) -> float | None:
    """Return how far a composite lies from its peers, in errors that hold the variance between them.

    `own` and `peers` are scores with their errors; None beside fewer than two peers.
    """
    from sampling.comparing.peers import gap  # noqa: PLC0415  (only cards need the mathematics)

    if len(peers) < PEERS:
        return None
    scores, errors = zip(*peers, strict=True)
    return gap(*own, scores, errors).z


@dataclass(frozen=True, slots=True)
class ModelledFigure:
    """A grid's figure as the model left it: answers, their worth, its own share, and both weights of that."""

    n: int
    n_eff: float
    direct: float
    gamma: float
    gamma_decision: float
    between: float

    @property
    def between_at_decision(self) -> float:
        """The variance between grids that the weight for decisions stands on."""
        psi = self.between * (1 - self.gamma) / self.gamma
        return psi * self.gamma_decision / (1 - self.gamma_decision)


HIDDEN = lazy("这个数不公布，所以这一条不算满足。")


def _enough(found: ConsequenceEvidence) -> Lazy | None:
    if found.item != CONDUCT:
        return lazy("这个数不是对网格员态度的评价，不能用来奖惩网格员。")
    if found.n is None:
        return HIDDEN
    if found.n < LEAST_ANSWERS:
        return lazy("对态度的回答不到10份。")
    if found.waves < WAVES and found.months < MONTHS:
        return lazy("回答还没有跨满四轮或十二个月。")
    return None


def _below(found: ConsequenceEvidence) -> Lazy | None:
    if found.now is None:
        return HIDDEN
    return None if found.now.below_type else lazy("把误差算上，看不出比同类网格差。")


def _own(found: ConsequenceEvidence) -> Lazy | None:
    if found.now is None:
        return HIDDEN
    return None if found.now.reliable else lazy("这个数主要来自同类网格，本网格自己的回答还不够。")


def _unblocked(found: ConsequenceEvidence) -> Lazy | None:
    return lazy("这个数带着不能用于奖惩的注，见下面。") if found.footnotes & BLOCKING else None


def _twice(found: ConsequenceEvidence) -> Lazy | None:
    then = found.before
    if then is not None and then.below_type and then.reliable:
        return None
    if found.z_between is not None and found.z_between < WORST:
        return None
    return lazy("上一次公布的得分里不是这样；只有一次，可能是碰巧。")


HEARINGS = {
    Hearing.NONE: lazy("得分公布以前没有先给被评的人看。"),
    Hearing.RUNNING: lazy("还在可以申诉的日子里。"),
    Hearing.WAITING: lazy("申诉还没有结果。"),
    Hearing.UPHELD: lazy("申诉成立，得分还没有更正。"),
}


def _heard(found: ConsequenceEvidence) -> Lazy | None:
    return HEARINGS.get(found.hearing)


CONDITIONS = (
    Condition(1, lazy("只看对态度的评价，至少10份回答，跨满四轮或十二个月"), _enough),
    Condition(2, lazy("把误差全算上，仍然低于同类网格的平均"), _below),
    Condition(3, lazy("一半以上来自本网格自己的回答，或者低得不像碰巧"), _own),
    Condition(4, lazy("没有不能用于奖惩的注"), _unblocked),
    Condition(5, lazy("接连两次公布都是这样"), _twice),
    Condition(6, lazy("先给本人看过，申诉都有了结果"), _heard),
)
"""All of them must hold; where one doesn't, nothing may follow for anybody."""
