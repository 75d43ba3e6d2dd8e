"""A campaign that is asked for: what it draws, how many of each street, by which event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from huying.base.errors import Invalid
from huying.base.i18n import _
from survey.kinds import FROM_DEPOSITS, HEADLINES, PHASE2, TEST_CALL
from survey.waves.rules.wave_rules import CAMPAIGN_WORDINGS, NEVER, WaveRules

UNWORKED = 100
"""Per mille that may stay unworked: who wished no call is known only once a contact was opened."""


@dataclass(frozen=True, slots=True)
class CampaignRequest:
    """A campaign of a `kind`: `sample` units of each stratum, an event to come, the end of its field.

    `phase_of` names the wave whose dead numbers are its frame, `hotline` the line that test calls dial.
    """

    label: str
    kind: str
    sample: int
    beacon_source: str
    field_ends_at: datetime | None = None
    phase_of: str = ""
    hotline: str = ""
    attempts: int = WaveRules().attempts
    quorum: int = 0
    hours: str = "standard"

    def __post_init__(self) -> None:
        if self.kind not in (PHASE2, *FROM_DEPOSITS):
            raise Invalid(_("没有这一种核实。"))
        if self.sample < 1:
            raise Invalid(_("每个街道至少抽一件。"))
        if (self.kind == PHASE2) != bool(self.phase_of):
            raise Invalid(_("电话打不通的户，要写明是哪一轮的；别的核实不用写。"))
        if (self.kind == TEST_CALL) != bool(self.hotline):
            raise Invalid(_("试拨公示牌，要写明居民拨的总机号码；别的核实不用写。"))

    @property
    def rules(self) -> WaveRules:
        """The rules that are sealed: one main sample, no reserves, a questionnaire of its own."""
        return WaveRules(
            attempts=self.attempts,
            plan=0,
            most=0,
            item=HEADLINES[self.kind],
            hours=self.hours,
            quorum=self.quorum,
            unworked=UNWORKED,
            wording=CAMPAIGN_WORDINGS[self.kind],
            overall_early=NEVER,
            hotline=self.hotline,
        )
