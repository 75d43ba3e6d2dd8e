"""Log entries of a wave's end: what auditors attest, and the score of the groups' tally."""

from __future__ import annotations

from collections.abc import Sequence

from huying.base.i18n import _
from survey.drawing import fields
from survey.drawing.attest import Statement
from survey.drawing.canonical import canonical
from survey.drawing.grouped_tally import NOTHING, Score, State


def score(*, score: Score, state: State, direct: str, late: str = NOTHING, release: str = NOTHING) -> bytes:
    """Record mean and share of the groups' tally, how much it covers, and the release's own city figure.

    `late` is the digest of `late.tsv`, none where no late replicate was sealed; `release` that of the release
    whose figure `direct` is, none where there is none.
    """
    return canonical(
        {
            "t": "score",
            "mean": fields.DECIMAL.check(score.mean),
            "share": fields.DECIMAL.check(score.share),
            "covered": fields.whole(score.covered, name=_("千分比")),
            "direct": fields.DECIMAL.check(direct),
            "tally": state,
            "late": late if late == NOTHING else fields.HASH.check(late),
            "release": release if release == NOTHING else fields.HASH.check(release),
        }
    )


def release_made(*, wave: str, sha256: str, direct: str) -> bytes:
    """Record a release that was made too late to stand in its wave's score."""
    return canonical(
        {
            "t": "release_made",
            "wave": fields.WAVE.check(wave),
            "sha256": fields.HASH.check(sha256),
            "direct": fields.DECIMAL.check(direct),
        }
    )


def release_again(
    *, wave: str, number: int, sha256: str, former: str, direct: str, drop: Sequence[str]
) -> bytes:
    """Record a release that was made again beside the `former` one, without the answers that it drops."""
    return canonical(
        {
            "t": "release_made",
            "wave": fields.WAVE.check(wave),
            "n": fields.whole(number, name=_("第几次公布"), least=2),
            "sha256": fields.HASH.check(sha256),
            "former": fields.HASH.check(former),
            "direct": fields.DECIMAL.check(direct),
            "drop": [fields.HASH.check(each) for each in sorted(drop)],
        }
    )


def attribution(*, period: str, number: int, sha256: str, former: str = "") -> bytes:
    """Record whose hours a period's were, as released; made again it names the `former` one."""
    before = {"former": fields.HASH.check(former)} if former else {}
    return canonical(
        {
            "t": "attribution",
            "period": period,
            "n": fields.whole(number, name=_("第几次公布"), least=1),
            "sha256": fields.HASH.check(sha256),
            **before,
        }
    )


def erase(*, wave: str, n: int) -> bytes:
    """Record that the answers of a wave were erased, `n` interviews of them."""
    return canonical({"t": "erase", "wave": fields.WAVE.check(wave), "n": fields.whole(n, name=_("份数"))})


def preview(*, wave: str, sha256: str, until: str) -> bytes:
    """Record that the judged see a frozen release, and until which day before it is public."""
    return canonical(
        {
            "t": "preview",
            "wave": fields.WAVE.check(wave),
            "sha256": fields.HASH.check(sha256),
            "until": fields.day(until),
        }
    )


def appeal(*, wave: str, n: int, why: str, until: str) -> bytes:
    """Record a wave's n-th appeal: its kind of reason, and by which day it is decided. Not whose it is."""
    return canonical(
        {
            "t": "appeal",
            "wave": fields.WAVE.check(wave),
            "n": fields.whole(n, name=_("第几件申诉"), least=1),
            "why": fields.OUTCOME.check(why),
            "until": fields.day(until),
        }
    )


def appeal_decided(*, wave: str, n: int, how: str, by: Sequence[str]) -> bytes:
    """Record how a wave's n-th appeal was decided, and by which two people."""
    return canonical(
        {
            "t": "appeal_decided",
            "wave": fields.WAVE.check(wave),
            "n": fields.whole(n, name=_("第几件申诉"), least=1),
            "how": fields.OUTCOME.check(how),
            "by": sorted(fields.ROLE.check(each) for each in by),
        }
    )


def calendar(*, year: int, dates: Sequence[str]) -> bytes:
    """Record the days of a year's freezes, announced ahead."""
    found = [fields.day(each) for each in sorted(set(dates))]
    return canonical({"t": "calendar", "year": fields.whole(year, name=_("年份"), least=1), "dates": found})


def attest(*, by: str, said: Statement, sig: str) -> bytes:
    """Record what an auditor has signed."""
    seen = {"corrections": fields.HASH.check(said.corrections)} if said.corrections else {}
    return canonical(
        {
            "t": "attest",
            "by": fields.VKEY.check(by),
            "tally": fields.HASH.check(said.tally),
            "openings": fields.HASH.check(said.openings),
            "sig": fields.SIGNATURE.check(sig),
            **seen,
        }
    )
