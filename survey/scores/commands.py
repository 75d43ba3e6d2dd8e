"""Scores by command line."""

from __future__ import annotations

from pathlib import Path

import click

from huying.base import clock
from huying.base.i18n import _
from huying.base.keys import Keyring
from huying.ledger.keys import verifier_key
from huying.side import log
from huying.side.files import folder, write, written
from huying.side.opening import opened
from huying.side.side import Side
from survey.scores.operations import carrying, releasing
from survey.scores.queries import auditing, releases
from survey.scores.queries.export import csv_of
from survey.scores.rules import making, steps
from survey.scores.rules.release import ScoreRow

AUDITOR = "auditor"
"""Name of the auditor's own key file."""


@click.command()
@click.argument("wave")
@click.option("--csv", "file", type=written, help="Write all rows to this file.")
def estimate(wave: str, file: Path | None) -> None:
    """Estimate the scores of WAVE once its field is closed, and freeze them; publish where nobody attests.

    The first release of a wave stands; asked again, the same is shown. Cells with fewer than ten answers
    stay hidden, and so does what would give them away. How far it is goes to standard error; stopped by
    Ctrl-C, nothing is stored.
    """
    with opened() as installation, installation.database.transaction() as session:
        release = releasing.estimate_and_publish(
            session,
            wave,
            keys=installation.keys,
            now=clock.now(),
            origin=installation.ledger_origin,
            told=told,
        )
        rows = releases.rows_of(release)
        data = csv_of(release)
    if file is not None:
        write(file, data)
    for row in rows:
        if row.item == "overall" and row.den == "rated":
            click.echo(_line(row))


@click.command("estimate-again")
@click.argument("wave")
@click.option("--why", required=True, help="One plain sentence; it is published with the scores.")
@click.option("--by", required=True, metavar="LOGIN", help="Whose name stands under it.")
@click.option("--csv", "file", type=written, help="Write all rows to this file.")
def estimate_again(wave: str, file: Path | None, *, why: str, by: str) -> None:
    """Make the scores of WAVE again beside those that are out, without the completes undone since.

    Both releases stay to be seen, and the ledger has the digests of both. What a reader of both could work
    out of the undone answers stays hidden.
    """
    with opened() as installation, installation.database.transaction() as session:
        made = releasing.correct(session, wave, why=why, by=by, now=clock.now(), told=told)
        data, number = csv_of(made), made.number
    if file is not None:
        write(file, data)
    click.echo(_("%(label)s 的得分已第 %(n)s 次公布。", label=wave, n=number))


@click.command("make-scores")
@click.argument("number", type=int)
@click.pass_obj
def make_scores(side: Side, number: int) -> None:
    """Make the scores that a page asked for by NUMBER; `work` runs this in a process of its own.

    Ends at once where they are made already, were stopped, or another process is at it.
    """
    log.to_stderr(side.key)
    with opened() as installation:
        carrying.carry_out(installation, number)


@click.command()
@click.argument("wave")
def publish(wave: str) -> None:
    """Log the score of WAVE after its auditors have signed; everything is public from then on."""
    with opened() as installation, installation.database.transaction() as session:
        releasing.publish(
            session, wave, keys=installation.keys, now=clock.now(), origin=installation.ledger_origin
        )
    click.echo(_("%(label)s 的得分已公布。", label=wave))


@click.command()
@click.argument("wave")
@click.option("--out", type=folder, required=True, help="Folder for the files; they are for auditors alone.")
def audit(wave: str, out: Path) -> None:
    """Write what an auditor of WAVE needs, once its answers are counted: tally, openings, minutes, log."""
    with opened() as installation, installation.database.reading() as session:
        for name, data in auditing.files(session, wave).items():
            write(out / name, data)
    click.echo(str(out))


@click.command()
@click.argument("wave")
@click.option("--name", required=True, help="The name that stands in the auditor's key.")
@click.option("--keys", type=folder, required=True, help="Folder of the auditor's own key; made if missing.")
@click.option(
    "--files", "files", type=click.Path(path_type=Path), help="What `audit` wrote; else the key alone."
)
@click.option("--blind", is_flag=True, help="Don't say that the corrections were seen.")
def attest(wave: str, name: str, keys: Path, files: Path | None, *, blind: bool) -> None:
    """On the auditor's own machine: look through the files of WAVE and sign what they add up to."""
    key = Keyring(keys).signing(AUDITOR)
    click.echo(verifier_key(name, key=key).text)
    if files is not None:
        said = auditing.looked_through(wave, files, blind=blind)
        click.echo(said.sign(key))


@click.command()
@click.argument("wave")
@click.option("--by", required=True, help="The auditor's key, as the design names it.")
@click.option("--sig", required=True, help="The signature that `attest` printed.")
@click.option("--blind", is_flag=True, help="The signature doesn't cover the corrections.")
def attested(wave: str, by: str, sig: str, *, blind: bool) -> None:
    """Log what an auditor has signed."""
    with opened() as installation, installation.database.transaction() as session:
        releasing.attest(session, wave, by=by, sig=sig, blind=blind, now=clock.now())
    click.echo(_("已记下 %(by)s 的签名。", by=by.split("+", maxsplit=1)[0]))


def told(step: str, done: int, of: int) -> None:
    """Say how far the making of a release is."""
    number = steps.STEPS.index(step) + 1
    click.echo(f"{number} / {len(steps.STEPS)}  {making.WORDS[step]}  {100 * done // of} %", err=True)


def _line(row: ScoreRow) -> str:
    figure = "–" if row.estimate is None else f"{row.estimate:.3f}  {row.low:.3f}–{row.high:.3f}"
    return f"{row.level:<9} {row.unit:<16} n {row.n or '<10':<5} {figure}  {row.status}"
