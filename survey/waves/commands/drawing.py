"""A draw over files, recording nothing: for checking one, or for frames that no wave's database holds."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base.errors import Invalid
from huying.base.i18n import _
from huying.side.files import existing, write, written
from survey import engines
from survey.drawing.sample import sample_tsv
from survey.engines import bounds, files

PARQUET = ".parquet"
READS_PARQUET = ("duckdb", "spark")


@click.command("draw")
@click.argument("frame", type=existing)
@click.argument("design", type=existing)
@click.argument("draw", type=existing)
@click.option("--engine", type=click.Choice(list(engines.ENGINES)), default="python", show_default=True)
@click.option("--replicates", type=click.IntRange(0), default=0, help="Released of every stratum.")
@click.option(
    "--late", type=click.IntRange(0), default=0, help="Units of the late replicate of every stratum."
)
@click.option("--database", default="", help="PostgreSQL's address; only temporary tables are made there.")
@click.option(
    "--unchecked", is_flag=True, help="Don't compare the frame with draw.txt: it is read once less."
)
@click.option("--out", type=written, default="sample.tsv", show_default=True)
def draw(
    frame: Path,
    design: Path,
    draw: Path,
    *,
    engine: str,
    replicates: int,
    late: int,
    database: str,
    unchecked: bool,
    out: Path,
) -> None:
    """Write the sample that FRAME, DESIGN and DRAW give: frame.tsv, design.tsv and draw.txt of a wave.

    Every engine gives the same bytes. Nothing is recorded and no database of this installation is opened.
    FRAME may be a Parquet file with columns unit and stratum for DuckDB and Spark, with --unchecked.
    """
    plan, drawing, key = files.read(design, draw)
    _check_kind(frame, engine=engine, unchecked=unchecked)
    if not unchecked:
        files.check(frame, draw=drawing, plan=plan)
    within = bounds.bounds(plan, replicates=replicates, late=late)
    with engines.open_scan(engine, frame, key=key, database=database) as scan:
        sample = bounds.draw(scan, design=plan, within=within)
    write(out, sample_tsv(sample))
    click.echo(f"{out} {len(sample)}")


def _check_kind(frame: Path, *, engine: str, unchecked: bool) -> None:
    if frame.suffix != PARQUET:
        return
    if engine not in READS_PARQUET:
        raise Invalid(_("Parquet 文件只能用 DuckDB 或 Spark 抽签。"))
    if not unchecked:
        raise Invalid(_("Parquet 文件不能和 draw.txt 核对：请改用 frame.tsv，或加上 --unchecked。"))
