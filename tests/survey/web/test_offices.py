"""The other offices: registry and deposits, field, scores, ledger, accounts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

from sqlalchemy import select

from huying.base import clock
from huying.side.app import LARGEST_REQUEST
from survey.drawing import parts
from survey.fieldwork.operations import close
from survey.models import Account, SampledCase, ScoreRelease
from survey.scores.queries import releases
from survey.waves.operations import draw, freeze
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.wave_rules import WaveRules
from tests.survey.browsing import Page, Visitor
from tests.survey.stories import THEN, dice_after
from tests.survey.world import DICE, ORIGIN, PASSWORD, WAVE, deposit_made

Visit = Callable[..., Visitor]


def upload(visitor: Visitor, path: str, data: bytes) -> Page:
    return visitor.send(visitor.open(path), path, file=(io.BytesIO(data), "file"))


def test_a_deposit_too_large_for_a_page_is_sent_to_the_command_line(visit: Visit) -> None:
    registrar = visit("settled", "registrar")
    body, kind = b"x" * (LARGEST_REQUEST + 1), "multipart/form-data; boundary=x"
    page = Page(registrar.client.post("/registry/deposits", data=body, content_type=kind, base_url=ORIGIN))
    assert page.status == 413
    assert "huying survey accept" in page.text


def test_a_damaged_deposit_is_refused_in_a_sentence(visit: Visit) -> None:
    registrar = visit("settled", "registrar")
    registrar.app.extensions["huying"].settings.keys.put("depositor", "none")
    page = upload(registrar, "/registry/deposits", b"not a zip")
    assert page.status in {409, 422}
    assert "请先修改" in page.text


def test_a_late_deposit_raises_an_alarm(visit: Visit) -> None:
    registrar = visit("open", "registrar")
    assert "交存文件迟到" in registrar.open("/registry/deposits").text
    with registrar.app.extensions["huying"].database.transaction() as session:
        session.add(deposit_made(clock.now() - timedelta(days=7), period="2026W47"))
    page = registrar.open("/registry/deposits")
    assert "迟到" not in page.text
    assert "7 天前" in page.text
    assert "名单行 12" in page.text


def test_the_supervisor_sees_counts_and_seats_and_takes_a_case_back(visit: Visit) -> None:
    supervisor = visit("open", "supervisor")
    interviewer = Visitor(supervisor.app, "interviewer")
    interviewer.send(interviewer.open("/interview/"), "/next")
    page = supervisor.open("/supervisor/")
    assert "47 等待拨打" in page.text or "等待拨打 47" in page.text
    with supervisor.app.extensions["huying"].database.reading() as session:
        units = session.scalars(select(SampledCase.unit)).all()
    assert not [unit for unit in units if unit in page.html]
    assert "在拨号" in page.text
    (seat,) = re.findall(r"/supervisor/seats/\d+", page.html.partition("在拨号")[2].partition("不在")[0])
    page = supervisor.open(seat)
    assert supervisor.send(page, "/hand-back", reason="").status == 422
    page = supervisor.send(page, "/hand-back", reason="设备故障")
    assert page.status == 200
    assert "收回</button>" not in page.html
    assert not [unit for unit in units if unit in page.html]


def test_the_scores_say_how_sure_they_are_and_compare_within_a_type_only(visit: Visit) -> None:
    page = visit("closed", "assessor").open(f"/scores/{WAVE}")
    assert page.status == 200
    assert "每 100 户里约" in page.text
    assert "95% 置信区间" in page.text
    plots = [ElementTree.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page.html, re.DOTALL)]
    assert len(plots) == 2
    assert "排名" not in page.main.replace("不排名次", "")
    for word in ("RR1", "RR3", "COOP1", "REF1", "CON1"):
        assert word in page.text


def test_cells_with_few_answers_are_gaps_everywhere(visit: Visit) -> None:
    assessor = visit("closed", "assessor")
    page = assessor.open(f"/scores/{WAVE}")
    assert "少于10份，不公布" in page.text
    assert "不公布</text>" in page.html
    rows = list(csv.DictReader(io.StringIO(assessor.open(f"/scores/{WAVE}.csv").html)))
    hidden = [row for row in rows if row["unit"] == "G3"]
    assert hidden
    assert all(row["estimate"] == row["low"] == row["high"] == row["n"] == "" for row in hidden)


def test_the_csv_is_the_frozen_table_and_carries_a_mark_only_on_request(visit: Visit) -> None:
    assessor = visit("closed", "assessor")
    plain = assessor.open(f"/scores/{WAVE}.csv").response.data
    marked = assessor.open(f"/scores/{WAVE}.csv?bom=1").response.data
    assert marked == b"\xef\xbb\xbf" + plain
    with assessor.app.extensions["huying"].database.reading() as session:
        rows = releases.rows_of(session.scalars(select(ScoreRelease)).one())
    read = list(csv.DictReader(io.StringIO(plain.decode())))
    assert [cells["unit"] for cells in read] == [row.unit for row in rows]
    for cells, row in zip(read, rows, strict=True):
        assert cells["estimate"] == ("" if row.estimate is None else repr(row.estimate))


def test_the_lists_page_speaks_of_the_list_and_not_of_a_person(visit: Visit) -> None:
    page = visit("closed", "assessor").open(f"/scores/{WAVE}/lists")
    assert page.status == 200
    assert "仅说明名单，不说明个人" in page.text
    assert "为保护另一个少于10份的地方，不公布" in page.text
    assert "q 值" in page.text


def test_before_the_end_nobody_sees_a_score(visit: Visit) -> None:
    assessor = visit("open", "assessor")
    assert "谁也看不到得分" in assessor.open(f"/scores/{WAVE}").text
    assert assessor.open(f"/scores/{WAVE}.csv").status == 404
    assert assessor.open(f"/scores/{WAVE}/lists").status == 409
    assert assessor.open("/scores/none").status == 404


def test_scores_are_computed_once_by_a_button(visit: Visit) -> None:
    assessor = visit("open", "assessor")
    with assessor.app.extensions["huying"].database.transaction() as session:
        close.close(session, WAVE, now=clock.now() + timedelta(days=61))
    page = assessor.send(assessor.open(f"/scores/{WAVE}"), f"/scores/{WAVE}")
    assert page.status == 200
    assert "没有回答" in page.text


def test_the_ledger_keeps_closed_what_would_tell_the_sample_until_the_end(visit: Visit) -> None:
    running = visit("open", "auditor").open("/auditor/")
    assert "封存至访问结束" in running.text
    assert '"t":"commit"' in running.text
    assert '"t":"reveal"' not in running.text
    assert '"t":"draw"' not in running.text
    over = visit("closed", "auditor").open("/auditor/")
    assert '"t":"score"' in over.text
    assert "封存至访问结束" not in over.text
    assert f"{WAVE}.zip" in over.text


def test_the_ledger_stays_closed_however_many_sealed_a_part(visit: Visit) -> None:
    auditor = visit("settled", "auditor")
    ground = auditor.app.extensions["huying"]
    now = clock.now() - THEN
    offices = {f"office-{number:03}": parts.new_part() for number in range(210)}
    with ground.database.transaction() as session:
        freeze.freeze(
            session,
            FreezeRequest(
                label="many",
                sizes=dict.fromkeys(("G1", "G2", "G3"), (2, 0)),
                rules=WaveRules(),
                beacon_source=dice_after(now),
            ),
            vault=ground.vault,
            now=now,
        )
        for office, part in offices.items():
            draw.commit(session, "many", party=office, commitment=parts.seal(part), now=now)
        draw.announce(session, "many", value=DICE, now=clock.now())
        draw.reveal(session, "many", party="office-000", part=offices["office-000"], now=clock.now())
    assert offices["office-000"] not in auditor.open("/auditor/").text


def test_older_lines_are_a_page_further(visit: Visit) -> None:
    auditor = visit("closed", "auditor")
    page = auditor.open("/auditor/")
    assert '"t":"frame"' not in page.text
    older = re.search(r'href="(\?about=&amp;log=&amp;before=[0-9]+)"', page.html)
    assert older
    assert '"t":"frame"' in auditor.open("/auditor/" + unescape(older[1])).text
    for beyond in (10**9, 10**30, "x"):
        assert auditor.open(f"/auditor/?before={beyond}").status == 200


def test_an_account_has_one_role_and_an_interviewer_needs_a_code(visit: Visit) -> None:
    administrator = visit("settled", "administrator")
    page = administrator.open("/administrator/accounts")
    fields = {"login": "new", "name": "新人", "role": "interviewer"}
    refused = administrator.send(page, "/accounts", **fields)
    assert refused.status == 422
    assert "工号" in refused.text
    invited = administrator.send(page, "/accounts", **fields, code="901")
    link = re.search(r"/sign-in/link/[\w-]+", invited.text)[0]
    twice = administrator.send(page, "/accounts", **fields, code="902")
    assert twice.status == 409
    assert "已经有人用了" in twice.text
    with administrator.app.extensions["huying"].database.reading() as session:
        account = session.scalars(select(Account).where(Account.login == "new")).one()
    assert (account.role, account.code) == ("interviewer", "901")
    newcomer = Visitor(administrator.app)
    newcomer.send(newcomer.open(link), link, password=PASSWORD, again=PASSWORD)
    assert Visitor(administrator.app, "new").open("/desk").path == "/interview/"
