"""`python -m demo.study`: run the study and write docs/study.md, with its seeds and its time."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from demo.study import detection, replicates, report
from demo.study.city import SCENARIOS
from demo.study.report import Study
from demo.study.verdict_tables import section_of, with_section

DOCUMENT = Path(__file__).parents[2] / "docs" / "study.md"


def main(words: list[str] | None = None) -> None:
    """Read the command line, run, write."""
    options = _options().parse_args(words)
    begin = time.monotonic()
    how = {"seed": options.seed, "processes": options.processes}
    base, cities = replicates.run("base", options.replicates, **how)
    study = Study(
        replicates=options.replicates,
        runs=options.runs,
        seed=options.seed,
        base=base,
        cities=cities,
        others={name: replicates.run(name, options.replicates, **how)[0] for name in options.scenario},
        margin=detection.with_margin(options.runs, seed=options.seed),
        plain=detection.without_margin(options.runs, seed=options.seed),
    )
    took = time.monotonic() - begin
    images = options.out.parent / "images"
    images.mkdir(parents=True, exist_ok=True)
    for name, picture in report.pictures_of(study).items():
        (images / name).write_text(f"{picture}\n", encoding="utf-8")
    before = options.out.read_text(encoding="utf-8") if options.out.exists() else ""
    text = report.document(study, took=took)
    # The last section is another command's.
    if checked := section_of(before):
        text = with_section(text, checked)
    options.out.write_text(text, encoding="utf-8")
    print(f"{options.out}: {took:.0f} s")  # noqa: T201  (this is a command)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m demo.study", description=__doc__)
    add = parser.add_argument
    add("--replicates", type=int, default=96, help="invented cities (default: 96)")
    add("--runs", type=int, default=200, help="runs of the detection study (default: 200)")
    add("--scenario", action="append", choices=sorted(set(SCENARIOS) - {"base"}), default=[])
    add("--seed", type=int, default=replicates.SEED)
    add("--processes", type=int, default=min(2, os.cpu_count() or 1))
    add("--out", type=Path, default=DOCUMENT, help="the document; pictures go to images/ beside it")
    return parser


if __name__ == "__main__":
    main()
