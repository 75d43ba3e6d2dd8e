"""A print job makes a file a community, keeps what is proven, goes on after a kill, and names nobody."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from feedback.models import Account, Area, Poster, PrintJob, PrintProof, Worker, db
from feedback.posters.operations import badges, posters, print_jobs
from feedback.posters.press import printing
from feedback.posters.queries import print_jobs as print_queries
from feedback.posters.rules import qr, requests
from feedback.posters.rules.requests import PrintRequest
from feedback.roles import COORDINATOR
from huying.base.errors import Conflict, Invalid, Refused
from huying.base.settings import Settings
from huying.store.installation import Installation
from tests.feedback.town import WANG, open_desks
from tests.support import apart

BASE = "https://hy.example.cn"


@pytest.fixture
def place(town, tmp_path: Path) -> Installation:
    """The town as a command finds it, with a second community and three posters in each."""
    with town.database.transaction() as session:
        session.add_all(
            [
                Area(code="N", parent_code="S", level="community", name="向阳社区", grid_type=""),
                Area(code="G9", parent_code="N", level="grid", name="第9网格", grid_type=""),
            ]
        )
        session.flush()
        session.add(Worker(code="W9", name="赵敏", area_code="G9"))
        for grid in ("G1", "G2", "G9", "G9", "G9"):
            posters.issue(session, grid_code=grid, location="大门口", now=town.now)
        badges.issue(session, worker_code="W1", now=town.now)
        open_desks(session, now=town.now)
    settings = Settings(
        side="public",
        prefix="HUYING_PUBLIC",
        data=tmp_path,
        database_url="",
        base_url=BASE,
        secret="s" * 40,
        demo=False,
        debug=False,
        origin="x",
        region="CN",
        allowed_numbers="invented",
    )

    class Here(Installation):
        @property
        def vault(self):
            return town.vault

    return Here(settings, town.database)


def ask(installation: Installation, now, **how) -> int:
    by = how.pop("by", "keeper")
    with installation.database.transaction() as session:
        return print_jobs.ask(session, PrintRequest(**({"kind": "poster"} | how)), by=by, now=now).id


def proofs(installation: Installation, job: int) -> dict[str, PrintProof]:
    with installation.database.reading() as session:
        return print_queries.proofs(session, job)


def test_each_community_gets_a_file_with_every_poster_proven(place, town):
    job = ask(place, town.now)
    told: list[str] = []
    printing.carry_out(place, job, told=told.append)
    assert {code: proof.sheets for code, proof in proofs(place, job).items()} == {"M": 3, "N": 3}
    assert len(told) == 2
    with place.database.reading() as session:
        assert all(poster.proofed_at for poster in session.scalars(select(Poster)))
        assert session.get_one(PrintJob, job).finished_at is not None


def test_an_area_s_job_prints_that_area_alone(place, town):
    job = ask(place, town.now, area_code="N")
    printing.carry_out(place, job, told=lambda _said: None)
    assert proofs(place, job).keys() == {"N"}


def test_retired_posters_are_not_printed(place, town):
    with place.database.transaction() as session:
        for poster in session.scalars(select(Poster).where(Poster.grid_code == "G9")).all():
            posters.retire(session, poster.code, reason="torn", replaced_by=None, now=town.now)
    with pytest.raises(Invalid, match="没有可印的"):
        ask(place, town.now, area_code="N")


def test_badges_are_printed_of_those_in_use(place, town):
    job = ask(place, town.now, kind="badge")
    printing.carry_out(place, job, told=lambda _said: None)
    (found,) = proofs(place, job).values()
    assert (found.sheets, found.symbols) == (1, 1)


def test_no_worker_s_number_or_name_is_in_any_file(place, town):
    for kind in requests.KINDS:
        printing.carry_out(place, ask(place, town.now, kind=kind), told=lambda _said: None)
    files = list((place.settings.data / "print").rglob("*.pdf"))
    assert len(files) == 3
    for path in files:
        data = path.read_bytes()
        pages = pypdfium2.PdfDocument(data)
        said = "".join(page.get_textpage().get_text_range() for page in pages)
        digits = "".join(char for char in said if char.isdigit())
        for secret in (WANG[1:], WANG[-8:]):
            assert secret.encode() not in data
            assert secret not in digits
        assert "王秀兰" not in said


def test_a_proof_is_never_changed_or_deleted(place, town):
    job = ask(place, town.now)
    printing.carry_out(place, job, told=lambda _said: None)
    for deed in ("UPDATE print_proof SET sheets = 9", "DELETE FROM print_proof"):
        with pytest.raises(DatabaseError), place.database.transaction() as session:
            session.execute(text(deed))


def test_what_is_proven_is_not_made_again(place, town):
    job = ask(place, town.now)
    printing.carry_out(place, job, told=lambda _said: None)
    path = printing.file_of(place, job, "M")
    before = path.stat().st_mtime_ns
    printing.carry_out(place, job, told=lambda _said: None)
    assert path.stat().st_mtime_ns == before


def test_a_file_that_was_tampered_with_or_lost_is_made_again_to_the_byte(place, town):
    job = ask(place, town.now)
    printing.carry_out(place, job, told=lambda _said: None)
    path = printing.file_of(place, job, "M")
    good = path.read_bytes()
    path.write_bytes(good[:-1] + b"x")
    with place.database.reading() as session:
        assert not print_queries.is_unchanged(path, print_queries.proofs(session, job)["M"])
    printing.carry_out(place, job, told=lambda _said: None)
    assert path.read_bytes() == good
    assert sha256(good).hexdigest() == proofs(place, job)["M"].digest


def test_a_job_that_cannot_be_made_says_why_and_releases_nothing(place, town):
    with place.database.transaction() as session:
        session.get_one(Area, "N").name = "向阳𓀀"
    job = ask(place, town.now, area_code="N")
    with pytest.raises(Refused):
        printing.carry_out(place, job, told=lambda _said: None)
    with place.database.reading() as session:
        assert "𓀀" in session.get_one(PrintJob, job).failure
    assert proofs(place, job) == {}
    assert not printing.file_of(place, job, "N").exists()


def test_a_row_that_cannot_be_printed_is_named_and_the_others_are_printed(place, town):
    with place.database.transaction() as session:
        bad = posters.issue(session, grid_code="G1", location="门口\u200b左侧", now=town.now)
    job = ask(place, town.now, area_code="M")
    printing.carry_out(place, job, told=lambda _said: None)
    with place.database.reading() as session:
        failure = session.get_one(PrintJob, job).failure
        assert bad.dial_code in failure
        assert "U+200B" in failure
        assert session.get_one(Poster, bad.id).proofed_at is None
    assert proofs(place, job)["M"].sheets >= 1
    assert printing.file_of(place, job, "M").exists()


def test_no_poster_is_printed_before_somebody_takes_what_no_other_desk_can(place, town):
    with place.database.transaction() as session:
        for account in session.scalars(select(Account)):
            account.active = False
    with pytest.raises(Conflict, match="没有协调员账号"):
        ask(place, town.now)
    with place.database.transaction() as session:
        session.scalars(select(Account).where(Account.role == COORDINATOR)).one().active = True
    with pytest.raises(Conflict, match="没有区级兜底单位的账号"):
        ask(place, town.now)
    assert ask(place, town.now, kind="badge") == 1, "a badge opens nothing"


@pytest.mark.server
def test_killed_in_the_middle_it_goes_on_where_it_was(tmp_path):
    environment = os.environ | {
        "HUYING_DATA": str(tmp_path),
        "HUYING_PUBLIC_BASE_URL": BASE,
        "HUYING_PUBLIC_SECRET": "s" * 40,
    }
    _many(tmp_path, environment)
    words = ["feedback", "posters", "print"]
    pipe = tmp_path / "said"
    os.mkfifo(pipe)
    process = apart.start(words, environment, streams=((Path(os.devnull), os.O_RDONLY), (pipe, os.O_WRONLY)))
    with pipe.open(encoding="utf-8") as stream:
        said = [stream.readline(), stream.readline()]  # the job's number, the first community
        process.kill()
        process.join()
    first = sorted((tmp_path / "print" / "1").glob("*.pdf"))
    assert said[0].strip() == "印刷任务 1"
    assert 1 <= len(first) < 6
    kept = {path: path.stat().st_mtime_ns for path in first}
    time.sleep(0.05)
    done = apart.run([*words, "--job", "1"], environment)
    assert "6/6" in done.stdout
    assert all(path.stat().st_mtime_ns == at for path, at in kept.items())
    files = sorted((tmp_path / "print" / "1").iterdir())
    assert [path.suffix for path in files] == [".pdf"] * 6
    assert sum(len(pypdfium2.PdfDocument(path)) for path in files) == 120


def _many(data: Path, environment: dict[str, str]) -> None:
    """Six communities of twenty posters."""
    from huying.base import settings as read
    from huying.store import installation as places
    from tests.feedback.town import AREAS

    loaded = read.load("public", "HUYING_PUBLIC", environment)
    from datetime import UTC, datetime

    now = datetime(2026, 11, 23, tzinfo=UTC)
    with (
        places.opened(loaded, package="feedback", db=db) as installation,
        installation.database.transaction() as session,
    ):
        for code, above, level, name in AREAS[:2]:
            session.add(Area(code=code, parent_code=above, level=level, name=name, grid_type=""))
        session.flush()
        for number in range(6):
            session.add(
                Area(
                    code=f"K{number}",
                    parent_code="S",
                    level="community",
                    name=f"第{number}社区",
                    grid_type="",
                )
            )
            session.flush()
            session.add(
                Area(code=f"K{number}G", parent_code=f"K{number}", level="grid", name="第1网格", grid_type="")
            )
            session.flush()
            for spot in range(20):
                posters.issue(session, grid_code=f"K{number}G", location=f"{spot}号楼", now=now)
        open_desks(session, now=now)


@pytest.mark.server
def test_a_host_that_is_too_long_stops_the_start_and_says_how_many_characters_to_cut(tmp_path):
    environment = os.environ | {
        "HUYING_DATA": str(tmp_path),
        "HUYING_PUBLIC_BASE_URL": "https://" + "h" * 40 + ".cn",
        "HUYING_PUBLIC_SECRET": "s" * 40,
    }
    for words in (["serve", "--port", "8999"], ["posters", "print"]):
        found = apart.run(["feedback", *words], environment)
        assert found.returncode != 0
        assert "域名至少要再短 13 个字符" in found.stdout + found.stderr
    assert qr.check_host("https://" + "h" * 27 + ".cn").level == "Q"
