"""Whatever a body holds, signed rightly or not: 4xx, a line in the log, and nothing stored."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy import func, select

from feedback.calls.views import webhooks
from feedback.models import Call, CallRecord
from huying.base import clock
from huying.telephony import signing
from huying.telephony.fake import FakeGateway

ODD = [
    b"",
    b"{",
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 50_000,
    b"null",
    b"7",
    b'"text"',
    b"[]",
    b'[{"call": "c", "seq": 1}]',
    b'{"seq": Infinity, "call": "c"}',
    b'{"seq": -Infinity, "call": "c"}',
    b'{"seq": NaN, "call": "c"}',
    b'{"seq": 1e400, "call": "c"}',
    b'{"seq": 1, "call": "c", "leg": "x"}',
    b'{"seq": 1, "call": "c", "leg": Infinity}',
    b'{"seq": {}, "call": "c"}',
    b'{"seq": [1], "call": "c"}',
    b'{"seq": null, "call": "c"}',
    b'{"seq": -1, "call": "c"}',
    b'{"seq": 1%s, "call": "c"}' % (b"0" * 5000),
    b'{"seq": 1, "call": ""}',
    b'{"seq": 1, "call": "%s"}' % (b"c" * 65),
]


KEY = "k" * 32


@pytest.fixture(autouse=True)
def gateway(app):
    """A gateway of this installation."""
    app.extensions[webhooks.GATEWAY] = FakeGateway(KEY)


@pytest.mark.parametrize("what", ["call", "digits", "leg", "status"])
def test_odd_bodies_are_refused_though_rightly_signed(app, backstage, caplog, what):
    for number, body in enumerate(ODD):
        headers = {signing.HEADER: signing.sign(KEY, body, at=clock.now())}
        caplog.clear()
        with caplog.at_level(logging.WARNING, logger=app.logger.name):
            answer = app.test_client().post(f"/voice/fake/{what}", data=body, headers=headers)
        assert answer.status_code in {403, 422}, (number, body[:40])
        assert "isn't a carrier's" in caplog.text
    with backstage.ground.database.reading() as session:
        for model in (Call, CallRecord):
            assert session.scalar(select(func.count()).select_from(model)) == 0


@pytest.mark.parametrize("header", ["", "t=1,v1=0", "t=٣,v1=é", "t=%s,v1=0" % ("9" * 400), "t=1", "v1="])
def test_odd_signatures_are_refused(app, header):
    body = json.dumps({"call": "c", "seq": 1}).encode()
    headers = {signing.HEADER: header.encode("utf-8").decode("latin-1")}
    assert app.test_client().post("/voice/fake/call", data=body, headers=headers).status_code == 403
