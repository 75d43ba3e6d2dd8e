"""A carrier and an interviewer tell two ends of one call: the first stands, the supervisor sees both."""

from __future__ import annotations

import pytest

from survey.models import Dial
from tests.survey.browsing import Visitor
from tests.survey.fieldwork.test_pages_of_a_bridged_call import bridged, deliver, rows, seen

__all__ = ["bridged"]
PAGE, NONE, TITLE = "/supervisor/two-ends", "昨天以来没有", "昨天以来有 1 通"


@pytest.fixture
def dialled(bridged):
    """A call that was pressed for, its platform, and whoever looks on."""
    interviewer, carrier = bridged
    page = interviewer.send(interviewer.send(interviewer.open("/interview/"), "/next"), "/dial")
    return interviewer, carrier, page, Visitor(interviewer.app, "supervisor")


def end_at_the_line(interviewer, carrier, *, like):
    carrier.platform.dials[carrier.only]["number"] = like
    carrier.platform.ring(carrier.only)
    deliver(interviewer, carrier)


def test_the_case_follows_who_spoke_first_and_the_supervisor_sees_both(dialled):
    interviewer, carrier, page, supervisor = dialled
    interviewer.send(page, "/not-reached", value="machine")
    assert NONE in supervisor.open(PAGE).text
    end_at_the_line(interviewer, carrier, like="0002")
    assert [(dial.code, dial.set_by) for dial in rows(interviewer, Dial)] == [("machine", "interviewer")]
    told = supervisor.open(PAGE)
    assert TITLE in told.text
    found = told.html.partition(TITLE)[2].partition("</table>")[0]
    assert "803" in found
    assert found.index("答录机") < found.index("占线")
    assert seen(interviewer, told) == set()


def test_what_agrees_is_not_shown(dialled):
    interviewer, carrier, page, supervisor = dialled
    interviewer.send(page, "/not-reached", value="busy")
    end_at_the_line(interviewer, carrier, like="0002")
    assert NONE in supervisor.open(PAGE).text
