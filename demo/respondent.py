"""How an invented household behaves on the telephone: whether it picks up, talks, and what it thinks."""

from __future__ import annotations

import random
from dataclasses import dataclass

from demo.households import DEAD_LINE, LIVED_IN, DemoHousehold

UNSAID = ("觉得说了也没用", "自己解决了", "不知道找谁")
MISSES = ("no_answer", "no_answer", "no_answer", "busy", "machine")


@dataclass(frozen=True, slots=True)
class Respondent:
    """A household with its truth. Equal seeds give equal answers, in whatever order they are asked."""

    household: DemoHousehold
    seed: int

    def _chance(self, what: str) -> random.Random:
        return random.Random(f"{self.seed}/{self.household.code}/{what}")  # noqa: S311  (an invented person)

    def picks_up(self, attempt: int) -> bool:
        """Whether somebody answers the attempt of this number."""
        here = self.household
        return here.home != DEAD_LINE and self._chance(f"reach{attempt}").random() < here.reachable

    def miss(self, attempt: int) -> str:
        """How an attempt ends that nobody answers: a temporary code."""
        if self.household.home == DEAD_LINE:
            return "number_suspect"
        return self._chance(f"miss{attempt}").choice(MISSES)

    @property
    def lives_there(self) -> bool:
        """Whether whoever picks up lives where the registry says."""
        return self.household.home == LIVED_IN

    def willing(self) -> bool:
        """Whether it agrees to be asked."""
        return self._chance("willing").random() < self.household.willing

    def answer(self, item: str) -> str:
        """Return what the interviewer types for an item."""
        truth = self._truth()
        return truth[item] if item in truth else self._by_chance(item)

    def _truth(self) -> dict[str, str]:
        home = self.household
        return {
            "C1": "1",
            "S1": "1",
            "S3": "1",
            "S2A": "1",
            "S2B": "1",
            "A1": "1" if home.aware else "3",
            "E1": "1" if home.asked else self._chance("E1").choice("2222221"),
            "E1A": "1" if home.asked else "2",
            "E1R": self._chance("E1R").choice(UNSAID),
            "E4": "1" if home.satisfied else "3",
            "S-A": str(home.conduct),
            "S-B": str(home.overall),
            "S-C": str(home.result),
            "S-D": str(home.department),
            "G1": str(home.overall),
            "G1C": str(home.overall),
            "O1": "",
            "B2": "2",
            "D2": str(2 * home.age + self._chance("D2").choice((1, 2))),
            "D3": "2" if home.renting else "1",
        }

    def _by_chance(self, item: str) -> str:
        options = {
            "A2": ("1", "2", "1 2 5", "9"),
            "A3": "1123",
            "A4A": "1122",
            "A4": "112",
            "A5": "2",
            "V1": "2212",
            "V1N": "1123",
            "E2": "123456789",
            "E3": "1234",
            "E5": "12235",
            "E5H": "123",
            "B1": "2" * 30 + "1",
            "B1W": "1",
            "B1A": "2" * 60 + "1",
            "B1AW": "1",
            "O2": "2",
            "D1": "12",
            "D4": "1223",
        }
        return self._chance(item).choice(options[item])
