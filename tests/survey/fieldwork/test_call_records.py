"""The telephone system's records beside what interviewers claim: each without the other is a flag."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from huying.base import clock
from huying.base.errors import Invalid
from survey.commands import register
from survey.fieldwork.operations import telephone_records as operations
from survey.fieldwork.rules import telephone_records as rules
from survey.fieldwork.rules.telephone_records import SLACK, ClaimedDial, SystemCall
from survey.models import CaseNumber, Dial, TelephoneRecord
from tests.conftest import NOW
from tests.survey import world

MINUTE = timedelta(minutes=1)
ONE, OTHER = b"1" * 16, b"2" * 16


def claimed(minutes=0.0, who="801", number=ONE):
    return ClaimedDial(NOW + minutes * MINUTE, who, number)


def recorded(minutes=0.0, who="801", number=ONE):
    return SystemCall(NOW + minutes * MINUTE, who, number)


people = st.sampled_from(["801", "802"])
numbers = st.sampled_from([ONE, OTHER])
minutes = st.integers(0, 30)
dials = st.lists(st.builds(claimed, minutes, people, numbers), max_size=8)
calls = st.lists(st.builds(recorded, minutes, people, numbers), max_size=8)


@given(dials, calls, st.randoms())
def test_each_dial_takes_one_record_of_its_own_number_whatever_the_order(dials, calls, chance):
    found = rules.compare(dials, calls)
    assert found.agreed == len(dials) - len(found.unrecorded) == len(calls) - len(found.unclaimed)
    again = rules.compare(chance.sample(dials, len(dials)), chance.sample(calls, len(calls)))
    assert again.agreed == found.agreed
    for dial in found.unrecorded:
        near = [each for each in found.unclaimed if abs(each.at - dial.at) <= SLACK]
        assert not [each for each in near if (each.extension, each.number) == (dial.interviewer, dial.number)]


def test_an_invented_dial_and_a_hidden_call_are_told_apart():
    found = rules.compare([claimed(0), claimed(30)], [recorded(1), recorded(20, number=OTHER)])
    assert found.agreed == 1
    assert [each.at for each in found.unrecorded] == [NOW + 30 * MINUTE]
    assert [each.number for each in found.unclaimed] == [OTHER]
    assert rules.compare([claimed(0)], [recorded(0, who="802")]).agreed == 0, "another's telephone"


@pytest.mark.parametrize(
    ("text", "seconds"), [("", 0), ("75", 75), ("75秒", 75), ("1:15", 75), ("00:01:15", 75), ("75.0", 75)]
)
def test_durations_as_telephone_systems_write_them(text, seconds):
    assert rules.seconds(text) == seconds


def test_what_is_dialled_before_a_number_is_no_part_of_it():
    dialled = ("13800138000", "013800138000", "9013800138000", "+8613800138000")
    assert {rules.number(each, region="CN", allowed="real") for each in dialled} == {"+8613800138000"}
    with pytest.raises(Invalid):
        rules.number("12", region="CN", allowed="real")
    with pytest.raises(Invalid):
        rules.moment("2026-11-23")


@pytest.fixture
def dialled(visit):
    """A supervisor, once an interviewer dialled by hand; and the number."""
    interviewer = visit("open", "interviewer")
    interviewer.send(interviewer.send(interviewer.open("/interview/"), "/next"), "/dial")
    here = interviewer.app.extensions["huying"]
    with here.database.reading() as session:
        number = session.scalars(select(CaseNumber)).one().blind_index
        every = world.numbers_of(session, here.vault)
    (shown,) = [each for each in every if here.vault.index(each, purpose="household") == number]
    supervisor = type(interviewer)(interviewer.app, "supervisor")
    return supervisor, shown


def file_of(*rows):
    return "\n".join(["时间,分机,号码,时长", *rows]).encode()


def at(minutes):
    return f"{clock.local(clock.now() + minutes * MINUTE):%Y-%m-%d %H:%M:%S}"


def test_the_supervisor_brings_a_file_and_sees_what_has_no_counterpart(dialled, tmp_path):
    supervisor, number = dialled
    page = supervisor.open("/supervisor/telephone/")
    assert "访问员手工拨号" in page.text
    assert "还没有导入过话单" in page.text
    stray = file_of(f"{at(-30)},805,+99919990001,60", f"{at(1)},809,{number},30", "bad,801,12,1")

    def brings(data):
        action, hidden = supervisor.open("/supervisor/telephone/").hidden("/records")
        return supervisor.post(action, {**hidden, "file": (BytesIO(data), "records.csv")})

    told = brings(stray).text
    assert "新记下通话 2 次。读不出的有 1 行。" in told
    assert "对上的 0 次；没有话单的拨打 1 次；没有记拨打的通话 2 次。" in told
    assert "抽中的住户" in told
    assert "别的号码" in told
    assert "已经导入过了" in brings(stray).text
    told = brings(file_of(f"{at(0)},803,{number},45", f"{at(2)},809,+99919990009,1")).text
    assert "对上的 1 次；没有话单的拨打 0 次；没有记拨打的通话 3 次。" in told
    assert number not in told
    here = supervisor.app.extensions["huying"]
    with here.database.reading() as session:
        kept = session.scalars(select(TelephoneRecord)).all()
        assert len(kept) == 4
        assert session.scalars(select(Dial.adapter)).all() == ["manual"]
    stored = b"".join(path.read_bytes() for path in here.settings.data.glob("survey.db*"))
    assert number.encode() not in stored
    assert number[4:].encode() not in stored


def test_by_command_it_is_the_same(dialled, tmp_path):
    supervisor, number = dialled
    data = supervisor.app.extensions["huying"].settings.data
    file = tmp_path / "records.csv"
    file.write_bytes(file_of(f"{at(0)},803,{number},45", f"{at(3)},803,+99919990009,1"))
    environment = {"HUYING_DATA": str(data), "HUYING_DEMO": "1"}

    def run(*arguments):
        return CliRunner().invoke(register, arguments, env=environment, catch_exceptions=False)

    told = run("call-records", str(file)).output
    assert "对上的 1 次；没有话单的拨打 0 次；没有记拨打的通话 1 次。" in told
    assert "拨打 0 次" in run("ask-carrier").output
    assert "拨打住户的方式：访问员手工拨号" in run("doctor").output


def test_a_file_of_something_else_is_refused_in_words(vault):
    with pytest.raises(Invalid):
        operations.read(b"a,b\n1,2\n", file="x.csv", vault=vault, region="CN", allowed="real")
    with pytest.raises(Invalid, match="没有一行"):
        operations.read(file_of("x,801,1,1"), file="x.csv", vault=vault, region="CN", allowed="real")


def test_an_extension_other_than_the_code_is_stated_once_and_counts_for_what_was_brought_before(dialled):
    supervisor, number = dialled
    action, hidden = supervisor.open("/supervisor/telephone/").hidden("/records")
    data = file_of(f"{at(0)},8123,{number},45", f"{at(2)},809,+99919990009,1")
    told = supervisor.post(action, {**hidden, "file": (BytesIO(data), "records.csv")}).text
    assert "对上的 0 次；没有话单的拨打 1 次；没有记拨打的通话 2 次。" in told
    page = supervisor.open("/supervisor/interviewers/?who=803")
    supervisor.send(page, "/supervisor/interviewers/", line="8123")
    assert "对上的 1 次；没有话单的拨打 0 次" in supervisor.open("/supervisor/telephone/").text
