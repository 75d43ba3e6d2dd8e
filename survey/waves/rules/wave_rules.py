"""The rules of a wave: sealed before its draw, read by everything that happens after it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from survey.drawing.canonical import canonical
from survey.drawing.release import ReleaseRule
from survey.drawing.work import LEAST_DAYS
from survey.kinds import CASE_FOLLOWUP, HEADLINES, HOUSEHOLDS, PHASE2, TEST_CALL, VISIT_CHECK
from survey.waves.rules import sealed_auditors
from survey.waves.rules.effort import Effort

HOURS = ("standard", "any")
HALF, NEVER = "half", "never"
APART = "apart"
LISTS = {
    APART: lazy("名单上的户和其他户分开抽，各抽一样多：能看出名单有没有偏"),
    "together": lazy("不分开，一起抽"),
}
MOST_ATTEMPTS = 30
MOST_WORDS = 2000
FIRST_WORDING = "5d6778a888922aa351adb88c4cfea80107270812d46c0e3b24716d7411483caf"
"""The digest of the questionnaire's words in waves that were frozen before a wave named its own."""
WORDING = "3b25baa66d6fdd9db5c3bac92a906ce0f7a6dddf93bd6557ec8318c5c4b27f11"
"""The digest of the words with which new waves ask."""
WORDINGS = {"v0": FIRST_WORDING, "v1": WORDING}
"""The questionnaires that come with the program, by name."""
HEADLINE = HEADLINES[HOUSEHOLDS]
"""The one item whose answers make the published score."""
CAMPAIGN_WORDINGS = {
    CASE_FOLLOWUP: "18296c56983fb9d55c043084e09e27925ddb08b86879deb4a805829c20979844",
    VISIT_CHECK: "5f3613d6f6b38d8958f52949aa9a0c40720a2c051d2ae9f2408ebf0aa209b180",
    TEST_CALL: "a9177b1095b2f287d2eedca41f595ce5727d03f2935aa31b7abe0bf0abf0c874",
    PHASE2: "d23d0ad503b74e440445e3551c17b13c587f2856e58e0c43b66efa414b9efc91",
}
"""The digests of the words with which campaigns ask."""


@dataclass(frozen=True, slots=True)
class WaveRules:
    """What the draw officer seals: effort, release rule, headline item, whose voice counts, calling hours.

    `attempts` counted attempts over `windows` windows and `days` days before nobody was reached (fewer where
    there are fewer attempts), `asked_extra` more where the respondent asked for it; `plan` completes wanted
    of each stratum and at `most` so many replicates. `control` households are drawn apart, for their numbers
    to be checked. `criteria` says in words by what grids were sorted into types. `hours` is `standard`, or
    `any` where nobody is dialled for real. `lists` is `apart` where the listed and the others of a grid are
    drawn as two strata. An empty `item` or `voice` stays out of the ledger, and without
    an item the digest of these terms too. `unworked` is the largest share (per mille) that may be left
    unworked, `armcap` of a listed arm that may be drawn; on `late_day` so many `late` units of each stratum
    go out. `auditors` may attest; `quorum` witnesses are asked for. `wording` is the digest of the
    questionnaire's words; `overall_early` is `half` where the headline item is asked before the
    particulars in a random half of the interviews, else `never`. `hotline` is the line that test calls dial.
    """

    attempts: int = 6
    plan: int = 10
    most: int = 1
    windows: int = 3
    days: int = 5
    asked_extra: int = 3
    item: str = HEADLINE
    voice: str = "household"
    hours: str = "standard"
    control: int = 0
    criteria: str = ""
    lists: str = "together"
    unworked: int = 20
    armcap: int = 200
    late: int = 0
    late_day: str = ""
    auditors: Sequence[str] = ()
    quorum: int = 0
    wording: str = WORDING
    overall_early: str = HALF
    hotline: str = ""

    def __post_init__(self) -> None:
        if not 1 <= self.attempts <= MOST_ATTEMPTS:
            raise Invalid(
                _("未接通至少拨打的次数应当是 1 到 %(most_attempts)s。", most_attempts=MOST_ATTEMPTS)
            )
        if min(self.plan, self.most, self.windows, self.days, self.asked_extra, self.control) < 0:
            raise Invalid(_("规则里的数目不能是负数。"))
        if min(self.unworked, self.armcap, self.late, self.quorum) < 0:
            raise Invalid(_("规则里的数目不能是负数。"))
        if bool(self.late) != bool(self.late_day):
            raise Invalid(_("晚放出的一批，户数和日期要一起写。"))
        sealed_auditors.check(self.auditors)
        if self.item not in {"", *HEADLINES.values()}:
            raise Invalid(_("总分题只能是 %(headline)s。", headline=HEADLINE))
        if self.voice not in {"", "household"}:
            raise Invalid(_("计数单位现在只支持 household（一户一票）。"))
        if len(self.criteria) > MOST_WORDS:
            raise Invalid(_("网格类型的说明太长了，最多 %(most)s 个字。", most=MOST_WORDS))
        if self.lists not in LISTS:
            raise Invalid(_("名单上的户只能是 apart（分开抽）或 together（一起抽）。"))
        if self.hours not in HOURS:
            raise Invalid(_("拨打时段只能是 standard（规定时段）或 any（不限，仅用于演示）。"))
        _check_overall(self.overall_early)

    @property
    def effort(self) -> Effort:
        """How hard a household is tried; one attempt can't spread over two windows or days.

        Nowhere less than the ledger asks at the close, but where nobody is dialled for real.
        """
        days = min(self.days, self.attempts) if self.hours == "any" else max(self.days, LEAST_DAYS)
        attempts = max(self.attempts, days)
        return Effort(
            attempts=attempts,
            windows=min(self.windows, attempts),
            days=days,
            asked_extra=self.asked_extra,
        )

    @property
    def release(self) -> ReleaseRule:
        """When the next replicate of a stratum goes out."""
        return ReleaseRule(plan=self.plan, most=self.most)

    def text(self) -> str:
        """Return the rules as the canonical line that the wave keeps; only test calls name their line."""
        told = {name: value for name, value in asdict(self).items() if name != "hotline" or value}
        return canonical({**told, "auditors": list(self.auditors)}).decode()


def _check_overall(order: str) -> None:
    if order not in {HALF, NEVER}:
        raise Invalid(_("总分题的次序只能是 half（一半的访问里先问）或 never（都后问）。"))


@lru_cache(maxsize=64)
def read(text: str) -> WaveRules:
    """Return the rules that a wave keeps."""
    found = json.loads(text)
    return WaveRules(**{"wording": FIRST_WORDING, **found, "auditors": tuple(found.get("auditors", ()))})
