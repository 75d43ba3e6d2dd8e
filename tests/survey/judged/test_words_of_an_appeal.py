"""What an appeal and its answer may say: something, not too much, and nothing that points to anybody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huying.base.errors import Conflict, Forbidden, Gone, Invalid
from survey.drawing.codes import ALPHABET, new_unit_code
from survey.judged.rules import appeals, cards
from survey.judged.rules.appeals import LodgedAppeal
from survey.waves.rules.early_ending import Signer
from tests.conftest import NOW

AUDITOR, OTHER = Signer("a", "auditor"), Signer("b", "auditor")
BOSS, SAME = Signer("c", "supervisor"), Signer("a", "supervisor")


@pytest.mark.parametrize("said", ["", "  \n", "长" * 1001])
def test_an_appeal_says_something_and_not_too_much(said: str) -> None:
    with pytest.raises(Invalid, match="请写一两句"):
        appeals.check_words(said)


@pytest.mark.parametrize(
    "number", ["13800000000", "+86 138-0000-0000", "１３８００００００００", "11010119900307283X"]
)
def test_no_telephone_or_identity_number_is_kept(number: str) -> None:
    with pytest.raises(Invalid, match="不要写电话"):
        appeals.check_words(f"那户的号码是 {number}。")


@given(st.text(alphabet=ALPHABET, min_size=13, max_size=13))
def test_no_code_of_a_drawn_household_is_kept_however_it_is_spelt(tail: str) -> None:
    with pytest.raises(Invalid):
        appeals.check_words(f"就是 h{tail[:5].lower()}-{tail[5:]} 那一户")


def test_no_code_as_they_are_made_is_kept() -> None:
    with pytest.raises(Invalid):
        appeals.check_words(f"是{new_unit_code()}")


@pytest.mark.parametrize("said", ["小李打的电话", "春一路 3 号楼 201"])
def test_no_interviewer_and_no_address_is_kept(said: str) -> None:
    with pytest.raises(Invalid, match="谁问了谁"):
        appeals.check_words(said, names={"小李", "春一路3号楼201", "王"})
    assert appeals.check_words("王家坪的路灯", names={"王"}), "one sign alone names nobody"


@pytest.mark.parametrize("said", ["那是 3-2-501 室", "那是３－２－５０１室", "3–2–501 室", "WANG FANG"])
def test_an_address_with_dashes_is_known_however_it_is_written(said: str) -> None:
    with pytest.raises(Invalid, match="谁问了谁"):
        appeals.check_words(said, names={"3-2-501 室", "Wang Fang"})


@given(st.text(alphabet=ALPHABET, min_size=16, max_size=16), st.sampled_from(["-", " ", ""]))
def test_no_receipt_is_kept_however_it_is_written(code: str, between: str) -> None:
    spelt = between.join(code[at : at + 4] for at in range(0, 16, 4)).lower()
    if between != " " or any(sign.isdigit() for sign in code):
        with pytest.raises(Invalid):
            appeals.check_words(f"回执号是{spelt}。")


@pytest.mark.parametrize(
    "said", ["that they went back", "In 2026 the street was wet and the lamp was dead.", "2026年9月30日以前"]
)
def test_plain_sentences_are_no_codes(said: str) -> None:
    assert appeals.check_words(said) == said


def test_words_are_kept_as_they_are_otherwise() -> None:
    assert appeals.check_words(" 八月底\n我已经调走了。 ") == "八月底 我已经调走了。"


def test_cases_are_read_however_they_are_set_apart_and_each_once() -> None:
    assert appeals.case_codes("A1, A2、A3\nA1；Ａ４") == ("A1", "A2", "A3", "A4")
    assert appeals.case_codes(None) == ()


def test_cases_must_be_named_where_they_are_what_is_wrong_and_lie_in_the_area() -> None:
    with pytest.raises(Invalid, match="编号"):
        appeals.check_lodged(LodgedAppeal("cases", "算错了"), known=())
    with pytest.raises(Invalid, match="A2"):
        appeals.check_lodged(LodgedAppeal("cases", "算错了", ("A1", "A2")), known={"A1"})
    with pytest.raises(Invalid, match="哪里不对"):
        appeals.check_lodged(LodgedAppeal("", "算错了"), known=())
    with pytest.raises(Invalid, match="最多"):
        appeals.check_lodged(LodgedAppeal("cases", "算错了", tuple(map(str, range(21)))), known=())
    assert appeals.check_lodged(LodgedAppeal("other", "算错了"), known=()).said == "算错了"


@pytest.mark.parametrize("second", [AUDITOR, OTHER, SAME])
def test_the_second_is_another_person_of_another_role(second: Signer) -> None:
    with pytest.raises(Conflict):
        appeals.check_second(AUDITOR, second)


@pytest.mark.parametrize("role", ["assessor", "draw_officer", "interviewer", "administrator"])
def test_whoever_made_the_score_or_asked_decides_nothing(role: str) -> None:
    with pytest.raises(Forbidden):
        appeals.check_second(AUDITOR, Signer("z", role))
    with pytest.raises(Forbidden):
        appeals.check_finder("z", by=Signer("z", role), due=NOW, now=NOW)


def test_who_took_it_counts_again_and_after_its_day_anybody_of_those_roles() -> None:
    due = appeals.due_at(NOW)
    appeals.check_second(AUDITOR, BOSS)
    appeals.check_finder("a", by=AUDITOR, due=due, now=NOW)
    with pytest.raises(Conflict, match="由 a 重算"):
        appeals.check_finder("a", by=BOSS, due=due, now=NOW)
    appeals.check_finder("a", by=BOSS, due=due, now=due)
    with pytest.raises(Conflict, match="先接下"):
        appeals.check_finder(None, by=BOSS, due=due, now=due)


@given(st.text(alphabet=ALPHABET, min_size=16, max_size=16))
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    assert cards.read_code(f" {cards.grouped(code).lower()} ") == code


@pytest.mark.parametrize("text", ["", "x", "é" * 16, "A" * 17, "U" * 16])
def test_what_can_be_no_code_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Gone):
        cards.read_code(text)


def test_codes_have_eighty_random_bits() -> None:
    made = {cards.new_code() for _ in range(200)}
    assert len(made) == 200
    assert {len(code) for code in made} == {16}
