"""Pages that a receipt, a link or a reviewer leads to, in both languages: each can be used by everybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.place import DemoFolder
from feedback import tokens
from feedback.cases.operations import handling, joins, opening, proofs
from feedback.cases.rules.codes import token_of
from feedback.cases.rules.requests import HelpRequest
from feedback.models import Case, LimitedRequest, Poster, Rating, RatingVersion
from huying.base import clock
from huying.base.phones import Vault
from huying.store.db import Database
from tests.pages.every import NOBODY
from tests.pages.looks import in_each_language, look_at, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.server]
Look = Callable[[str], None]
NUMBER = "+99910004321"


def _looker(page: Page, language: str) -> Look:
    def look(name: str) -> None:
        assert page.locator("html").get_attribute("lang").startswith(language)
        look_at(page, f"word-{name}-{language}", language=language)

    return look


def _opened(
    session: Session, vault: Vault, once: str, *, contact: str | None, now: datetime
) -> tuple[Case, str]:
    poster = session.scalars(select(Poster).where(Poster.retired_at.is_(None)).order_by(Poster.id)).first()
    new = opening.open_case(
        session,
        HelpRequest("水电气热", "水管漏水", "2号楼门口", contact=contact),
        poster=poster,
        once=f"{once:-<20}",
        source="poster",
        vault=vault,
        now=now,
    )
    return new.case, new.receipt


def _declared(session: Session, vault: Vault, case: Case, *, now: datetime) -> None:
    worker = case.worker_code
    handling.answer_case(session, case.id, worker_code=worker, note="去看", now=now)
    handling.declare(
        session, case.id, actor="worker" if worker else "unit", note="好了", now=now, vault=vault
    )


@in_each_language
def test_receipts_and_links_in_every_state(place: DemoFolder, browser: Browser, language: str) -> None:
    settings = place.public()
    database, vault, now = Database(settings.database_url), Vault(settings.keys), clock.now()
    with database.transaction() as session:
        plain, receipt = _opened(session, vault, f"plain {language}", contact=None, now=now)
        _declared(session, vault, plain, now=now)
        waiting, proving = _opened(session, vault, f"waiting {language}", contact=NUMBER, now=now)
        proofs.ask(session, waiting, vault=vault, now=now)
        other, _receipt = _opened(session, vault, f"other {language}", contact=None, now=now)
        joins.propose(session, waiting.id, into_id=other.id, by="worker", now=now)
        long_ago = now - timedelta(days=15)
        late, _receipt = _opened(session, vault, f"late {language}", contact=NUMBER, now=long_ago)
        proofs.prove_by_call(session, late.id, by="operator", vault=vault, now=long_ago)
        _declared(session, vault, late, now=long_ago)
        link = token_of(vault, case=late.code, round=1)
    database.dispose()
    page = signed_in(browser, place.public_url, NOBODY, language=language)
    look = _looker(page, language)
    page.goto(f"{place.public_url}/receipt/{receipt}")
    look("declared without a number")
    page.locator('form[action*="/word"] button').click()
    look("nothing said")
    page.locator("[name=solved]").first.check()
    page.locator('form[action*="/word"] button').click()
    look("answered")
    page.goto(f"{place.public_url}/receipt/{proving}")
    look("to be proven and asked whether it is the same")
    page.locator("[name=code]").fill("12")
    page.locator('form[action*="/proof"] button').click()
    look("a wrong code")
    page.goto(f"{place.public_url}/r/{link}")
    look("a link that is over")
    page.locator("[name=solved]").first.check()
    page.locator('form[action*="/late"] button').click()
    look("thanks")
    page.context.close()


@in_each_language
def test_a_like_matter_offered_and_a_request_with_faults(
    place: DemoFolder, browser: Browser, language: str
) -> None:
    poster = place.story()["poster"]
    page = signed_in(browser, place.public_url, NOBODY, language=language)
    look = _looker(page, language)
    for text in (f"第一件 {language}", f"第二件 {language}"):
        page.goto(f"{place.public_url}/help/{poster}")
        page.locator("[name=category]").nth(3).check()
        page.locator("[name=text]").fill(text)
        page.locator("[name=place]").fill("9号楼")
        page.locator("[name=urgency]").last.check()
        page.locator("main button[type=submit]").last.click()
    look("a like matter")
    page.goto(f"{place.public_url}/help/{poster}")
    page.locator("[name=photos]").set_input_files(
        [{"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"no photo"}]
    )
    page.locator("main button[type=submit]").last.click()
    look("no photo")
    page.goto(f"{place.public_url}/track")
    page.locator("summary").first.click()
    page.locator("[name=contact]").fill("12")
    page.locator('form[action*="/lost"] button').click()
    look("a receipt lost")
    page.context.close()


@in_each_language
def test_an_odd_rating_and_what_was_held_back(place: DemoFolder, browser: Browser, language: str) -> None:
    settings = place.public()
    database, vault, now = Database(settings.database_url), Vault(settings.keys), clock.now()
    with database.transaction() as session:
        case, _receipt = _opened(session, vault, f"odd {language}", contact=None, now=now)
        rating = Rating(
            case_id=case.id,
            token_hash=tokens.token_hash(sha256(language.encode()).hexdigest()),
            conduct_of=case.worker_code,
            result_of="worker",
            issued_at=now,
            expires_at=now + timedelta(days=14),
            answered_at=now,
            solved="solved",
        )
        session.add(rating)
        session.flush()
        version = {"at": now, "channel": "link", "solved": "solved", "conduct": 5, "words": "很好很好"}
        session.add(RatingVersion(rating_id=rating.id, **version))
        session.add(LimitedRequest(at=now, kind="address", grid_code=case.grid_code, urgency="life"))
        number = rating.id
    database.dispose()
    page = signed_in(browser, place.public_url, "reviewer", language=language)
    look = _looker(page, language)
    page.goto(f"{place.public_url}/review/ratings/")
    look("the reviewer's desk")
    page.goto(f"{place.public_url}/review/limited")
    look("what was held back")
    page.goto(f"{place.public_url}/review/ratings/{number}")
    look("an odd rating")
    page.locator("main button[type=submit]").last.click()
    look("no reason given")
    page.context.close()
    page = signed_in(browser, place.public_url, "operator", language=language)
    look = _looker(page, language)
    page.goto(f"{place.public_url}/calling/")
    look("calls to make")
    page.locator("main .item a").first.click()
    look("a call")
    page.locator("main button[type=submit]").first.click()
    look("a call that was taken")
    page.context.close()
