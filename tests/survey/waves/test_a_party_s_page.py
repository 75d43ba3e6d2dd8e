"""A party's page takes its digest, once; before the event neither page nor database holds its part."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from survey.drawing import parts
from survey.models import LEDGER, Party
from survey.waves.rules.parties import digest_text
from tests.survey.browsing import Page, Visitor
from tests.survey.waves.test_ceremony import called, frozen, sealed

SEALING_PAGE = Path(__file__).parents[3] / "static" / "seal.html"
PART = "5e" * 32
DIGEST = digest_text(parts.seal(PART))
LINK = re.compile(r"http://127\.0\.0\.1:8001(/party/[A-Za-z0-9_-]{32})")


@pytest.fixture
def officer(visit) -> Visitor:
    """A draw officer who froze a wave."""
    entered = visit("settled", "draw_officer")
    frozen(entered)
    return entered


def handed_over(officer: Visitor, *, party: str = "audit") -> str:
    """The path of the link that the officer's page shows."""
    page = officer.send(officer.open("/waves/2026W48"), "/link", party=party)
    found = LINK.search(page.html)
    assert found, page.text
    return found[1]


def logged(officer: Visitor) -> list[dict[str, object]]:
    with officer.app.extensions["huying"].database.reading() as session:
        return [json.loads(line) for line in LEDGER.lines(session)]


def test_the_link_is_shown_once_and_takes_a_digest_once(officer):
    path = handed_over(officer)
    assert not LINK.search(officer.open("/waves/2026W48").html)
    party = Visitor(officer.app)
    page = party.open(path)
    assert "audit：封存一份" in page.text
    done = party.send(page, path, digest=f" {DIGEST.upper()} ")
    assert done.path == "/rounds/2026W48"
    assert "已记下 audit 的指纹" in done.text
    assert DIGEST in done.text
    assert logged(officer)[-1].items() >= {"by": "audit", "c": parts.seal(PART), "t": "commit"}.items()
    assert party.open(path).status == 410
    assert party.post(path, {}).status in {400, 410}
    assert DIGEST.removeprefix("sha256:")[:4] in officer.open("/waves/2026W48/wall").text


def test_a_part_handed_in_by_mistake_is_neither_kept_nor_shown_again(officer):
    path = handed_over(officer)
    party = Visitor(officer.app)
    page = party.send(party.open(path), path, digest=PART)
    assert page.status == 422
    assert "请另做一份" in page.text
    assert PART not in page.html
    with officer.app.extensions["huying"].database.reading() as session:
        assert session.scalars(select(Party)).all() == []


def test_after_the_event_the_part_is_opened_by_another_link(officer, event_passes):
    path = handed_over(officer)
    party = Visitor(officer.app)
    party.send(party.open(path), path, digest=DIGEST)
    page = officer.open("/waves/2026W48")
    event_passes()
    called(officer, page)
    assert party.open(path).status == 410
    later = handed_over(officer)
    opening = party.open(later)
    assert "公开份额" in opening.text
    assert DIGEST in opening.text
    assert "不一致" in party.send(opening, later, part="00" * 32).text
    done = party.send(party.open(later), later, part=PART)
    assert "份额已公开" in done.text
    assert logged(officer)[-1] == {"by": "audit", "r": PART, "t": "reveal"}
    for page in (done, officer.open("/waves/2026W48"), officer.open("/waves/2026W48/wall")):
        assert PART not in page.html


def opened_by(visitor: Visitor, path: str, *, base: str, **environ: str) -> Page:
    return Page(visitor.client.get(path, base_url=base, environ_overrides=environ))


def test_without_tls_the_page_takes_nothing_and_points_to_the_one_file(officer):
    path = handed_over(officer)
    plain = opened_by(Visitor(officer.app), path, base="http://cp.example.cn")
    assert "这里不能封存" in plain.text
    assert "<form" not in plain.main
    assert "/seal.html" in plain.main
    officer.app.config["WTF_CSRF_ENABLED"] = False
    posted = officer.app.test_client().post(path, data={"digest": DIGEST}, base_url="http://cp.example.cn")
    assert posted.status_code == 200
    assert logged(officer)[-1]["t"] == "design"
    for base in ("https://cp.example.cn", "http://localhost:8001", "http://[::1]:8001"):
        assert "<form" in opened_by(Visitor(officer.app), path, base=base).main


def test_the_one_file_page_comes_as_it_is_with_its_digest_beside_it(officer):
    path = handed_over(officer)
    stranger = Visitor(officer.app)
    file = stranger.open("/seal.html").response
    assert file.data == SEALING_PAGE.read_bytes()
    assert "attachment" in file.headers["Content-Disposition"]
    assert sha256(file.data).hexdigest() in stranger.open(path).text


def test_a_link_is_made_by_the_draw_officer_alone_and_named_faults_stay_on_the_page(officer):
    page = officer.open("/waves/2026W48")
    assert officer.send(page, "/link", party="审计局").status == 422
    assert officer.send(page, "/link", party="").status == 422
    sealed(officer, party="audit")
    again = officer.send(officer.open("/waves/2026W48"), "/link", party="audit")
    assert again.status == 409
    assert "已经封存" in again.text
