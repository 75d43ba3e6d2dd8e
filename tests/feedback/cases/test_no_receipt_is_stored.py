"""A receipt opens a case: it is computed when it is shown or sent, and stands in no row and in no log."""

from __future__ import annotations

import io
import logging

from feedback.codes import print_receipt
from feedback.roles import OPERATOR
from huying.side.app import behind_door
from huying.side.log import JsonLines
from tests.feedback.neighbourhood import HELP, POSTER
from tests.support.clear_text import holding

CALL_BACK = {"contact": "+999 1390 0009", "wish": "call_back"}


def test_no_table_holds_a_receipt_though_it_was_sent(resident, backstage, delivered):
    address = f"/unreached/{POSTER}"
    receipt = resident.press(resident.open(address), address, **CALL_BACK).path.rpartition("/")[2]
    assert holding(backstage.ground.database, [receipt, print_receipt(receipt)]) == set()
    assert print_receipt(receipt) in delivered()[-1]["text"]
    assert holding(backstage.ground.database, [receipt, print_receipt(receipt)]) == set()


def test_the_log_names_routes_and_no_receipt_address_or_person(app, asked):
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    handler.setFormatter(JsonLines("public"))
    log = logging.getLogger("huying.request")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    try:
        client = app.test_client()
        client.application.wsgi_app = behind_door(app, app.wsgi_app)
        answer = client.get(asked, headers={"X-Forwarded-For": "198.51.100.77", "X-Request-ID": "abcd1234"})
    finally:
        log.removeHandler(handler)
    assert answer.headers["X-Request-ID"] == "abcd1234"
    line = kept.getvalue()
    assert '"route": "/receipt/<receipt>"' in line
    assert '"request": "abcd1234"' in line
    assert asked.rpartition("/")[2] not in line
    assert "198.51.100.77" not in line


def test_a_form_sent_again_by_an_operator_with_another_text_is_another_case(sign_in, backstage):
    operator = sign_in(OPERATOR)
    form = operator.open(f"/switchboard/{POSTER}")
    told = [HELP, HELP, HELP | {"text": "还有，门禁也坏了"}]
    receipts = [operator.press(form, f"/switchboard/{POSTER}", **fields).path for fields in told]
    assert receipts[0] == receipts[1] != receipts[2]
    assert [case.text for case in backstage.cases()] == [HELP["text"], "还有，门禁也坏了"]
