"""Packages of a release: for auditors with every row, and a release made again to be compared."""

from __future__ import annotations

import platform
from importlib.metadata import version

from sqlalchemy.orm import Session

from survey.handover.rules import auditing
from survey.handover.rules.auditing import About, AuditorsPackage
from survey.handover.rules.comparing import FirstDifference, first_difference
from survey.scores.queries import release_inputs, releases
from survey.scores.rules import detail
from survey.scores.rules.release_making import make
from survey.scores.rules.steps import Told, silent
from survey.waves.queries import sealed, waves

LIBRARIES = ("huying", "numpy", "scipy")


def for_auditors(
    session: Session, label: str, *, number: int | None = None, told: Told = silent
) -> dict[str, bytes]:
    """Return the package of a release for auditors: rows, seed, terms, the release, a script for R.

    The release is made again for it. Refused where what it was made of isn't there any more, Gone where
    answers of it are destroyed.
    """
    wave, release = waves.find(session, label), releases.get(session, label, number=number)
    given = release_inputs.of(session, release)
    made = make(given, told=told)
    versions = {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}
    about = About(release.made_at.isoformat(), release.inputs_sha256, versions)
    found = auditing.files(given, release.body, detail.of(label, made.figures)["rows"], about)
    found["log.txt"] = b"".join(line + b"\n" for line in sealed.lines(session, wave))
    found["terms.json"] = (wave.terms or "{}").encode()
    return auditing.with_digests(found)


def made_again(session: Session, label: str, *, number: int | None = None) -> FirstDifference | None:
    """Make a release that is out again, from the database; return where it differs first, if it does."""
    release = releases.get(session, label, number=number)
    return first_difference(release.body, make(release_inputs.of(session, release)).body)


def remade(package: AuditorsPackage, *, told: Told = silent) -> FirstDifference | None:
    """Make the release of a package again from its rows; return where it differs first, if it does."""
    return first_difference(package.body, make(package.given, told=told).body)
