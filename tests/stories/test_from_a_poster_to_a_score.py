"""One thread, end to end: somebody is helped and rates; somebody drawn answers; an assessor reads a score."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest

from huying.base import clock
from huying.deposit.periods import period_of
from survey import verify
from tests.support.actors import PASSWORD, Interviewer, Person, Staff
from tests.support.browser import chromium
from tests.support.later import FILE, JUMP, coming
from tests.support.servers import Installation, free_port
from tests.support.web_client import Caller

pytestmark = [pytest.mark.browser, pytest.mark.server]

AREAS = """编号,上级编号,层级,名称,网格类型
C,,city,云川市（虚构）,
D,C,district,示范区（虚构）,
S,D,street,春街道,
N,S,community,春一社区,
G1,N,grid,第1网格,老旧小区
G2,N,grid,第2网格,老旧小区
"""
STAFF = """工号,姓名,网格编号,电话,电话核对日期,值守开始,值守结束
W1,甲子,G1,+99910000001,{today},2026-01-01,
W2,乙丑,G2,+99910000002,{today},2026-01-01,
"""
OFFICES = """区域编号,顺序,名称,电话,电话核对日期,接听开始,接听结束
N,1,春一社区居委会（虚构）,+99920000001,{today},,
"""
HOUSEHOLDS, SAMPLE, IN_THE_BROWSER = 40, 12, 2
ANSWERS = {
    "C1": "1", "S1": "1", "S3": "1", "S2A": "1", "S2B": "1", "A1": "1", "A2": "1 2", "A3": "1", "A4A": "1",
    "A4": "1", "V1": "1", "V1N": "1", "E1": "1", "E1A": "1",
    "E2": "5", "E3": "1", "E4": "1", "S-A": "5", "S-B": "4", "S-C": "4", "S-D": "3",
    "G1": "4", "B1": "2", "B1A": "2", "B2": "2", "O1": "路灯修好了", "O2": "2",
    "D1": "1", "D2": "3", "D3": "1", "D4": "2",
}  # fmt: skip


@pytest.fixture
def browser():
    """A real Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def sides(tmp_path):
    """Both sides installed in folders of their own; each knows the other's public key, brought on paper."""
    public = Installation("feedback", tmp_path / "public", free_port())
    (tmp_path / "ahead").write_text("0")
    more = {FILE: str(tmp_path / "ahead")}
    survey = Installation("survey", tmp_path / "survey", free_port(), more)
    _set_up_public(public, tmp_path)
    for login, role in SURVEY_ACCOUNTS.items():
        more = ("--code", "801") if role == "interviewer" else ()
        survey.run(
            "account", login, "--role", role, "--name", login, *more, "--password-file", "-", stdin=PASSWORD
        )
    public.run("key", "--recipient", survey.run("key").strip().splitlines()[-1])
    survey.run("key", "--depositor", public.run("key").strip().splitlines()[-1])
    return public, survey


SURVEY_ACCOUNTS = {
    "registrar": "registrar",
    "drawer": "draw_officer",
    "interviewer": "interviewer",
    "supervisor": "supervisor",
    "assessor": "assessor",
    "auditor": "auditor",
}


def _set_up_public(public: Installation, folder: Path) -> None:
    today = clock.day(clock.now())
    for name, text in {
        "areas": AREAS,
        "departments": "编号,名称\nurban,城管中队\n",
        "staff": STAFF.format(today=today),
        "offices": OFFICES.format(today=today),
    }.items():
        file = folder / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        public.run(f"import-{name}", str(file))
    accounts = {
        "worker": ("--role", "worker", "--worker", "W1"),
        "urban": ("--role", "department_officer", "--department", "urban"),
        "office": ("--role", "grid_office"),
        "keeper": ("--role", "poster_keeper"),
    }
    for login, more in accounts.items():
        public.run("account", login, "--name", login, *more, "--password-file", "-", stdin=PASSWORD)


def test_from_a_poster_to_a_score(browser, sides, tmp_path, capsys):
    public, survey = sides
    with public.serving(), survey.serving():
        poster = the_keeper_issues_a_poster(browser, public)
        receipt = a_resident_scans_and_asks_for_help(browser, public, poster)
        the_worker_answers_and_whistles(browser, public)
        the_department_accepts_and_reports_it_solved(browser, public)
        the_resident_rates_it(browser, public, receipt)
        deposit = the_office_makes_the_deposit(browser, public, tmp_path)
        the_registrar_accepts_it_and_imports_the_households(browser, survey, deposit, tmp_path)
        the_draw_officer_leads_the_ceremony(browser, survey)
        the_interviewer_calls_everybody(browser, survey)
        the_draw_officer_closes_the_wave(browser, survey)
        the_assessor_reads_the_score(browser, survey)
        bundle = the_auditor_takes_the_bundle(browser, survey, tmp_path)
    capsys.readouterr()
    status = verify.main([str(bundle), "--key", survey.run("key", "--ledger").strip(), "--wave", "first"])
    assert status == 0, capsys.readouterr().out


def the_keeper_issues_a_poster(browser, public) -> str:
    keeper = Staff(browser, public.url, "keeper")
    keeper.opens("/sign-in")
    keeper.looks("sign-in")
    keeper.signs_in()
    keeper.opens("/posters/")
    keeper.picks("网格", "第1网格")
    keeper.writes("张贴地点", "1号楼大厅")
    keeper.presses("生成编号")
    keeper.opens("/posters/")
    keeper.looks("posters")
    keeper.follows("1号楼大厅")
    code = keeper.page.url.rsplit("/", 1)[1]
    keeper.looks("poster")
    keeper.presses("已张贴")
    keeper.follows("打开印刷页")
    keeper.looks("sheet")
    assert "甲子" not in keeper.page.content()
    return code


def a_resident_scans_and_asks_for_help(browser, public, poster) -> str:
    resident = Person(browser, public.url, "resident")
    resident.opens("/")
    resident.looks("home")
    resident.opens(f"/{poster}")
    resident.reads("现在值班：甲网格员")
    assert resident.page.locator("a[href^='tel:+99910000001']").count() == 1
    resident.looks("scan")
    resident.follows("不方便打电话？写下来")
    resident.presses("提交")
    resident.reads("请先修改下面的内容")
    resident.looks("help-with-faults")
    resident.ticks("什么事？", "道路和公共设施")
    resident.writes("请写几句", "楼道口的路灯不亮，晚上看不清台阶。")
    resident.ticks("事情急吗？", "不急，按顺序办")
    resident.writes("您的电话", "+999 10001234")
    resident.looks("help")
    resident.presses("提交")
    resident.reads("回执编号")
    resident.looks("receipt")
    receipt = resident.page.url.rsplit("/", 1)[1]
    _proves_the_number(resident, public)
    resident.opens("/track")
    resident.writes("回执编号", receipt.lower())
    resident.looks("track")
    resident.presses("查询")
    resident.reads("道路和公共设施")
    return receipt


def _proves_the_number(resident, public) -> None:
    public.run("work", "--once")
    sent = (public.data / "messages" / "public").glob("*.json")
    texts = [json.loads(each.read_text(encoding="utf-8"))["text"] for each in sent]
    (code,) = (found[1] for text in texts if (found := re.search(r"验证码.*?([0-9]{6})", text)))
    resident.writes("短信里的验证码", code)
    resident.presses("核对")
    assert resident.page.get_by_label("短信里的验证码").count() == 0


def the_worker_answers_and_whistles(browser, public) -> None:
    worker = Staff(browser, public.url, "worker")
    worker.signs_in()
    worker.looks("desk")
    worker.follows(re.compile("道路和公共设施"))
    worker.looks("case")
    worker.presses("我来办")
    worker.picks("叫哪个部门", "城管中队")
    worker.writes("请部门做什么", "请派人更换灯泡。")
    worker.presses("吹哨")
    worker.reads("城管中队")
    worker.looks("whistled")
    worker.opens("/worker/list")
    rows = [f"+9991100{number:04d}，春一路{number}号" for number in range(6)]
    worker.writes("名单", "\n".join(rows))
    worker.presses("交名单")
    worker.looks("list")


def the_department_accepts_and_reports_it_solved(browser, public) -> None:
    urban = Staff(browser, public.url, "urban")
    urban.signs_in()
    urban.looks("queue")
    urban.follows(re.compile("道路和公共设施|更换灯泡"))
    urban.presses("受理")
    urban.looks("whistle")
    urban.writes("做了什么", "灯泡已更换。")
    urban.presses("报办结")


def the_resident_rates_it(browser, public, receipt) -> None:
    public.run("work", "--once")
    sent = (public.data / "messages" / "public").glob("*.json")
    messages = [json.loads(path.read_text(encoding="utf-8")) for path in sent]
    (message,) = [each for each in messages if "/r/" in each["text"]]
    assert message["number"] == "+99910001234"
    resident = Person(browser, public.url, "resident")
    resident.page.goto(re.search(r"http://\S+", message["text"])[0])
    resident.looks("rating")
    resident.ticks("这件事解决了吗？", "解决了")
    resident.ticks("网格员的态度和联系", "满意")
    resident.ticks("办理结果", "满意")
    resident.presses("提交")
    resident.reads("谢谢您，收到了。")
    resident.looks("thanks")
    resident.page.goto(re.search(r"http://\S+", message["text"])[0])
    resident.reads("您已经答复过")
    resident.looks("answered-link")
    resident.opens(f"/receipt/{receipt}")
    resident.reads("已答复，谢谢您。")
    resident.looks("receipt-at-the-end")


def the_office_makes_the_deposit(browser, public, folder) -> Path:
    office = Staff(browser, public.url, "office")
    office.signs_in()
    office.looks("duty")
    period = period_of(clock.local(clock.now()).date())
    public.run("deposit", "--period", period, "--out", str(folder))
    return folder / f"deposit-{period}.zip"


def the_registrar_accepts_it_and_imports_the_households(browser, survey, deposit, folder) -> None:
    registrar = Staff(browser, survey.url, "registrar")
    registrar.opens("/")
    registrar.looks("home")
    registrar.signs_in()
    registrar.opens("/registry/deposits")
    registrar.brings("文件", deposit)
    registrar.presses("核对并收下")
    registrar.reads("核对无误")
    registrar.looks("deposits")
    registrar.opens("/registry/")
    registrar.brings("文件", _household_file(folder))
    registrar.looks("registry-before")
    registrar.presses("试导入")
    registrar.looks("registry-trial")
    registrar.presses("导入这个文件")
    registrar.reads(str(2 * HOUSEHOLDS))
    registrar.looks("registry")


def _household_file(folder: Path) -> Path:
    rows = [
        f"H{grid}{number:03d},G{grid},春一路{number}号,+9991{grid}00{number:04d},物业登记,2026-05-01,名册员"
        for grid in (1, 2)
        for number in range(HOUSEHOLDS)
    ]
    file = folder / "households.csv"
    heading = "户编号,网格编号,地址,电话,电话来源,电话登记日期,登记人"
    file.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    return file


DICE = "60417739025518840263"


def the_draw_officer_leads_the_ceremony(browser, survey) -> None:
    drawer = Staff(browser, survey.url, "drawer")
    drawer.signs_in()
    drawer.opens("/waves/freeze")
    drawer.writes("轮次名称", "first")
    drawer.writes("每个网格首批户数", str(SAMPLE))
    drawer.writes("每批补充户数", "0")
    drawer.writes("未接通至少拨打几次", "1")
    drawer.writes("公开随机事件", coming())
    drawer.writes("预计打通并答完的百分比", "100")
    drawer.looks("freeze")
    drawer.presses("先看能说清什么")
    drawer.writes("看清楚了，请再写一遍轮次名称", "first")
    drawer.presses("冻结")
    drawer.looks("frozen")
    survey.run("wave", "commit", "first")
    part = (survey.data / "keys" / "survey" / "parts" / "first.operator").read_text().strip()
    (survey.data.parent / "ahead").write_text(str(JUMP.total_seconds()))
    drawer.opens("/waves/first")
    drawer.page.get_by_text("没有投影，在这里录入").click()
    drawer.writes("公开事件的结果", DICE)
    drawer.writes("另一个人再录一遍", DICE)
    drawer.presses("记下结果")
    drawer.looks("reveal")
    survey.run("wave", "reveal", "first")
    drawer.opens("/waves/first")
    drawer.looks("before-the-draw")
    drawer.presses("抽签")
    drawer.presses("开始拨打")
    drawer.looks("field-open")
    assert "春一路" not in drawer.page.content()
    assert part not in drawer.page.content()
    drawer.reads("钥匙和名单封存到访问结束才公布")
    drawer.opens("/waves/")
    drawer.looks("waves")


def the_interviewer_calls_everybody(browser, survey) -> None:
    interviewer = Interviewer(browser, survey.url, "interviewer")
    interviewer.signs_in()
    interviewer.looks("desk")
    for call in range(IN_THE_BROWSER):
        assert interviewer.takes_the_next()
        if call == 0:
            interviewer.looks("ready-to-dial")
        interviewer.reaches()
        interviewer.asks_all(_answers(call), look=call == 0)
    # The other calls by the same pages, but without drawing each of them.
    caller = Caller(survey.url, "interviewer", PASSWORD)
    for call in range(IN_THE_BROWSER, 2 * SAMPLE):
        caller.interviews(_answers(call))
    interviewer.takes_the_next()
    interviewer.reads("现在没有可以拨打的户")
    supervisor = Staff(browser, survey.url, "supervisor")
    supervisor.signs_in()
    supervisor.opens("/supervisor/")
    supervisor.looks("field")


def _answers(call: int) -> dict[str, str]:
    """Every third household is less content: the score must lie between."""
    return ANSWERS | ({"G1": "2"} if call % 3 == 2 else {})


def the_draw_officer_closes_the_wave(browser, survey) -> None:
    drawer = Staff(browser, survey.url, "drawer")
    drawer.signs_in()
    drawer.opens("/waves/first")
    drawer.presses("结束这一轮")
    drawer.looks("closed")


def the_assessor_reads_the_score(browser, survey) -> None:
    assessor = Staff(browser, survey.url, "assessor")
    assessor.signs_in()
    assessor.opens("/scores/")
    assessor.looks("waves")
    assessor.opens("/scores/first")
    assessor.presses("计算并公布")
    assessor.reads("66.7")
    assert assessor.page.locator("svg[role=img]").count() >= 1
    assessor.looks("scores")
    with assessor.page.expect_download() as download:
        assessor.follows(re.compile("CSV"))
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    city = next(
        row for row in csv.DictReader(io.StringIO(text)) if row["level"] == "city" and row["den"] == "rated"
    )
    assert float(city["estimate"]) == 0.667
    assert float(city["low"]) < 2 / 3 < float(city["high"])
    assert int(city["n"]) == pytest.approx(2 * SAMPLE, abs=2)
    assessor.opens("/scores/first/lists")
    assessor.looks("lists")


def the_auditor_takes_the_bundle(browser, survey, folder) -> Path:
    auditor = Staff(browser, survey.url, "auditor")
    auditor.signs_in()
    auditor.opens("/auditor/")
    auditor.looks("ledger")
    with auditor.page.expect_download() as download:
        auditor.follows(re.compile("bundle|公布包|核对包|zip", re.IGNORECASE))
    target = folder / "bundle.zip"
    download.value.save_as(target)
    return target
