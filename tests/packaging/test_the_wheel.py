"""The wheel alone, in an empty environment far from the checkout and without a network, runs the demo."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CUT_OFF = ["unshare", "--map-root-user", "--net"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = [
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
        "--wheel-dir",
        str(folder),
        str(ROOT),
    ]
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *build], check=True)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with the wheel; what it depends on is taken from where the tests run."""
    place = tmp_path_factory.mktemp("elsewhere") / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    pip = [str(place / "bin" / "pip"), "--quiet", "install", "--no-index", "--no-deps", str(wheel)]
    subprocess.run([*_cut_off(), *pip], check=True)
    packages = next((place / "lib").glob("python3*")) / "site-packages"
    (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    return place


def _cut_off() -> list[str]:
    tried = shutil.which("unshare") and subprocess.run([*CUT_OFF, "true"], capture_output=True, check=False)
    return CUT_OFF if tried and tried.returncode == 0 else []


def _run(place: Path, *words: str, data: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], "HUYING_DATA": str(data), "HOME": str(data)}
    return subprocess.run(
        [*_cut_off(), str(place / "bin" / words[0]), *words[1:]],
        cwd=place.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_carries_templates_static_files_translations_and_revisions(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "huying/_assets/templates/base.html",
        "huying/_assets/static/huying.css",
        "huying/_assets/translations/en/LC_MESSAGES/huying.po",
        "feedback/migrations/versions/0001_tables.py",
        "survey/migrations/versions/0001_tables.py",
        "feedback/mappings/nyc311.toml",
    ):
        assert wanted in names


def test_it_carries_no_tests_and_no_tables_of_others(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if name.startswith("tests/") or name.endswith(".csv")]


def test_nothing_of_the_checkout_is_used(installed, tmp_path):
    told = _run(
        installed, "python", "-c", "import huying, demo; print(huying.__file__, demo.__file__)", data=tmp_path
    )
    assert str(ROOT) not in told.stdout
    assert told.stdout.count(str(installed)) == 2


@pytest.mark.slow
def test_the_demo_is_made_by_it(installed, tmp_path):
    made = _run(installed, "huying", "demo", "--make-only", data=tmp_path / "data")
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "data" / "demo.json").exists()
