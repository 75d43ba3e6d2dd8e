"""A frame of invented units, as `frame.tsv` and as Parquet where DuckDB is present.

python bench/frame.py UNITS STRATA FOLDER
"""

from __future__ import annotations

import sys
from hashlib import blake2b, sha256
from importlib.util import find_spec
from pathlib import Path

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEY = sha256(b"bench").hexdigest()
SAMPLE = 5
NO_COMMITMENT = "0" * 64


def unit(number: int) -> str:
    """Return a code that looks like one drawn at random."""
    bits = int.from_bytes(blake2b(number.to_bytes(5, "big"), digest_size=9).digest(), "big")
    return "H" + "".join(SYMBOLS[bits >> 5 * at & 31] for at in range(13))


def main() -> None:
    """Write the frame."""
    units, strata, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True)
    codes = sorted((unit(number), number % strata) for number in range(units))
    with (folder / "frame.tsv").open("w", encoding="ascii") as file:
        file.writelines(f"{code}\tG{stratum:05d}\t{NO_COMMITMENT}\n" for code, stratum in codes)
    if find_spec("duckdb"):
        _parquet(folder)


def _parquet(folder: Path) -> None:
    import duckdb  # noqa: PLC0415  (an extra)

    columns = {"unit": "VARCHAR", "stratum": "VARCHAR", "c": "VARCHAR"}
    frame = duckdb.read_csv(str(folder / "frame.tsv"), sep="\t", header=False, columns=columns)
    frame.project("unit, stratum").write_parquet(str(folder / "frame.parquet"))


if __name__ == "__main__":
    main()
