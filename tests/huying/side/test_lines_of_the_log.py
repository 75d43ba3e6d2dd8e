"""The log is one JSON object a line, with the request's name, and no telephone number anywhere in it."""

from __future__ import annotations

import json
import logging
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base import request_ids
from huying.side.log import JsonLines
from huying.web import figures
from huying.web.figures import RequestFigures

NUMBER = "138 0013 8000"


def _line(message: str, *given: object, **more: object) -> dict:
    record = logging.LogRecord("huying.test", logging.WARNING, __file__, 1, message, given, None)
    record.__dict__.update(more)
    return json.loads(JsonLines("public").format(record))


@given(st.text(max_size=200))
def test_whatever_is_said_is_one_line(message):
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "%s", (message,), None)
    assert "\n" not in JsonLines("public").format(record)


def test_a_number_is_dropped_wherever_it_stands():
    line = _line("a resident wrote: 我的电话%s", NUMBER, huying={"note": NUMBER, "ms": 13800138000})
    assert line["message"] == "a resident wrote: 我的电话[号码]"
    assert line["note"] == "[号码]"


def test_a_trace_holds_no_number():
    try:
        raise ValueError(NUMBER)
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), sys.exc_info())
    line = json.loads(JsonLines("survey").format(record))
    assert "ValueError: [号码]" in line["trace"]
    assert (line["level"], line["side"]) == ("error", "survey")


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("abcd1234", True),
        ("13800138000", False),
        ("short", False),
        ("x" * 65, False),
        ("a\nb-forged-line", False),
        ("", False),
    ],
)
def test_a_request_is_named_by_the_proxy_if_that_is_a_name(given_name, kept):
    name = request_ids.begin(given_name)
    assert (name == given_name) is kept
    assert request_ids.SOUND.fullmatch(name)
    assert _line("x")["request"] == name


@given(st.lists(st.tuples(st.integers(100, 599), st.floats(0, 30)), max_size=50))
def test_figures_add_up(answers):
    counts = figures._new()
    other = RequestFigures(counts.cells, place=255)
    for number, (status, seconds) in enumerate(answers):
        (counts if number % 2 else other).note(status, seconds)
    lines = dict(counts.lines())
    by_class = [value for name, value in lines.items() if name.startswith("huying_requests_total")]
    assert sum(by_class) == lines["huying_request_seconds_count"] == len(answers)
    buckets = [value for name, value in lines.items() if "_bucket" in name]
    assert buckets == sorted(buckets)
    assert buckets[-1] == len(answers)
