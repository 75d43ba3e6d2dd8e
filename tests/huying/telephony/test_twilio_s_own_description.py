"""What we ask of Twilio is what its own description allows: Prism checks each request against it.

Needs Node and, in the folder that HUYING_PRISM names, `npm i --no-save @stoplight/prism-cli@5.14.2
@twilio-alpha/mcp@0.7.0`. It proves that requests are valid, and nothing more: the answers are canned.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.error import HTTPError, URLError

import pytest
from twilio.base.exceptions import TwilioRestException

from huying.telephony.twilio import TwilioGateway
from huying.telephony.voice import Placed
from tests.huying.telephony.gateways import elsewhere

MODULES = Path(os.environ.get("HUYING_PRISM") or "none") / "node_modules"
DESCRIPTION = MODULES / "@twilio-alpha/mcp/twilio-oai/spec/json/twilio_api_v2010.json"
PRISM = MODULES / ".bin/prism"
ACCOUNT, TOKEN = "AC" + "0" * 32, "t" * 32
OURS, THEIRS = "+85212345678", "+85221234567"
BASE = "https://hy.example.cn"

pytestmark = [
    pytest.mark.prism,
    pytest.mark.skipif(
        not (shutil.which("node") and PRISM.exists() and DESCRIPTION.exists()),
        reason="needs Node, and Prism in the folder that HUYING_PRISM names",
    ),
]


def patched(description: dict) -> dict:
    """Arrays of a form come as repeated fields, and errors have examples."""
    for path in description["paths"].values():
        for operation in path.values():
            if isinstance(operation, dict) and "responses" in operation:
                _spread_arrays(operation)
                operation["responses"]["429"] = {
                    "description": "Too many requests",
                    "content": {
                        "application/json": {"example": {"code": 20429, "message": "x", "status": 429}}
                    },
                }
    return description


def _spread_arrays(operation: dict) -> None:
    for body in operation.get("requestBody", {}).get("content", {}).values():
        fields = body.get("schema", {}).get("properties", {})
        arrays = [name for name, field in fields.items() if field.get("type") == "array"]
        body.setdefault("encoding", {}).update({name: {"style": "form", "explode": True} for name in arrays})


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _time in range(300):
        assert process.poll() is None, "Prism ended"
        try:
            urllib.request.urlopen(address, timeout=1).close()
        except URLError as fault:
            if isinstance(fault, HTTPError):
                fault.close()
                return
        time.sleep(0.1)
    pytest.fail("Prism didn't answer")


@pytest.fixture(scope="module")
def prism(tmp_path_factory) -> Iterator[str]:
    """Prism on loopback, mocking the described API."""
    described = tmp_path_factory.mktemp("prism") / "api.json"
    described.write_text(json.dumps(patched(json.loads(DESCRIPTION.read_text()))))
    port = free_port()
    command = [str(PRISM), "mock", "-h", "127.0.0.1", "-p", str(port), str(described)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(process.pid, signal.SIGTERM)


def gateway(address: str, *, wants: str = "") -> TwilioGateway:
    return TwilioGateway(ACCOUNT, TOKEN, OURS, make_client=partial(elsewhere, address, wants=wants))


def test_the_call_that_we_place_is_one_that_the_description_allows(prism):
    placed = gateway(prism).connect("01JDX", first=THEIRS, second=OURS, base_url=BASE)
    assert placed is Placed.ACCEPTED


def test_a_request_that_breaks_the_description_would_be_seen(prism):
    with elsewhere(prism, ACCOUNT, TOKEN) as client, pytest.raises(TwilioRestException) as refusal:
        client.calls.create(to=THEIRS, from_=OURS, twiml="<Response/>", status_callback_method="SHOUT")
    assert refusal.value.status == 422


def test_without_an_account_it_is_refused(prism):
    with pytest.raises(HTTPError) as refusal:
        urllib.request.urlopen(f"{prism}/2010-04-01/Accounts/{ACCOUNT}/Calls.json", data=b"")
    with refusal.value as answer:
        assert answer.code == 401


def test_too_many_requests_is_a_call_that_was_not_placed(prism):
    placed = gateway(prism, wants="429").connect("01JDX", first=THEIRS, second=OURS, base_url=BASE)
    assert placed is Placed.REFUSED
