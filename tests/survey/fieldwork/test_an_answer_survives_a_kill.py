"""After a kill what was told saved is there, and a dial under way is never made again; on both databases."""

from __future__ import annotations

import http.client
import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from huying.base import clock
from huying.base.phones import Vault
from huying.base.settings import load
from huying.store.db import Database
from huying.testing.click_to_call import ClickToCall
from survey.drawing import parts
from survey.fieldwork.operations import dialling, queue
from survey.models import Account, Answer, Dial
from survey.registry.operations import registry
from survey.waves.operations import draw, freeze, release
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.wave_rules import WaveRules
from tests.support import apart
from tests.support.actors import PASSWORD
from tests.support.servers import Installation, free_port, stop
from tests.support.web_client import WebClient
from tests.survey import dialled_slowly
from tests.survey.stories import THEN, dice_after

pytestmark = pytest.mark.server

ANSWERS, KILLS = 200, 5
OPENING = {"C1": "1", "S1": "1", "S3": "1", "S2A": "1", "S2B": "1"}
HEADING = "户编号,网格编号,地址,电话,电话来源,电话登记日期,登记人"


@pytest.fixture
def installation(tmp_path, engine_name, request):
    """The independent side with one household drawn and released, and one interviewer."""
    more = {}
    if engine_name == "postgresql":
        cluster = request.getfixturevalue("cluster")
        name = cluster.create(
            "huying_survey", template=request.getfixturevalue("postgres_templates")["survey"]
        )
        more = {"HUYING_SURVEY_DATABASE_URL": cluster.url(name, "huying_survey")}
    side = Installation("survey", tmp_path / "survey", free_port(), more)
    side.run("upgrade")
    words = ("--role", "interviewer", "--name", "caller", "--code", "801", "--password-file", "-")
    side.run("account", "caller", *words, stdin=PASSWORD)
    _release_one(side)
    yield side
    if engine_name == "postgresql":
        cluster.drop(name)


def _database(side: Installation) -> Database:
    return Database(load("survey", "HUYING_SURVEY", side.environment).database_url)


def _release_one(side: Installation) -> None:
    vault = Vault(load("survey", "HUYING_SURVEY", side.environment).keys)
    database, now, part = _database(side), clock.now() - THEN, "11" * 32
    row = f"{HEADING}\nH1,G1,春一路1号,+99910000001,物业登记,2026-05-01,名册员\n"
    with database.transaction() as session:
        registry.import_households(session, row.encode(), vault=vault, allowed="invented", by="r", now=now)
        freeze.freeze(
            session,
            FreezeRequest(
                label="w",
                sizes={"G1": (1, 0)},
                rules=WaveRules(hours="any"),
                beacon_source=dice_after(now),
            ),
            vault=vault,
            now=now,
        )
        draw.commit(session, "w", party="operator", commitment=parts.seal(part), now=now)
        draw.announce(session, "w", value="60417739025518840263", now=now + THEN)
        draw.reveal(session, "w", party="operator", part=part, now=now)
        draw.draw(session, "w", now=now)
        release.open_field(session, "w", now=now)
    database.dispose()


def _begin(client: WebClient) -> str:
    """Claim the case, reach somebody, answer the opening; return the address of the open question."""
    client.sign_in("caller", PASSWORD)
    client.get("/interview/")
    place = client.post("/interview/next")[1]
    client.get(place)
    client.post(f"{place.partition('?')[0]}/dial")
    place = client.post(f"{place.partition('?')[0]}/reached")[1]
    for item, code in OPENING.items():
        assert place.partition("?")[0].endswith(f"/{item}")
        client.get(place)
        place = client.post(place, code=code)[1]
    return place.rsplit("/", 1)[0] + "/O1"


def _kill_now_and_then(server: list, side: Installation, acknowledged: list, chance: random.Random) -> None:
    for kill in range(KILLS):
        while len(acknowledged) < kill * ANSWERS // KILLS:
            time.sleep(0.01)
        time.sleep(chance.uniform(0.0, 0.1))
        stop(server[-1], signal.SIGKILL)
        server.append(side.start())


def until(condition, *, seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while not condition() and time.monotonic() < ends:
        time.sleep(0.05)
    return bool(condition())


def test_acknowledged_answers_survive_kill_9(installation):
    server, acknowledged, lost_connections = [installation.start()], [], 0
    client = WebClient(installation.url)
    address = _begin(client)
    told = (server, installation, acknowledged, random.Random(5))
    killer = threading.Thread(target=_kill_now_and_then, args=told)
    killer.start()
    while len(acknowledged) < ANSWERS:
        text = f"answer {len(acknowledged)} try {lost_connections}"
        try:
            status, _ = client.post(address, value=text)
        except (ConnectionError, http.client.HTTPException, TimeoutError):
            lost_connections += 1
            time.sleep(0.05)
            continue
        assert status == 303
        acknowledged.append(text)
    killer.join()
    stop(server[-1], signal.SIGTERM)
    database = _database(installation)
    with database.reading() as session:
        stored = session.scalars(select(Answer.value).where(Answer.item == "O1").order_by(Answer.rev)).all()
    database.dispose()
    assert lost_connections > 0, "no kill ever fell into a request"
    assert len(server) == KILLS + 1
    assert set(acknowledged) <= {json.loads(value) for value in stored}


@contextmanager
def _slow_platform() -> Iterator[tuple[str, ClickToCall, threading.Event]]:
    """Yield a platform on loopback that takes every dial and answers it only once told to."""
    platform, answers = ClickToCall(dialled_slowly.KEY), threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def _take(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            taken = platform.take(self.path, self.headers, self.rfile.read(length) or None)
            if self.command == "POST" and self.path == "/dials":
                answers.wait(60)
            with suppress(OSError):
                self.send_response(taken.status)
                self.end_headers()
                self.wfile.write(taken.body)

        do_GET = do_POST = _take  # noqa: N815

        def log_message(self, *_said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{listening.server_port}", platform, answers
        answers.set()
        listening.shutdown()


@pytest.mark.slow
def test_a_dial_that_a_kill_cut_off_is_not_made_again_and_the_carrier_is_asked_how_it_ended(installation):
    settings = load("survey", "HUYING_SURVEY", installation.environment)
    with _slow_platform() as (address, platform, answers):
        desk = dialled_slowly.desk_at(address, settings)
        with desk.database.transaction() as session:
            caller = session.scalars(select(Account).where(Account.login == "caller")).one()
            case = queue.next_case(session, interviewer=caller, now=clock.now())
            unit, fence = case.unit, case.fence
        words = (address, unit, str(fence))
        process = apart.start(words, installation.environment, body=dialled_slowly.dial)
        assert until(lambda: platform.dials, seconds=30)
        process.kill()
        process.join(10)
        answers.set()

        def dial():
            with desk.database.reading() as session:
                return session.scalars(select(Dial)).one()

        assert (dial().state, dial().code, dial().provider_sid) == ("requested", None, None)
        again = apart.run(words, installation.environment, body=dialled_slowly.dial)
        assert again.returncode == 0, again.stderr
        assert [path for path, _said in platform.asked] == ["/dials"]
        platform.ring(dial().ulid)
        assert dialling.settle(desk, patient=False) == 1
        assert (dial().code, dial().provider_sid, len(platform.dials)) == ("no_answer", "P0", 1)
        desk.database.dispose()
