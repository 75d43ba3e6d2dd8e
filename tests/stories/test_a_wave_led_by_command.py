"""Three offices, two witnesses and an auditor lead a wave to its verified score, by commands alone."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from huying.base.phones import Vault
from huying.base.settings import load
from huying.store.db import Database
from survey.models import LEDGER, FrameUnit, SampledCase
from survey.scores.commands import AUDITOR
from tests.support import apart
from tests.support.later import FILE, dice_at
from tests.support.servers import Installation, free_port
from tests.support.witnesses import Office
from tests.survey.killed import killed
from tests.survey.stories import Interviewer, enrol, grids, sheet, works_through
from tests.survey.verify import bundles

pytestmark = pytest.mark.server

WAVE, DICE = "2026W48", "60417739025518840263"
MONDAY = datetime(2026, 11, 23, 1, tzinfo=UTC)
EVENT = MONDAY + timedelta(hours=1)
FIRST, LATE = EVENT + timedelta(minutes=30), EVENT + timedelta(days=1)
SAMPLE, LATE_SIZE = 12, 2
OFFICES = ("audit-office", "court")


@dataclass
class Led:
    """The installation, its database, and who comes from elsewhere."""

    survey: Installation
    database: Database
    folder: Path
    kills: bool
    witnesses: list[Office]
    key: str = ""

    @property
    def vault(self) -> Vault:
        return Vault(load("survey", "HUYING_SURVEY", self.survey.environment).keys)

    def at(self, moment: datetime) -> None:
        """All clocks are set; the product has no say in it."""
        (self.folder / "ahead").write_text(str((moment - datetime.now(UTC)).total_seconds()))

    def runs(self, *words: str, tasks: bool = False) -> None:
        """Run a command of the independent side; where it is killed it has done nothing, or all of it.

        With `tasks` it does several, each for itself: killed in the first, the next run does them.
        """
        if not self.kills:
            self.survey.run(*words)
            return
        before = self.lines()
        self._killed("before", words)
        assert self.lines() == before, words
        if tasks:
            self.survey.run(*words)
        else:
            self._killed("after", words)

    def _killed(self, moment: str, words: tuple[str, ...]) -> None:
        done = apart.run([moment, "survey", *words], self.survey.environment, body=killed)
        assert done.returncode == -signal.SIGKILL, (words, done.stderr)

    def lines(self) -> list[bytes]:
        with self.database.reading() as session:
            return LEDGER.lines(session)

    def is_witnessed(self) -> None:
        """What stands in the ledger is signed, and two offices cosign it."""
        self.survey.run("checkpoint")
        for office in self.witnesses:
            office.visits(self.survey, key=self.key)


@pytest.fixture
def led(survey_db: Database, tmp_path: Path, kills: bool) -> Led:
    ahead = tmp_path / "ahead"
    clock = {FILE: str(ahead)}
    more = clock | {"HUYING_SURVEY_DATABASE_URL": survey_db.engine.url.render_as_string(hide_password=False)}
    survey = Installation("survey", tmp_path / "var", free_port(), more)
    offices = [Office(name, tmp_path / name, clock) for name in ("justice.example", "records.example")]
    made = Led(survey, survey_db, tmp_path, kills, offices)
    made.at(MONDAY)
    made.key = survey.run("key", "--ledger").strip()
    return made


def registers(led: Led) -> None:
    led.at(MONDAY - timedelta(days=3))
    led.runs("wave", "calendar", f"{MONDAY:%Y-%m-%d}")
    led.at(MONDAY)
    file = led.folder / "households.csv"
    file.write_bytes(sheet(grids({"G1": 40, "G2": 40})))
    led.runs("import-households", str(file))
    for office in led.witnesses:
        led.runs("witness", "add", office.vkey)


def as_auditor(led: Led, *more: str) -> list[str]:
    """On the auditor's own machine: key and, with files, signature."""
    words = ["survey", "attest", WAVE, "--name", "audit.example", "--keys", str(led.folder / AUDITOR), *more]
    done = apart.run(words, {**os.environ, "HUYING_DATA": str(led.folder / "elsewhere")})
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def freezes(led: Led) -> None:
    design = led.folder / "design"
    design.write_text(f"G1\t{SAMPLE}\t0\nG2\t{SAMPLE}\t0\n")
    led.runs(
        "wave", "freeze", WAVE, "--design", str(design), "--beacon", dice_at(EVENT), "--hours", "any",
        "--plan", "0", "--most", "0", "--quorum", "2", "--auditor", as_auditor(led)[0],
        "--late", str(LATE_SIZE), "--late-day", f"{LATE:%Y-%m-%d}", "--response", "90", "--why", "a story",
    )  # fmt: skip


def part_of(led: Led, party: str) -> Path:
    return led.folder / party / "part"


def three_seal(led: Led) -> None:
    """Two offices make their parts on machines of their own; a digest is all that comes here."""
    led.runs("wave", "commit", WAVE)
    for party in OFFICES:
        made = apart.run(["party", "make", str(part_of(led, party))], led.survey.environment)
        led.runs("wave", "commit", WAVE, "--party", party, "--digest", made.stdout.strip())


def draws(led: Led) -> None:
    led.runs("wave", "beacon", WAVE, "--value", DICE)
    led.runs("wave", "reveal", WAVE)
    for party in OFFICES:
        led.runs("wave", "reveal", WAVE, "--party", party, "--part", str(part_of(led, party)))
    led.runs("wave", "draw", WAVE)


def calls(led: Led, interviewer: Interviewer, *, start: datetime) -> None:
    """Everybody who is released is interviewed; the contented and the others by turns."""
    with led.database.reading() as session:
        units = session.scalars(select(FrameUnit.unit).order_by(FrameUnit.unit)).all()
    works_through(interviewer, {unit: 5 - 2 * (at % 2) for at, unit in enumerate(units)}, start=start)


def worked(led: Led) -> int:
    """How many households are in the field, all of them with an outcome."""
    with led.database.reading() as session:
        codes = session.scalars(select(SampledCase.final_code)).all()
    assert set(codes) == {"complete"}
    return len(codes)


def leads_the_field(led: Led) -> None:
    """Two days of calls; the late replicate goes out on its day, and each day is witnessed."""
    led.runs("wave", "release", WAVE)
    interviewer = Interviewer(led.database, enrol(led.database)[0], vault=led.vault)
    calls(led, interviewer, start=FIRST)
    assert worked(led) == 2 * SAMPLE
    led.at(FIRST + timedelta(hours=8))
    led.is_witnessed()
    led.at(LATE)
    led.runs("work", "--once", tasks=True)
    calls(led, interviewer, start=LATE + timedelta(minutes=5))
    assert worked(led) == 2 * SAMPLE + 2 * LATE_SIZE
    led.at(LATE + timedelta(hours=8))


def counts_and_scores(led: Led) -> Path:
    """Closed, counted, looked through by an auditor, scored; the auditor's files stay with the auditor."""
    led.runs("wave", "close", WAVE)
    led.is_witnessed()
    led.runs("estimate", WAVE)
    files = led.folder / "files"
    led.survey.run("audit", WAVE, "--out", str(files))
    by, sig = as_auditor(led, "--files", str(files))
    led.runs("attested", WAVE, "--by", by, "--sig", sig)
    led.runs("publish", WAVE)
    led.is_witnessed()
    return files


def whole_wave(led: Led) -> Path:
    registers(led)
    freezes(led)
    three_seal(led)
    with led.survey.serving():
        led.is_witnessed()
        led.at(EVENT + timedelta(minutes=1))
        draws(led)
        leads_the_field(led)
        return counts_and_scores(led)


@pytest.mark.parametrize(
    ("engine_name", "kills"),
    [
        ("sqlite", False),
        pytest.param("sqlite", True, marks=pytest.mark.slow),
        pytest.param("postgresql", False, marks=[pytest.mark.slow, pytest.mark.postgres]),
        pytest.param("postgresql", True, marks=[pytest.mark.slow, pytest.mark.postgres]),
    ],
)
def test_a_wave_led_by_command_ends_verified_under_two_witnesses(led):
    files = whole_wave(led)
    made = led.folder / "bundle.zip"
    led.survey.run("wave", "bundle", WAVE, "--out", str(made))
    keys = [led.key, *(office.vkey for office in led.witnesses)]
    words = [str(made), "--wave", WAVE, "--quorum", "2", *(w for key in keys for w in ("--key", key))]
    status, said = bundles.run(words)
    assert (status, bundles.numbers(said, "FAIL")) == (0, []), said
    more = ["--openings", str(files / "openings.tsv"), "--minutes", str(files / "minutes.tsv")]
    status, said = bundles.run([*words, *more])
    assert (status, bundles.numbers(said, "skip")) == (0, [3, 17, 19, 20, 26]), said
    for told in ("1 of 1 auditors", "days without: none", "share ", "unworked at the end: 0 of 28"):
        assert told in said
    assert "no calendar" not in said
