"""Log entries of a wave's end: what auditors attest, and the score of the groups' tally."""

from __future__ import annotations

from huying.base.i18n import _
from survey.drawing import fields
from survey.drawing.attest import Statement
from survey.drawing.canonical import canonical
from survey.drawing.grouped_tally import NOTHING, Score, State


def score(*, score: Score, state: State, direct: str, late: str = NOTHING) -> bytes:
    """Record mean and share of the groups' tally, how much it covers, and the release's own city figure.

    `late` is the digest of `late.tsv`, none where no late replicate was sealed.
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
        }
    )


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
