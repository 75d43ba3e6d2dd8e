"""Write docs/licences.md: every library that an installation or the tests bring, its version and its licence.

python bench/licences.py            # from what is installed; --check says whether the page is as it should be
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

PAGE = Path(__file__).resolve().parents[1] / "docs" / "licences.md"
EXTRAS = ("postgres", "oidc", "files", "duckdb", "twilio")
GROUPS = {"": "The program", **{extra: f"The extra `{extra}`" for extra in EXTRAS}, "test": "The tests alone"}
SAME = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
UNSURE = {
    "axe-playwright-python": "MIT, with axe-core under MPL-2.0 (its file LICENSE; the metadata say nothing)",
    "qrcode": "BSD-3-Clause (its file LICENSE; the metadata name a second, other one)",
}
INTRO = """\
# Licences of what comes along

Huying itself is under Apache-2.0. `python bench/licences.py` writes this page from what the installed \
packages say of themselves; [a test](../tests/docs/test_licences.py) holds it against what is installed. A \
group lists what it needs beyond those before it.

Copyleft: psycopg (LGPL-3.0) comes unchanged with the extra `postgres` alone; what is under MPL-2.0 is used \
unchanged; djlint (GPL-3.0) is a tool of whoever works on the program and comes with no installation. The \
font of posters is under OFL-1.1.
"""


def main() -> None:
    """Write the page, or say whether it is right."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    made = page()
    if not parser.parse_args().check:
        PAGE.write_text(made, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != made:
        sys.exit("docs/licences.md isn't what the installed packages say: python bench/licences.py")


def page() -> str:
    """Return the page."""
    seen, parts = {"huying"}, [INTRO]
    for extra, title in GROUPS.items():
        found = sorted(_needed("huying", extra) - seen)
        seen |= set(found)
        rows = (
            f"| {name} | {distribution(name).version} | {licence(distribution(name))} |\n" for name in found
        )
        if found:
            parts.append(f"## {title}\n\n| library | version | licence |\n|---|---|---|\n{''.join(rows)}")
    return "\n".join(parts)


def licence(package: Distribution) -> str:
    """Return a package's licence: as an expression where it states one, else as it is classified."""
    told = package.metadata
    name = told["Name"].lower()
    if name in UNSURE:
        return UNSURE[name]
    kinds = [
        word.rpartition(" :: ")[2] for word in told.get_all("Classifier", []) if word.startswith("License")
    ]
    stated = told.get("License-Expression") or told.get("License") or ""
    return stated if 0 < len(stated) < 80 else " / ".join(SAME.get(kind, kind) for kind in kinds)


def _needed(name: str, extra: str = "") -> set[str]:
    """Return the names of what is needed, directly or not, by what is needed with an extra."""
    found: set[str] = set()
    waiting = list(_direct(name, extra))
    while waiting:
        each, more = waiting.pop()
        if each not in found and _is_here(each):
            found.add(each)
            waiting += [pair for wanted in ("", *more) for pair in _direct(each, wanted)]
    return found


def _direct(name: str, extra: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return what a package names: who needs it on another machine alone isn't installed here."""
    for line in distribution(name).requires or ():
        needed, _, marker = line.partition(";")
        found = re.match(r"([\w.-]+)(?:\[([\w,-]+)\])?", needed)
        asked = re.search(r"extra == ['\"]([\w-]+)['\"]", marker)
        if found and (asked[1] if asked else "") == extra:
            yield (
                re.sub(r"[-_.]+", "-", found[1]).lower(),
                tuple((found[2] or "").split(",")) if found[2] else (),
            )


def _is_here(name: str) -> bool:
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


if __name__ == "__main__":
    main()
