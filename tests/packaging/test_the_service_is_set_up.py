"""`deploy/install` asks six questions and writes units, settings and the proxy's configuration."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import subprocess
from pathlib import Path

import pytest

INSTALL = Path(__file__).resolve().parents[2] / "deploy" / "install"
ANSWERS = {
    "sides": "both",
    "public_host": "hy.example.cn",
    "survey_host": "pingjia.example.cn",
    "unit": "某市网格办（虚构）",
}
HARDENED = {
    "NoNewPrivileges=yes", "PrivateTmp=yes", "PrivateDevices=yes", "ProtectSystem=strict", "ProtectHome=yes",
    "CapabilityBoundingSet=", "SystemCallFilter=@system-service", "UMask=0077", "RestrictNamespaces=yes",
}  # fmt: skip
WAITING = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
"""For each nginx wants a folder of its own, and makes it even to look at its configuration."""
MOST_EXPOSED = 2.0
"""Of ten, as systemd reckons it; a unit that says nothing has 9.6."""


def _set_up(root: Path, *words: str, stdin: str = "", **answers: str) -> subprocess.CompletedProcess[str]:
    file = root.parent / "answers"
    file.write_text("".join(f"{name} = {answer}\n" for name, answer in answers.items()), "utf-8")
    given = ["--answers", file] if answers else []
    command = [INSTALL, *given, "--root", root, "--program", "/bin/true", *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    made = tmp_path_factory.mktemp("machine") / "root"
    done = _set_up(made, **ANSWERS)
    assert done.returncode == 0, done.stderr
    return made


def _held(root: Path) -> dict[str, tuple[bytes, int, int]]:
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {str(path): (path.read_bytes(), path.stat().st_mode, path.stat().st_mtime_ns) for path in found}


def test_a_second_run_changes_nothing(root):
    before = _held(root)
    assert _set_up(root, **ANSWERS).returncode == 0
    assert _held(root) == before


def test_another_answer_changes_what_follows_from_it_and_never_the_ledgers_name(tmp_path):
    _set_up(tmp_path / "root", **ANSWERS)
    own = tmp_path / "root/etc/huying/public.local.env"
    own.write_text('HUYING_PUBLIC_PROCESSES="2"\n')
    done = _set_up(tmp_path / "root", **ANSWERS | {"public_host": "huying.example.cn"})
    assert done.stdout.splitlines()[-1].startswith("3 files written")
    settings = (tmp_path / "root/etc/huying/public.env").read_text("utf-8")
    assert 'BASE_URL="https://huying.example.cn"' in settings
    assert 'ORIGIN="hy.example.cn/public"' in settings
    assert own.read_text() == 'HUYING_PUBLIC_PROCESSES="2"\n'


def test_asked_by_hand_it_asks_again_until_an_answer_can_be_used(tmp_path):
    said = "both\nhttps://hy.example.cn\nhy.example.cn\npingjia.example.cn\n\n\n\n"
    done = _set_up(tmp_path / "root", stdin=said)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("居民用哪个域名") == 2
    assert "unit = \n" in (tmp_path / "root/etc/huying/answers").read_text("utf-8")
    assert "0 files written" in _set_up(tmp_path / "root", stdin="\n" * 6).stdout


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"sides": "all"}, "One of public survey both"),
        ({"public_host": "HY.example.cn"}, "small letters"),
        ({"public_host": "hy.example.cn/x"}, "small letters"),
        ({"public_host": "hy.example.cn:70000"}, "a port is meant"),
        ({"public_host": f"{'a' * 30}.cn"}, "Too long"),
        ({"survey_host": "hy.example.cn"}, "two names"),
        ({"survey_host": "hy.example.cn:8443"}, "two ports don't do"),
        ({"survey_host": "pingjia.example.cn:8000"}, "used otherwise"),
        ({"survey_host": ""}, "small letters"),
        ({"unit": 'x"; rm -rf /; "'}, "quotes"),
        ({"unit": "$(id)"}, "quotes"),
        ({"database": "mysql"}, "sqlite postgresql"),
        ({"certificates": "certs; }"}, "whole path"),
        ({"colour": "red"}, "isn't known"),
    ],
)
def test_a_bad_answer_is_refused_with_a_sentence(answers, sentence, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(INSTALL.parent)
    file = tmp_path / "answers"
    file.write_text("".join(f"{name} = {answer}\n" for name, answer in (ANSWERS | answers).items()), "utf-8")
    install = runpy.run_path(str(INSTALL))
    with pytest.raises(install["BadAnswer"], match=re.escape(sentence)):
        install["check"](install["given"](file))


def test_of_a_refused_file_nothing_is_written(tmp_path):
    done = _set_up(tmp_path / "root", **ANSWERS | {"unit": '"; rm -rf /'})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("install: unit = ")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "root").exists()


def test_one_side_alone_has_nothing_of_the_other(tmp_path):
    _set_up(tmp_path / "root", sides="survey", survey_host="pingjia.example.cn")
    names = {path.name for path in (tmp_path / "root").rglob("*") if path.is_file()}
    assert "huying-survey.service" in names
    assert not any("public" in name for name in names)


def test_settings_and_commands_are_for_root_alone_and_valid_shell(root):
    for side in ("public", "survey"):
        settings = root / f"etc/huying/{side}.env"
        assert settings.stat().st_mode & 0o777 == 0o600
        for file in (settings, root / f"usr/local/bin/huying-{side}"):
            subprocess.run(["sh", "-n", file], check=True)
    shown = 'set -a; . "$0"; echo "$HUYING_PUBLIC_UNIT $HUYING_DATA"'
    command = ["sh", "-c", shown, root / "etc/huying/public.env"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == f"{ANSWERS['unit']} /var/lib/huying/public\n"


def test_on_postgresql_each_side_has_a_server_of_its_own(tmp_path):
    _set_up(tmp_path / "root", **ANSWERS | {"database": "postgresql"})
    urls = [
        re.findall(r'DATABASE_URL="(.+)"', (tmp_path / f"root/etc/huying/{side}.env").read_text("utf-8"))
        for side in ("public", "survey")
    ]
    assert urls == [
        ["postgresql+psycopg://huying_public@:5433/huying_public?host=/run/postgresql"],
        ["postgresql+psycopg://huying_survey@:5434/huying_survey?host=/run/postgresql"],
    ]


def test_every_unit_has_its_own_user_and_no_right_more(root):
    units = sorted((root / "etc/systemd/system").glob("*.service"))
    assert len(units) == 7
    for unit in units:
        lines = set(unit.read_text("utf-8").splitlines())
        side, other = ("public", "survey") if "public" in unit.name else ("survey", "public")
        assert lines >= HARDENED, unit.name
        assert f"User=huying-{side}" in lines
        assert f"InaccessiblePaths=-/var/lib/huying/{other} -/etc/huying" in lines


def test_every_word_of_a_template_was_filled_in(root):
    left = re.compile(r"@(?!system-service|privileged|resources)\w+@?")
    for path in root.rglob("etc/**/*"):
        if path.is_file():
            assert left.findall(path.read_text("utf-8")) == [], path


def test_systemd_takes_every_unit_and_finds_little_exposed(root, tmp_path):
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("NOT TESTED: systemd is missing on this machine")
    folder = Path(shutil.copytree(root / "etc/systemd/system", tmp_path / "units"))
    for unit in (INSTALL.parent / "witness").glob("*.[st]*"):
        told = unit.read_text("utf-8").replace("/opt/huying/bin/huying", "/bin/true")
        (folder / unit.name).write_text(told, "utf-8")
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"}
    command = [systemd, "verify", "--man=no", *sorted(folder.iterdir())]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    command = [systemd, "security", "--offline=true", f"--root={root}", "--no-pager"]
    for unit in ("huying-public.service", "huying-survey-work.service"):
        done = subprocess.run([*command, unit], capture_output=True, text=True, check=False)
        exposed = re.search(r"exposure level for \S+: ([0-9.]+)", done.stdout)
        assert exposed, done.stderr
        assert float(exposed[1]) < MOST_EXPOSED


@pytest.fixture(scope="module")
def nginx() -> Path:
    unpacked = Path(os.environ.get("HUYING_NGINX", "/none")) / "usr/sbin/nginx"
    found = shutil.which("nginx") or (unpacked if unpacked.exists() else None)
    if found is None:
        pytest.skip("NOT TESTED: nginx is missing (HUYING_NGINX names the folder of its unpacked package)")
    return Path(found)


@pytest.mark.parametrize(
    "hosts",
    [
        {"sides": "both", "public_host": "hy.example.cn", "survey_host": "pingjia.example.cn"},
        {"sides": "both", "public_host": "hy.example.cn", "survey_host": "pingjia.example.cn:8443"},
        {"sides": "public", "public_host": "hy.example.cn"},
        {"sides": "survey", "survey_host": "pingjia.example.cn"},
    ],
    ids=["two names", "another port", "the public side alone", "the independent side alone"],
)
def test_nginx_accepts_what_was_written(nginx, tmp_path, hosts):
    made = _set_up(tmp_path / "root", **hosts, certificates=str(tmp_path / "certificates"))
    assert made.returncode == 0, made.stderr
    for host in {answer.partition(":")[0] for name, answer in hosts.items() if name != "sides"}:
        folder = tmp_path / "certificates" / host
        folder.mkdir(parents=True)
        names = ["-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem", "-subj", f"/CN={host}"]
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *names]
        subprocess.run(command, check=True, capture_output=True)
    for file in (tmp_path / "root/etc/nginx/conf.d").iterdir():
        file.write_text(file.read_text("utf-8").replace("/var/log/nginx", str(tmp_path)), "utf-8")
    waiting = "".join(f"{of}_temp_path {tmp_path}/{of}; " for of in WAITING)
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid; events {{}} http {{ {waiting} include {tmp_path}/root/etc/nginx/conf.d/*; }}"
    )
    command = [nginx, "-t", "-c", whole, "-p", tmp_path, "-e", tmp_path / "error"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "warn" not in done.stderr
