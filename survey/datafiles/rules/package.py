"""A package of data files: every format asked for, the codebook, and the digest of each file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import sha256

from survey.datafiles.rules.codebook import codebook
from survey.datafiles.rules.data_file import DataFile
from survey.datafiles.rules.study import StudyFacts
from survey.datafiles.rules.writing import FORMATS

CODEBOOK, DIGESTS = "codebook.xml", "SHA256SUMS"


def package(study: StudyFacts, files: Sequence[DataFile], *, formats: Collection[str]) -> dict[str, bytes]:
    """Return the package's files by their names; `formats` are keys of FORMATS."""
    wanted = [ending for ending in FORMATS if ending in formats]
    found = {f"{file.name}.{ending}": FORMATS[ending](file) for file in files for ending in wanted}
    found[CODEBOOK] = codebook(study, files, formats=wanted)
    sums = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in found.items())
    return {**found, DIGESTS: sums.encode()}
