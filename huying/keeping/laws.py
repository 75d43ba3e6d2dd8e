"""Laws that what is stored obeys: each looked at by recomputing, each broken one named."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from huying.base.errors import Refused
from huying.base.i18n import Words, lazy
from huying.keeping import guards
from huying.ledger import audit, rotation
from huying.ledger.store import Ledger
from huying.store.installation import Installation

LONGEST = 120


@dataclass(frozen=True, slots=True)
class LawFinding:
    """How many things a law was held to, and those that break it, each by its name in the tables."""

    looked: int
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """Something that must hold in the tables of a side; `look` only reads."""

    name: Words
    look: Callable[[Session, Installation], LawFinding]

    def held(self, session: Session, here: Installation) -> LawFinding:
        """Return how the law stands; rows that can't even be read break it."""
        try:
            return self.look(session, here)
        except Refused as refusal:
            return LawFinding(0, (refusal.message,))
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            return LawFinding(0, (repr(error)[:LONGEST],))


def found(looked: int, broken: Iterable[object]) -> LawFinding:
    """Return how a law stands."""
    return LawFinding(looked, tuple(map(str, broken)))


def of_ledger(ledger: Ledger, *, suffix: str = "") -> Law:
    """Return the law that a ledger's tree and its signed roots follow from its lines."""

    def look(session: Session, here: Installation) -> LawFinding:
        origin = f"{here.ledger_origin}{suffix}"
        keys = list(rotation.signers(ledger, session, keys=here.keys, origin=origin))
        return found(ledger.size(session), audit.faults(ledger, session, keys=keys))

    name = lazy("账本：每一行、每个摘要、每个签过的检查点都重算一致")
    return Law(lazy("核实的账本：每一行、每个摘要、每个签过的检查点都重算一致") if suffix else name, look)


def of_guards(package: str) -> Law:
    """Return the law that the database refuses what it must refuse."""

    def look(session: Session, _here: Installation) -> LawFinding:
        return found(len(guards.wanted(package)), guards.faults(session, package=package))

    return Law(lazy("触发器：只增不改的表都有，没有停用的"), look)
