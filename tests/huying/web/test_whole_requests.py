"""Threads see whole requests alone: two hundred who send slowly hold nobody else up."""

from __future__ import annotations

import socket
import urllib.request
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.web import patient
from huying.web.patient import IncomingRequest
from tests.support.servers import Installation, free_port

HEAD = b"POST /help/7K3M9QDA HTTP/1.1\r\nHost: 127.0.0.1\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
BODY = b"category=x&text=y"
WHOLE = HEAD + FORM + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
IN_CHUNKS = HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"


def arrived(*pieces: bytes) -> IncomingRequest:
    arrival = IncomingRequest(now=0)
    for number, piece in enumerate(pieces):
        assert not arrival.is_whole
        arrival.take(piece, now=number)
    return arrival


@given(st.integers(1, len(WHOLE) - 1), st.sampled_from([WHOLE, IN_CHUNKS, HEAD + b"\r\n"]))
def test_however_it_is_cut_a_request_is_whole_with_its_last_byte(at, request):
    at = min(at, len(request) - 1)
    arrival = arrived(request[:at], request[at:])
    assert arrival.is_whole
    assert not arrival.is_cut
    arrival.rewind()
    assert arrival.read(len(request)) == request


@given(st.binary(min_size=1, max_size=40))
def test_what_follows_a_request_is_not_lost(more):
    arrival = arrived(WHOLE + more)
    arrival.rewind()
    arrival.read(len(WHOLE))
    assert arrival.left() == more


def test_a_body_too_large_is_not_waited_for_and_its_connection_ends():
    arrival = arrived(HEAD + b"Content-Length: 99999999999\r\n\r\n")
    assert arrival.is_whole
    assert arrival.is_cut
    assert not arrival.expects


def test_a_head_without_end_is_handed_on_to_be_refused():
    arrival = arrived(b"GET / HTTP/1.1\r\nX: " + b"x" * patient.LONGEST_HEAD)
    assert arrival.is_whole
    assert arrival.is_cut


@pytest.mark.parametrize(
    ("piece", "after", "late"),
    [
        (b"GET / HT", patient.HEAD_S, False),
        (b"GET / HT", patient.HEAD_S + 0.1, True),
        (WHOLE[:-1], patient.SILENT_S, False),
        (WHOLE[:-1], patient.SILENT_S + 0.1, True),
    ],
)
def test_whoever_is_too_slow_is_left(piece, after, late):
    assert arrived(piece).is_late(now=after) is late


@pytest.fixture(scope="module")
def survey(tmp_path_factory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("served")
    installed = Installation("survey", folder / "survey", free_port(), {"HUYING_SURVEY_PROCESSES": "1"})
    with installed.serving():
        yield installed


def _asks(installed: Installation, path: str = "/sign-in", host: str = "") -> tuple[int, str]:
    request = urllib.request.Request(f"{installed.url}{path}", headers={"Host": host} if host else {})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return int(answer.status), str(answer.read().decode())


@pytest.mark.server
def test_two_hundred_half_sent_requests_hold_nobody_up(survey):
    halves = []
    for number in range(200):
        half = socket.create_connection(("127.0.0.1", survey.port))
        half.sendall(WHOLE[:-3] if number % 2 else HEAD[:-5])
        halves.append(half)
    for _n in range(3):
        assert _asks(survey)[0] == 200
    whole = halves[1]  # and the slow one is served once it has sent the rest
    whole.sendall(WHOLE[-3:])
    whole.settimeout(20)
    assert whole.recv(4096).startswith(b"HTTP/1.1 4")
    for half in halves:
        half.close()


@pytest.mark.server
def test_several_requests_on_one_connection_are_answered_one_after_the_other(survey):
    with socket.create_connection(("127.0.0.1", survey.port)) as here:
        here.settimeout(20)
        asked = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        here.sendall(asked * 2)
        heard = b""
        while heard.count(b"ok\n") < 2:
            heard += here.recv(4096)
        here.sendall(asked)
        assert b"200 OK" in here.recv(4096)


@pytest.mark.server
def test_a_large_body_is_refused_with_a_sentence_and_chunks_are_taken(survey):
    with socket.create_connection(("127.0.0.1", survey.port)) as here:
        here.settimeout(20)
        here.sendall(
            HEAD.replace(b"/help/7K3M9QDA", b"/frame") + FORM + b"Content-Length: 99999999999\r\n\r\n"
        )
        assert here.recv(4096).startswith(b"HTTP/1.1 413")
    with socket.create_connection(("127.0.0.1", survey.port)) as here:
        here.settimeout(20)
        here.sendall(IN_CHUNKS.replace(b"/help/7K3M9QDA", b"/frame"))
        assert here.recv(4096).startswith(b"HTTP/1.1 4")


@pytest.mark.server
def test_figures_are_given_to_loopback_alone_and_name_nobody(survey):
    status, told = _asks(survey, "/metrics")
    assert status == 200
    assert 'huying_requests_total{status="2xx"}' in told
    assert "huying_ready 1" in told
    request = urllib.request.Request(f"{survey.url}/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(request, timeout=20)


@pytest.mark.server
def test_another_host_is_refused_by_the_server_itself(survey):
    with pytest.raises(urllib.error.HTTPError, match="421"):
        _asks(survey, host="other.example")
