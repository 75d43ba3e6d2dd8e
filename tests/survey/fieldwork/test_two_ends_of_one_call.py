"""A carrier and an interviewer tell two ends of one call: the first stands, the supervisor sees both."""

from __future__ import annotations

import pytest

from survey.models import Dial, LaterKey
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


@pytest.mark.parametrize(("pressed", "named"), [("machine", "答录机"), ("0", "接通了")])
def test_what_is_said_after_the_carrier_is_kept_beside_it_and_seen_alike(dialled, pressed, named):
    interviewer, carrier, page, supervisor = dialled
    end_at_the_line(interviewer, carrier, like="0002")
    action, hidden = page.hidden("/not-reached")
    for _twice in range(2):
        after = interviewer.post(action, {**hidden, "code": pressed})
        assert (after.path, "线路先记下了结果" in after.text) == ("/interview/", True)
    assert [(dial.code, dial.set_by) for dial in rows(interviewer, Dial)] == [("busy", "provider")]
    assert len(rows(interviewer, LaterKey)) == 1
    found = supervisor.open(PAGE).html.partition(TITLE)[2].partition("</table>")[0]
    assert found.index("803") < found.index(named) < found.index("占线")


@pytest.mark.parametrize("first", ["interviewer", "carrier"])
def test_what_agrees_is_not_shown(dialled, first):
    interviewer, carrier, page, supervisor = dialled
    if first == "carrier":
        end_at_the_line(interviewer, carrier, like="0002")
    interviewer.send(page, "/not-reached", value="busy")
    if first == "interviewer":
        end_at_the_line(interviewer, carrier, like="0002")
    assert NONE in supervisor.open(PAGE).text
