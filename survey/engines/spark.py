"""The draw by Spark, from `frame.tsv` or Parquet, where a Spark is installed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path
from typing import Any

from huying.base.errors import Refused
from huying.base.i18n import _
from survey.engines.bounds import Bound, EngineRow, Scan
from survey.engines.query import HEX_WITHIN, text

FRAME = "unit STRING, stratum STRING, c STRING"
BOUND = "stratum STRING, wanted BIGINT, prefix STRING"


@contextmanager
def open_scan(frame: Path, *, key: str, database: str = "") -> Iterator[Scan]:
    """Let Spark read the frame; where it runs and with what is Spark's own configuration."""
    del database
    spark = _session()
    try:
        reader = spark.read.schema(FRAME).option("sep", "\t").option("quote", "")
        rows = spark.read.parquet(str(frame)) if frame.suffix == ".parquet" else reader.csv(str(frame))
        rows.createOrReplaceTempView("frame")
        query = text(ticket=f"sha2(concat('{key}', frame.unit), 256)", within=HEX_WITHIN)

        def scan(within: Sequence[Bound]) -> Iterator[EngineRow]:
            limits = spark.createDataFrame([astuple(bound) for bound in within], BOUND)
            limits.createOrReplaceTempView("bound")
            for row in spark.sql(query).toLocalIterator():
                yield row.stratum, row.rank_in_stratum, row.ticket, row.unit

        yield scan
    finally:
        spark.stop()


def _session() -> Any:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  (not a dependency)
    except ImportError:
        raise Refused(_("没有安装 Spark。请先安装：%(command)s", command="pip install pyspark")) from None
    return SparkSession.builder.appName("huying-draw").getOrCreate()
