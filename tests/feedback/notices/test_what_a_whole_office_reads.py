"""No message of any kind brings a name or a number into an office's chat, whatever the names are."""

from __future__ import annotations

import unicodedata
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.cases.rules.deadlines import URGENCIES
from feedback.messages import Linking
from feedback.models import Area
from feedback.notices import rules
from huying.messaging.carriers import ACCEPTED, Delivery, NoEvents, body
from tests.feedback.notices.telling import Telling

DESKS = ("worker", "office", "coordination", "department", "")
OPEN_LINES = {
    line
    for event, urgency, desk in product(rules.SAYS, URGENCIES, DESKS)
    for line in rules.lines(event, urgency=urgency, desk=desk)
    if rules.OPEN & set(line.by)
}
SIGNS = st.characters(exclude_categories=["C", "Z"])
known = st.sampled_from(["王秀兰", "张伟\n", "欧阳 娜娜", "O'Brien", "{{ place }}", "李"])
names = (known | st.text(SIGNS, min_size=2)).filter(lambda name: name not in rules.SOMEWHERE)
digits = st.text("0123456789０１２３４５６７８９٣-（） ", min_size=9, max_size=20)
hostile = st.tuples(st.text(max_size=4), names | digits, st.text(max_size=4)).map("".join)
params = st.fixed_dictionaries(
    dict.fromkeys(("place", "spot", "day", "matter", "what", "code", "department", "round", "url"), hostile)
)


def digits_in(text: str) -> int:
    return sum(sign.isdigit() for sign in unicodedata.normalize("NFKC", text))


@given(params, names)
def test_every_kind_of_notice_says_closed_words_a_place_and_a_code(given_params, name):
    given_params["place"] = f"{given_params['place']}{name}"
    for line in OPEN_LINES:
        said = rules.open_words(line.template, given_params, names=[name])
        text = body(line.template, said)
        assert len(name) < 2 or name not in said["place"]
        assert digits_in(said["place"]) <= rules.MOST_DIGITS
        assert said["matter"] in rules.MATTERS
        assert said["what"] in {"", *rules.SAYS.values()}
        assert all(value in text for value in said.values() if value in {said["place"], said["matter"]})
        assert rules.is_open(line.template, said), "what was said once may be said"


def test_a_place_that_is_one_is_said():
    said = {"place": "和平里社区第12网格", "matter": "噪音扰民", "what": "新登记", "code": "7K3M9Q"}
    assert rules.open_words("desk", said | {"day": "3日"}) == said


@pytest.mark.parametrize("template", ["rating", "receipt", "proof", "transfer", "refused", "lapse"])
def test_what_is_written_to_one_person_is_no_template_for_an_office(template):
    with pytest.raises(ValueError, match="no template"):
        rules.open_words(template, {})
    assert not rules.is_open(template, {})


class Group(NoEvents):
    """A group that keeps what it was written."""

    name = "chat"

    def __init__(self) -> None:
        self.told: list[str] = []

    def send(self, _identity: str, *, number: str, template: str, params: Any) -> Any:
        self.told.append(body(template, params))
        return ACCEPTED


@pytest.mark.parametrize("place", ["第3网格 王秀兰 13800138000", "第3网格\n13800138000"])
def test_the_last_door_lets_nothing_else_through(place):
    group = Group()
    linking = Linking(group, "https://hy.example.cn", None, None)  # type: ignore[arg-type]
    words = {"place": place, "matter": "噪音扰民", "what": "新登记", "code": "7K3M9Q"}
    assert linking.send("1", number="office", template="desk", params=words).delivery is Delivery.REFUSED
    words["place"] = "第3网格"
    assert linking.send("1", number="office", template="desk", params=words) is ACCEPTED
    assert group.told == ["【呼应】第3网格噪音扰民：新登记。编号7K3M9Q，请登录处理"]


def test_a_grid_that_is_called_after_its_worker_is_named_to_no_group(town):
    telling = Telling(town)
    with town.database.transaction() as session:
        session.get_one(Area, "G1").name = "王秀兰负责"
    town.open(urgency="life", contact=None)
    told = telling.round(town.now)
    staff = [text for channel, _to, text in told if channel in rules.OPEN]
    assert staff
    assert not any("王秀兰" in text for text in staff)
    assert any("王秀兰" in text for channel, _to, text in told if channel == "sms"), "on her own telephone"
