"""A deposit holds everything due, sealed and signed; equal databases give equal bytes."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256

import pytest
from sqlalchemy import func, select

from feedback import messages
from feedback.cases.operations import handling, ratings, whistles
from feedback.cases.rules.requests import RatingAnswer
from feedback.contacts import operations as contact_numbers
from feedback.deposit import operations
from feedback.duty import operations as duty
from feedback.duty import queries as duty_queries
from feedback.models import LEDGER, DepositRun
from feedback.posters.operations import posters
from feedback.worker.operations import lists
from huying.base.clock import iso
from huying.base.errors import Conflict, Invalid, NotFound, Refused
from huying.deposit import archive
from huying.deposit.manifest import checkpoint
from huying.deposit.sealing import Opener, new_keypair
from huying.ledger import canonical, tree, witnessed
from huying.ledger.keys import verifier_key
from huying.ledger.note import verify_checkpoint
from huying.messaging.carriers import FakeCarrier
from tests.feedback.town import LI, RESIDENT, WANG, put_on_duty
from tests.support import clear_text

ORIGIN = "public.example"
PERIOD, NEXT = "2026W48", "2026W49"
LATER, FINAL = "2026W50", {"confirmed", "unconfirmed", "ended"}
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
ADDRESS = "和平里3号楼201"


@pytest.fixture
def recipient(keys) -> Opener:
    """The independent side, whose public half this side holds."""
    private, public = new_keypair()
    keys.put(operations.RECIPIENT, public)
    return Opener(private)


@pytest.fixture
def played(town):
    """A rated case, a whistled one, one opened in a vacant grid, a cover, a list; all urgent, due at once."""
    first = town.open(urgency="life").case
    town.answer(first)
    town.declare(first, at=town.now + HOUR)
    second = town.open(once="second-form-00001", contact=None, urgency="life").case
    town.answer(second)
    whistle = town.whistle(second)
    town.open(once="third-form-000001", grid="G2", urgency="life")
    with town.database.transaction() as session:
        whistles.accept(session, whistle, department_code="water", now=town.now + HOUR)
        ratings.rate(
            session,
            town.token(first),
            RatingAnswer("solved", conduct=5, words="谢谢"),
            now=town.now + 2 * HOUR,
        )
        ratings.settle(session, now=town.now + 26 * HOUR)
        put_on_duty(
            session,
            "W2",
            "G1",
            start=town.now + 10 * HOUR,
            end=town.now + 20 * HOUR,
            layer=1,
            now=town.now,
        )
        lists.hand_in(session, worker_code="W1", rows=[(RESIDENT, ADDRESS)], vault=town.vault, now=town.now)
    return town


def _make(town, keys, *, period=PERIOD, at=None):
    with town.database.transaction() as session:
        return operations.make(
            session, period=period, keys=keys, origin=ORIGIN, now=at or town.now + 3 * HOUR
        )


def _read(run, keys):
    vkey = verifier_key(ORIGIN, key=keys.signing(operations.SIGNING)).text
    return archive.read(run.file, vkey=vkey)


def test_it_opens_for_the_other_side_with_everything_due(played, keys, recipient):
    read = _read(_make(played, keys), keys)
    assert {name: len(rows) for name, rows in read.tables.items()} == {
        "areas": 5,
        "posts": 3,
        "cases": 3,
        "visits": 0,
        "ratings": 3,
        "posters": 1,
        "lists": 1,
        "remit": 0,
    }
    assert (read.manifest.origin, read.manifest.period) == (ORIGIN, PERIOD)


def test_numbers_and_addresses_are_sealed_to_their_rows(played, keys, recipient):
    run = _make(played, keys)
    tables = _read(run, keys).tables

    def opened(table, column):
        return {
            recipient.open(row[column], table=table, code=row["code"], column=column)
            for row in tables[table]
            if row[column]
        }

    assert opened("posts", "contact") == {WANG, LI}
    assert opened("cases", "contact") == {RESIDENT}
    assert (opened("lists", "contact"), opened("lists", "address")) == ({RESIDENT}, {ADDRESS})
    for secret in (WANG, RESIDENT, ADDRESS, "王秀兰", "水管", "谢谢", "2单元"):
        assert secret.encode() not in run.file


def test_a_case_tells_its_custody_and_its_whistles(played, keys, recipient):
    cases = _read(_make(played, keys), keys).tables["cases"]
    whistled = next(row for row in cases if row["whistles"] != "[]")
    assert json.loads(whistled["custody_seconds"]) == {"dept:water": 3 * 3600}
    assert json.loads(whistled["whistles"]) == [
        {
            "answered": "2026-11-23T03:00:00Z",
            "department": "water",
            "due": "2026-11-23T04:00:00Z",
            "sounded": "2026-11-23T02:00:00Z",
        }
    ]
    rated = next(row for row in cases if row["declared"])
    assert (rated["state"], rated["declared"]) == ("confirmed", "2026-11-23T03:00:00Z")
    assert (rated["word"], whistled["word"]) == ("link", "")
    assert json.loads(rated["custody_seconds"]) == {"resident": 7200, "worker": 3600}
    assert (rated["declared_by"], json.loads(rated["allowed_hours"])) == ("worker", {"worker": 24})
    assert (whistled["declared_by"], json.loads(whistled["allowed_hours"])) == ("", {"dept:water": 72})


def test_posts_are_cut_where_a_cover_answers(played, keys, recipient):
    posts = _read(_make(played, keys, at=played.now + WEEK), keys).tables["posts"]
    ordered = sorted(posts, key=lambda row: row["valid_from"])
    assert [(row["staff"], row["valid_to"]) for row in ordered] == [
        ("W1", "2026-11-23T12:00:00Z"),
        ("W2", "2026-11-23T22:00:00Z"),
        ("W1", ""),
    ]
    # Checked a day before, a mobile's number holds for seven days: from Sunday ten o'clock it is stale.
    assert [float(row["stale_hours"]) for row in ordered] == [0, 0, 14]


def test_ratings_are_counts_alone(played, keys, recipient, tmp_path):
    messages.send_queued(
        played.database,
        carrier=FakeCarrier(tmp_path / "sent"),
        base_url="https://hy.example.cn",
        vault=played.vault,
        now=played.now,
    )
    rows = {row["code"]: row for row in _read(_make(played, keys), keys).tables["ratings"]}
    assert set(rows) == {"G1/worker/solved", "G1/worker/conduct", "G1/worker/result"}
    assert {(row["invited"], row["delivered"], row["answered"]) for row in rows.values()} == {("1", "1", "1")}
    assert json.loads(rows["G1/worker/solved"]["options"]) == {"not_solved": 0, "solved": 1, "unsure": 0}
    assert json.loads(rows["G1/worker/result"]["options"])["unsaid"] == 1
    assert json.loads(rows["G1/worker/conduct"]["options"])["5"] == 1


def test_its_digest_is_in_the_ledger_before_it_leaves(played, keys, recipient):
    run = _make(played, keys)
    assert run.sha256 == sha256(run.file).hexdigest()
    with played.database.reading() as session:
        entry = canonical.load(LEDGER.lines(session)[-1].decode())
        size = LEDGER.size(session)
    assert (entry["t"], entry["p"], entry["d"], entry["n"]["cases"]) == ("deposit", PERIOD, run.sha256, 3)
    manifest = _read(run, keys).manifest
    log = verifier_key(f"{ORIGIN}/log", key=keys.signing(witnessed.SIGNING))
    assert verify_checkpoint(manifest.ledger_checkpoint, log=log).size == size - 1


def test_equal_databases_keys_and_moment_give_equal_bytes(played, keys, recipient):
    with played.database.transaction() as session:
        when = played.now + 3 * HOUR
        first = operations.make(session, period=PERIOD, keys=keys, origin=ORIGIN, now=when).file
        session.rollback()  # as if it had never been made
    assert _make(played, keys).file == first


def test_a_period_is_deposited_once(played, keys, recipient):
    first = _make(played, keys)
    played.open(once="later-form-000001", urgency="life")
    again = _make(played, keys, at=played.now + 5 * HOUR)
    assert (again.file, again.made_at) == (first.file, first.made_at)
    with played.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DepositRun)) == 1


def test_what_fell_due_after_an_early_deposit_goes_with_the_next_and_so_does_what_is_not_over(
    played, keys, recipient
):
    first = _read(_make(played, keys), keys).tables["cases"]
    not_over = {row["code"] for row in first if row["state"] not in FINAL}
    assert 0 < len(not_over) < len(first)
    late = played.open(once="later-form-000001", urgency="life", at=played.now + 4 * HOUR).case
    soon = played.open(once="later-form-000002", at=played.now + 4 * HOUR).case
    rows = _read(_make(played, keys, period=NEXT, at=played.now + WEEK), keys).tables["cases"]
    assert {row["code"] for row in rows} == {late.code, soon.code} | not_over


def test_a_whistle_that_ended_with_its_case_says_so(played, keys, recipient):
    case = played.open(once="later-form-000001", urgency="life").case
    played.answer(case)
    played.whistle(case)
    with played.database.transaction() as session:
        handling.withdraw(session, case.id, now=played.now + HOUR)
    rows = _read(_make(played, keys), keys).tables["cases"]
    (row,) = [row for row in rows if row["code"] == case.code]
    (whistle,) = json.loads(row["whistles"])
    assert (whistle["answered"], whistle["ended"]) == ("", iso(played.now + HOUR))
    assert json.loads(row["custody_seconds"]) == {"dept:water": 3600}


def test_a_confirmation_after_the_deposit_goes_with_the_next_and_then_no_more(played, keys, recipient):
    case = played.declared(once="later-form-000001", urgency="life")
    _make(played, keys)
    with played.database.transaction() as session:
        answer = RatingAnswer("solved", 5, 5)
        ratings.rate(session, played.token(case), answer, now=played.now + 50 * HOUR)
    played.settle(at=played.now + 80 * HOUR)
    rows = _read(_make(played, keys, period=NEXT, at=played.now + WEEK), keys).tables["cases"]
    assert [row["state"] for row in rows if row["code"] == case.code] == ["confirmed"]
    after = _read(_make(played, keys, period=LATER, at=played.now + 2 * WEEK), keys).tables["cases"]
    assert case.code not in {row["code"] for row in after}


def test_a_case_that_was_sent_back_is_due_again(played, keys, recipient):
    case = played.declared(once="later-form-000001", urgency="life")
    first = {row["code"] for row in _read(_make(played, keys), keys).tables["cases"]}
    assert case.code in first
    with played.database.transaction() as session:
        ratings.rate(
            session,
            played.token(case),
            RatingAnswer("not_solved"),
            now=played.now + 5 * HOUR,
        )
    rows = _read(_make(played, keys, period=NEXT, at=played.now + WEEK), keys).tables["cases"]
    assert (case.code, "contested") in [(row["code"], row["state"]) for row in rows]


def test_an_older_period_or_one_that_has_not_begun_is_refused(played, keys, recipient):
    with pytest.raises(Invalid, match="还没有开始"):
        _make(played, keys, period=NEXT)
    with pytest.raises(Invalid, match="2026W48"):
        _make(played, keys, period="last week")
    _make(played, keys)
    with pytest.raises(Conflict, match="已经交存"):
        _make(played, keys, period="2026W47")


def test_without_the_other_sides_key_nothing_is_deposited(played, keys):
    with pytest.raises(Refused, match="公钥"):
        _make(played, keys)
    with played.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DepositRun)) == 0


def test_a_retired_poster_and_a_retracted_duty_stay_at_home(played, keys, recipient):
    with played.database.transaction() as session:
        posters.retire(session, "7K3M9QDA", reason="torn", replaced_by=None, now=played.now)
        cover = duty_queries.current(session, "G1", at=played.now + 12 * HOUR)
        duty.retract(session, cover.id, by="office", now=played.now)
    tables = _read(_make(played, keys), keys).tables
    assert tables["posters"] == ()
    assert [row["staff"] for row in tables["posts"]] == ["W1"]


def test_a_grid_without_a_working_number_is_stale_all_the_time(played, keys, recipient):
    with played.database.transaction() as session:
        contact_numbers.set_number(session, worker_code="W1", number="+99913900009", vault=played.vault)
    posts = _read(_make(played, keys, at=played.now + 5 * HOUR), keys).tables["posts"]
    # From Monday's first minute to the moment of the deposit, 10:00 + 5 h by the local clock.
    assert next(row for row in posts if row["staff"] == "W1")["stale_hours"] == "15.00"


def test_it_carries_the_ledgers_lines_since_the_last_and_more_if_asked(played, keys, recipient):
    first = _read(_make(played, keys), keys)
    second = _read(_make(played, keys, period=NEXT, at=played.now + 2 * WEEK), keys)
    signed = checkpoint(second.manifest.ledger_checkpoint)
    lines = (*first.entries, *second.entries)
    assert (first.first, second.first) == (0, len(first.entries))
    assert tree.root(map(tree.leaf_hash, lines)) == signed.root
    with played.database.transaction() as session:
        file = operations.reissue(session, period=NEXT, since=0, now=played.now + 2 * WEEK)
        again = LEDGER.lines(session)[-1]
    vkey = verifier_key(ORIGIN, key=keys.signing(operations.SIGNING)).text
    whole = archive.read(file, vkey=vkey)
    assert (whole.entries, whole.tables) == (lines, second.tables)
    assert json.loads(again)["d"] == archive.digest(file)
    with pytest.raises(Invalid), played.database.transaction() as session:
        operations.reissue(session, period=NEXT, since=10**6, now=played.now)
    with pytest.raises(NotFound), played.database.transaction() as session:
        operations.reissue(session, period="2026W40", since=0, now=played.now)


def test_no_number_stands_in_clear_in_any_column_ledger_line_or_deposit(played, keys, recipient):
    run = _make(played, keys)
    secrets = [number.removeprefix("+999") for number in (RESIDENT, WANG, LI)]
    assert clear_text.holding(played.database, secrets) == set()
    assert not any(secret.encode() in run.file for secret in secrets)
