"""The doctor says by what messages leave, what is missing for danger, and what waits to be done by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from feedback.cases.operations import handling, opening, proofs
from feedback.cases.rules.requests import HelpRequest
from feedback.models import Contact
from feedback.side import SIDE
from huying.base import clock
from huying.base.channels import Channels, ChatGroup, Sms
from huying.base.phones import Vault
from huying.store.db import Database
from tests.feedback.neighbourhood import settings_in

KEY = "k" * 16


@pytest.fixture
def says(data):
    settings = replace(settings_in(data), demo=False)
    database = Database(settings.database_url)

    def found(**more) -> str:
        return " ".join(each.what for each in SIDE.findings(replace(settings, **more), database))

    found.database, found.vault = database, Vault(settings.keys)
    yield found
    database.dispose()


def test_without_a_carrier_it_counts_what_is_to_be_done_by_hand(says):
    with says.database.transaction() as session:
        request = HelpRequest("水电气热", "漏水", "", "ordinary", "+99913900009")
        case = opening.open_case(
            session,
            request,
            grid_code="g3",
            once="form-0123456789ab",
            source="operator",
            vault=says.vault,
            now=clock.now(),
        ).case
        proofs.prove_by_call(session, case.id, by="operator", vault=says.vault, now=clock.now())
        handling.answer_case(session, case.id, worker_code="w1", note="去", now=clock.now())
        handling.declare(session, case.id, actor="worker", note="好", now=clock.now(), vault=says.vault)
    said = says()
    assert "还没有短信通道" in said
    assert "不会响铃" in said
    assert "1 个号码要打电话核对" in said
    assert "1 件办结的事还没有人问过居民" in said


def test_with_a_carrier_it_names_it(says):
    group = ChatGroup("office", "wecom", "https://chat.example/send?key=hidden")
    said = says(channels=Channels(Sms("http", KEY, "https://sms.example"), (group,)))
    assert "短信通道：http" in said
    assert "还没有短信通道" not in said
    assert "要打电话核对" not in said
    assert "不会响铃" not in said
    assert "hidden" not in said


def test_of_a_foreign_carrier_it_says_that_no_stop_word_comes_back(says):
    said = says(channels=Channels(Sms("twilio", KEY, account="AC", number="+85212345678")))
    assert "收不到回复" in said


def test_a_number_that_no_key_opens_is_found(says):
    assert "打不开" not in says()
    with says.database.transaction() as session:
        contact = session.scalars(select(Contact)).first()
        contact.sealed = contact.sealed[:-1] + bytes([contact.sealed[-1] ^ 1])
    assert "1 个存着的号码打不开" in says()
