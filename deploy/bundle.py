"""Make the offline archive: the wheel, everything it needs for each kind of machine, and an installer.

python deploy/bundle.py --out dist            # needs a package index; what it makes doesn't
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLATFORMS = {
    "x86_64": ("manylinux_2_28_x86_64", "manylinux2014_x86_64"),
    "arm64": ("manylinux_2_28_aarch64", "manylinux2014_aarch64"),
}
PYTHONS = ("3.11", "3.12", "3.13")
EXTRAS = "postgres,oidc"
SET_UP = ("systemd", "nginx", "witness", "install", "questions.py", "postgresql.sql")
"""What sets the service up once the program is installed; folders first, they make their own."""


def main() -> None:
    """Make the archive and print its name and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="default: all of them")
    parser.add_argument("--machine", action="append", choices=sorted(PLATFORMS), help="default: all of them")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        made = _filled(
            Path(folder), pythons=options.python or PYTHONS, machines=options.machine or sorted(PLATFORMS)
        )
        archive = _packed(made, out=options.out)
    print(f"{archive} {archive.stat().st_size / 1024**2:.0f} MiB")  # noqa: T201


def _filled(folder: Path, *, pythons: tuple[str, ...], machines: list[str]) -> Path:
    wheel = _wheel(folder)
    made = folder / wheel.name.split("-py3", maxsplit=1)[0]
    wheels = made / "wheels"
    wheels.mkdir(parents=True)
    shutil.move(wheel, wheels / wheel.name)
    shutil.copy(ROOT / "constraints.txt", made)
    shutil.copy(ROOT / "deploy" / "install.sh", made)
    for name in SET_UP:
        copied = shutil.copytree if (ROOT / "deploy" / name).is_dir() else shutil.copy
        copied(ROOT / "deploy" / name, made / "deploy" / name)
    for machine in machines:
        for python in pythons:
            _download(wheels, wheels / wheel.name, python=python, machine=machine)
    _sums(made)
    return made


def _wheel(folder: Path) -> Path:
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("huying-*.whl"))


def _download(wheels: Path, wheel: Path, *, python: str, machine: str) -> None:
    """Fetch what one Python on one kind of machine needs; a wheel that isn't published ends this."""
    platforms = [word for name in PLATFORMS[machine] for word in ("--platform", name)]
    _pip(
        "download",
        "--only-binary=:all:",
        *platforms,
        "--python-version",
        python,
        "--implementation",
        "cp",
        "--constraint",
        str(ROOT / "constraints.txt"),
        "--dest",
        str(wheels),
        f"{wheel}[{EXTRAS}]",
    )


def _pip(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *words], check=True)  # noqa: S603


def _sums(made: Path) -> None:
    files = sorted(path for path in made.rglob("*") if path.is_file())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(made)}\n" for path in files]
    (made / "SHA256SUMS").write_text("".join(lines), encoding="ascii")


def _packed(made: Path, *, out: Path) -> Path:
    archive = out / f"{made.name}-offline.tar"  # wheels are compressed already
    with tarfile.open(archive, "w") as tar:
        tar.add(made, arcname=made.name)
    return archive


if __name__ == "__main__":
    main()
