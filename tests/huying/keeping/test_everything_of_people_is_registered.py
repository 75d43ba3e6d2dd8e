"""Every column that may hold something of a person stands in the register that anybody reads."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import LargeBinary, MetaData, Text

from feedback.side import SIDE as FEEDBACK
from huying.base import i18n
from huying.side.side import Side
from survey.side import SIDE as SURVEY
from tests.support import kept_register

SIDES = pytest.mark.parametrize("side", [FEEDBACK, SURVEY], ids=lambda side: side.name)
TELLING = re.compile(
    r"seal|digest|words|^note$|^text$|address|network|number_|_index$|login|^said$|^who$|contact_"
)
OF_NOBODY = frozenset(
    {
        # The ledger and what is published of waves: codes, times and digests.
        *(
            "log_entry.body",
            "log_node.hash",
            "log_checkpoint.note",
            "log_cosignature.line",
            "public_entry.body",
        ),
        *(
            "campaign_entry.body",
            "campaign_node.hash",
            "campaign_checkpoint.note",
            "campaign_cosignature.line",
        ),
        *("deposit.checkpoint", "deposit.counts", "deposited_rating_count.line", "margin_table.content"),
        *(
            "wave.rules",
            "wave.terms",
            "wave.groups",
            "wave.codes",
            "wave.frame_secret",
            "wave_outlook.levels",
        ),
        *("wave_outlook.why", "wave_result.tally", "wave_result.late", "score_release.body"),
        *("score_release.detail", "corrected_release.body", "corrected_release.detail"),
        *(
            "campaign_release.body",
            "freeze_calendar.dates",
            "questionnaire_version.file",
            "fit_refresh.counts",
        ),
        *("interview.orders", "offer.filtered", "practice_call.steps", "early_ending.why", "later_key.said"),
        *("dial.route", "print_proof.digest"),
        # Reasons of staff about things, tables and posts, not people.
        *("area_change.before", "area_change.after", "sheet_choice.choice", "power.text", "inspection.note"),
        *("inspection.photo", "remit.supporting", "deposit_discard.reason", "deposit_discard.counts"),
        *("deposit_finding.counts", "map_change.reason", "registry_request.reason", "registry_request.over"),
        *("registry_trial.findings", "correction.why", "corrected_release.why", "undone_complete.why"),
        *("call_back.reason", "outbox.number_index", "connection.contact_id", "fallback.contact_id"),
        *("appeal.cases", "appeal.recount", "attribution_release.body", "attribution_release.why"),
        *("score_making.why", "api_token.digest"),
        *("ping.contact_id", "post_phone.contact_id", "call_leg.contact_id", "notice.who"),
    }
)


def columns_of(metadata: MetaData) -> dict[str, bool]:
    """Return every column, and whether it could tell of a person."""
    return {
        f"{table.name}.{column.name}": isinstance(column.type, LargeBinary | Text)
        or bool(TELLING.search(column.name))
        for table in metadata.sorted_tables
        for column in table.columns
    }


@SIDES
def test_what_could_tell_of_somebody_is_in_the_register(side: Side):
    registered = {name for kind in side.register for name in kind.columns}
    telling = {name for name, tells in columns_of(side.db.metadata).items() if tells}
    assert sorted(telling - registered - OF_NOBODY) == []


@SIDES
def test_the_register_names_columns_that_there_are(side: Side):
    named = [name for kind in side.register for name in kind.columns]
    assert sorted(set(named) - columns_of(side.db.metadata).keys()) == []
    assert len(named) == len(set(named))


@SIDES
def test_each_kind_says_what_why_and_how_long_in_both_languages(side: Side):
    chinese = [(str(kind.what), str(kind.why), str(kind.how_long)) for kind in side.register]
    with i18n.speaking("en"):
        english = [(str(kind.what), str(kind.why), str(kind.how_long)) for kind in side.register]
    assert all(map(all, chinese))
    assert not {word for kind in chinese for word in kind} & {word for kind in english for word in kind}


def test_the_document_says_what_the_registers_say():
    assert kept_register.FILE.read_text("utf-8") == kept_register.text()
