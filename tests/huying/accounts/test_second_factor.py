"""The second factor: codes of RFC 6238, each once; on the independent side nobody enters without."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback.models import ACCOUNTS, Account
from huying import accounts
from huying.accounts import second_factor
from huying.base.errors import Invalid
from tests.huying.accounts.desk import ADMINISTRATOR, CLERK, PASSWORD, Person, kept

SECRET = base64.b32encode(b"12345678901234567890").decode()
"""The key of RFC 6238, appendix B; the six-digit codes are the last of its eight."""

VECTORS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
}
RECOVERY = re.compile(r"[a-z2-9]{5}-[a-z2-9]{5}")


def _at(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@pytest.mark.parametrize(("second", "code"), VECTORS.items())
def test_codes_are_those_of_the_standard(second, code):
    assert second_factor.matching(SECRET, code, now=_at(second)) == second // 30


@given(st.integers(0, 4_000_000_000), st.integers(-5, 5))
def test_a_step_early_or_late_is_good_and_two_are_not(second, steps):
    import pyotp

    code = pyotp.TOTP(SECRET).at(second + 300 + 30 * steps)
    found = second_factor.matching(SECRET, code, now=_at(second + 300))
    if abs(steps) <= 1:
        assert found is not None
    else:
        assert found is None or found != (second + 300) // 30 + steps


@given(st.text(max_size=8))
def test_what_is_no_code_is_wrong_and_no_failure(text):
    assert second_factor.matching(SECRET, f"x{text}", now=_at(59)) is None


@pytest.fixture
def bound(public_db, vault, now):
    """Somebody with an authenticator; returns number, secret, recovery codes."""
    with public_db.transaction() as session:
        person = accounts.create(
            session, Account, login="wang", name="王", role="operator", password=None, now=now
        )
        codes = second_factor.enrol(
            session, ACCOUNTS, person, secret=SECRET, code=_code(now), vault=vault, now=now
        )
        return person.id, codes


def _code(at: datetime, steps: int = 0) -> str:
    import pyotp

    return pyotp.TOTP(SECRET).at(int(at.timestamp()) + 30 * steps)


def _passes(database, vault, number, code, at):
    with database.transaction() as session:
        person = session.get_one(Account, number)
        return second_factor.passes(session, ACCOUNTS, person, code=code, vault=vault, now=at)


def test_a_code_is_good_once(public_db, vault, bound, now):
    number, _codes = bound
    later = now + timedelta(seconds=30)
    assert _passes(public_db, vault, number, _code(now), now) is None, "the enrolment used it"
    assert _passes(public_db, vault, number, _code(later), later) == "in"
    assert _passes(public_db, vault, number, _code(later), later) is None
    assert _passes(public_db, vault, number, _code(later), later + timedelta(seconds=30)) is None


def test_a_code_before_one_that_was_used_is_refused(public_db, vault, bound, now):
    number, _codes = bound
    at = now + timedelta(seconds=90)
    assert _passes(public_db, vault, number, _code(at, 1), at) == "in"
    assert _passes(public_db, vault, number, _code(at), at) is None


def test_a_recovery_code_is_good_once_and_however_it_is_typed(public_db, vault, bound, now):
    number, codes = bound
    assert len(set(codes)) == 10
    assert all(RECOVERY.fullmatch(code) for code in codes)
    assert _passes(public_db, vault, number, codes[0].upper().replace("-", " "), now) == "recovery"
    assert _passes(public_db, vault, number, codes[0], now) is None
    with public_db.reading() as session:
        assert second_factor.left(session, ACCOUNTS, session.get_one(Account, number)) == 9


def test_anothers_recovery_code_opens_nothing(public_db, vault, bound, now):
    with public_db.transaction() as session:
        other = accounts.create(
            session, Account, login="li", name="李", role="operator", password=None, now=now
        )
        second_factor.enrol(session, ACCOUNTS, other, secret=SECRET, code=_code(now), vault=vault, now=now)
    assert _passes(public_db, vault, other.id, bound[1][0], now) is None


def test_neither_secret_nor_recovery_code_is_readable_in_the_database(public_db, bound):
    with public_db.reading() as session:
        factor = session.get_one(ACCOUNTS.factor, bound[0])
        digests = [row.digest for row in session.query(ACCOUNTS.recovery)]
    assert SECRET.encode() not in factor.sealed
    assert all(code.replace("-", "").encode() not in digest for code in bound[1] for digest in digests)


def test_a_wrong_first_code_binds_nothing(public_db, vault, now):
    with public_db.transaction() as session:
        person = accounts.create(
            session, Account, login="wang", name="王", role="operator", password=None, now=now
        )
        with pytest.raises(Invalid):
            second_factor.enrol(session, ACCOUNTS, person, secret=SECRET, code="000000", vault=vault, now=now)
        assert not second_factor.has(session, ACCOUNTS, person)


def test_a_draft_is_of_one_account(public_db, vault, now):
    from huying.base.errors import Refused

    with public_db.transaction() as session:
        one, two = (
            accounts.create(session, Account, login=each, name="王", role="operator", password=None, now=now)
            for each in ("one", "two")
        )
        sealed = second_factor.draft(one, vault=vault)
        assert len(second_factor.opened(sealed, one, vault=vault)) == 32
        with pytest.raises(Refused):
            second_factor.opened(sealed, two, vault=vault)
        with pytest.raises(Invalid):
            second_factor.opened("no hexadecimal", one, vault=vault)


def test_the_independent_side_opens_nothing_before_an_authenticator_is_bound(survey):
    person = Person(survey)
    page = person.gives()
    assert page.path == "/sign-in/enrol"
    assert not person.is_in
    assert person.get("/desk").status_code == 303
    assert "data:image/svg+xml," in page.html
    page = person.binds(page)
    assert page.path == "/account/recovery"
    assert len(RECOVERY.findall(page.text)) == 10
    assert person.is_in
    assert not RECOVERY.search(person.open("/account/recovery").text), "they are shown once"


def test_after_that_the_code_is_asked_for(survey, moment):
    person = Person(survey)
    person.binds(person.gives())
    other = Person(survey)
    moment.shift(timedelta(seconds=30))
    page = other.gives(path="/sign-in?next=/account/")
    assert page.path == "/sign-in/code"
    assert not other.is_in
    page = other.press(page, "/sign-in/code", code=person.code())
    assert page.path == "/account/"
    assert other.is_in


def test_who_signs_in_wholly_leaves_no_failure_behind_not_even_of_the_address(survey, moment):
    person = Person(survey)
    person.client.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.9"
    person.binds(person.gives())
    moment.shift(timedelta(seconds=30))
    person.press(person.gives(), "/sign-in/code", code=person.code())
    assert person.is_in
    assert kept(survey, "failure") == []


def test_a_code_that_somebody_looked_over_at_is_refused(survey, moment):
    person, thief = Person(survey), Person(survey)
    person.binds(person.gives())
    moment.shift(timedelta(seconds=30))
    person.press(person.gives(), "/sign-in/code", code=person.code())
    page = thief.press(thief.gives(), "/sign-in/code", code=person.code())
    assert page.status == 422
    assert "已经用过" in page.text
    assert not thief.is_in


def test_guessing_codes_locks_as_guessing_passwords_does_and_the_password_forgives_none(survey, moment):
    person, thief = Person(survey), Person(survey)
    person.binds(person.gives())
    for _n in range(5):
        thief.press(thief.gives(), "/sign-in/code", code="000000")
        moment.shift(timedelta(seconds=30))
    refused = thief.gives()
    assert refused.status == 429
    moment.shift(timedelta(minutes=15))
    person.press(person.gives(), "/sign-in/code", code=person.code())
    assert person.is_in
    assert [row.outcome for row in kept(survey, "sign_in") if row.login == CLERK].count("locked") == 1


def test_the_code_is_awaited_ten_minutes(survey, moment):
    person = Person(survey)
    person.binds(person.gives())
    page = person.gives()
    moment.shift(timedelta(minutes=10))
    assert person.press(page, "/sign-in/code", code=person.code()).path == "/sign-in"


@pytest.mark.parametrize("path", ["/sign-in/code", "/sign-in/enrol"])
def test_without_a_password_there_is_no_second_step(app, path):
    assert Person(app).open(path).path == "/sign-in"


def test_a_bound_account_cannot_be_bound_anew_by_the_password_alone(survey):
    person, thief = Person(survey), Person(survey)
    person.binds(person.gives())
    thief.gives()
    assert thief.open("/sign-in/enrol").path == "/sign-in"


def test_a_wrong_first_code_shows_the_same_secret_again(survey):
    person = Person(survey)
    page = person.gives()
    again = person.press(page, "/sign-in/enrol", code="000000")
    assert again.status == 422
    assert "动态码不对" in again.text
    assert person.binds(again).path == "/account/recovery"


def test_an_administrator_unbinds_a_lost_phone(survey):
    person, administrator = Person(survey), Person(survey, ADMINISTRATOR)
    person.binds(person.gives())
    administrator.binds(administrator.gives())
    page = administrator.press(administrator.open("/administrator/accounts/2"), "/unbind")
    assert "没有绑定" in page.text
    assert not person.is_in
    assert person.gives().path == "/sign-in/enrol"


def test_where_it_is_optional_the_owner_binds_and_unbinds(app):
    person = Person(app)
    person.gives()
    assert person.is_in
    page = person.binds(person.open("/account/second-factor"))
    assert len(RECOVERY.findall(page.text)) == 10
    assert person.open("/account/second-factor").status == 409
    page = person.open("/account/")
    assert "还有 10 个恢复码" in page.text
    assert person.press(page, "/second-factor/remove", present="wrong").status == 422
    page = person.press(page, "/second-factor/remove", present=PASSWORD)
    assert "动态码已取消" in page.text
    assert Person(app).gives().path != "/sign-in/code"


def test_a_new_account_page_tells_of_the_sign_in_before(app, moment):
    person = Person(app)
    person.gives()
    assert "第一次登录" in person.open("/account/").text
    moment.shift(timedelta(hours=1))
    person.gives()
    assert "上一次登录：11月23日 10:00" in person.open("/account/").text
