"""A wave by command line, one command a step; none of them ever shows the sample or the key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from huying.base import clock
from huying.base.errors import Invalid, Refused
from huying.base.i18n import _
from huying.side.files import BY, existing, folder, text_of, write, written
from huying.side.opening import opened
from huying.store.installation import Installation
from huying.telephony import choice as dialling
from survey.drawing import parts
from survey.waves.commands import part_file
from survey.waves.operations import bundle, calendar, confirmed_freeze, draw, release, served
from survey.waves.queries import field_progress, waves, wordings
from survey.waves.rules import calendar as year
from survey.waves.rules.frame_scope import FrameScope
from survey.waves.rules.freeze_request import FreezeRequest
from survey.waves.rules.outlook import Confirmation, Expectation
from survey.waves.rules.parties import OPERATOR, digest_of
from survey.waves.rules.wave_rules import HOURS, LISTS, WORDING, WORDINGS, WaveRules

STANDARD = WaveRules()
QUESTIONNAIRE = next(name for name, wording in WORDINGS.items() if wording == WORDING)
APART = "Households on a worker's list, and the others of their grid: two strata of equal size, or one."
NUMBER = re.compile("[0-9]{1,9}", re.ASCII)
label = click.argument("label")


@click.group()
def wave() -> None:
    """Freeze, draw and lead a wave, one step a command, each in the ledger.

    Our own part is made by `commit` and opened by `reveal`, in a key file that nothing else reads. Another
    office seals its part by `huying party` or its page, and hands in the digest alone.
    """


@wave.command("freeze")
@label
@click.option("--design", type=existing, required=True, help="Lines of: grid TAB sample TAB replicate.")
@click.option("--beacon", required=True, metavar="SOURCE", help="Coming event, e.g. dice:<time>,20d10.")
@click.option("--attempts", default=STANDARD.attempts, show_default=True, help="Before nobody was reached.")
@click.option("--windows", default=STANDARD.windows, show_default=True, help="Calling windows they span.")
@click.option("--days", default=STANDARD.days, show_default=True, help="Days they span.")
@click.option("--plan", default=STANDARD.plan, show_default=True, help="Completes wanted of each stratum.")
@click.option("--most", default=STANDARD.most, show_default=True, help="Replicates that may go out.")
@click.option("--control", default=0, show_default=True, help="Households whose numbers are to be checked.")
@click.option("--criteria", default="", help="In words: by what grids were sorted into types.")
@click.option("--lists", type=click.Choice(LISTS), default="apart", show_default=True, help=APART)
@click.option("--hours", type=click.Choice(HOURS), default="standard", show_default=True)
@click.option("--questionnaire", default=QUESTIONNAIRE, show_default=True, help="Which version is asked.")
@click.option("--unworked", default=STANDARD.unworked, show_default=True, help="Most left, per mille.")
@click.option("--armcap", default=STANDARD.armcap, show_default=True, help="Most of a listed arm, per mille.")
@click.option("--late", default=0, show_default=True, help="Households of each stratum released late.")
@click.option("--late-day", default="", metavar="YYYY-MM-DD", help="The day on which they are.")
@click.option("--auditor", "auditors", multiple=True, metavar="VKEY", help="Who may attest; repeat.")
@click.option("--quorum", default=0, show_default=True, help="Witnesses that are asked for.")
@click.option("--ends", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="End of the field, local time.")
@click.option("--area", "areas", multiple=True, metavar="CODE", help="Only grids under this area; repeat.")
@click.option("--type", "types", multiple=True, help="Only grids of this type; repeat.")
@click.option("--rest", default=0, show_default=True, help="Leave out who was called in the last N waves.")
@click.option("--margins", default="", metavar="SHA256", help="The table from outside that scores use.")
@click.option("--codes", type=existing, help="Lines of: household TAB unit; else drawn afresh.")
@click.option("--secret", type=existing, help="64 hexadecimal digits; else drawn afresh.")
@click.option("--response", default=25.0, show_default=True, help="Expected: per cent who answer.")
@click.option("--eligible", default=90.0, show_default=True, help="Expected: per cent of good numbers.")
@click.option("--why", default="", help="Why, where so few answers are expected that nothing would be shown.")
@click.option("--out", type=folder, help="Write frame.tsv and design.tsv, which are public, to this folder.")
def freeze_command(
    label: str,
    *,
    design: Path,
    beacon: str,
    ends: datetime | None,
    areas: tuple[str, ...],
    types: tuple[str, ...],
    rest: int,
    margins: str,
    codes: Path | None,
    secret: Path | None,
    response: float,
    eligible: float,
    why: str,
    questionnaire: str,
    out: Path | None,
    **rules: int | str | tuple[str, ...],
) -> None:
    """Freeze the registry as it is now into the frame of a new wave LABEL, with its design and rules."""
    request = FreezeRequest(
        label=label,
        sizes=_sizes(design),
        rules=WaveRules(**rules),  # type: ignore[arg-type]
        beacon_source=beacon,
        field_ends_at=None if ends is None else ends.replace(tzinfo=clock.LOCAL),
        scope=FrameScope(frozenset(areas), frozenset(types), rest),
        margins=margins,
    )
    with opened() as installation, installation.database.transaction() as session:
        wording = wordings.of_name(session, questionnaire)
        request = replace(request, rules=replace(request.rules, wording=wording))
        if request.rules.hours != STANDARD.hours and not installation.settings.demo:
            raise Refused(_("拨打时段不限只能用于演示。"))
        confirmed_freeze.freeze(
            session,
            request,
            Confirmation(Expectation(response / 100, eligible / 100), why=why, by=BY),
            vault=installation.vault,
            now=clock.now(),
            codes=None if codes is None else _codes(codes),
            frame_secret=None if secret is None else bytes.fromhex(_hex(secret)),
        )
        frame, plan = waves.frame_tsv(session, label), waves.design_tsv(session, label)
    if out is not None:
        write(out / "frame.tsv", frame)
        write(out / "design.tsv", plan)
    click.echo(
        _(
            "已冻结 %(label)s：%(count)s 户，%(count2)s 层。",
            label=label,
            count=frame.count(bytes([10])),
            count2=plan.count(bytes([10])),
        )
    )


@wave.command("commit")
@label
@click.option("--party", default=OPERATOR, show_default=True, help="The office whose part it is.")
@click.option("--digest", help="What it handed in on paper: sha256:…")
@click.option("--part", type=existing, help="Our own part, made by `huying party make` (mode 0600).")
def commit_command(label: str, *, party: str, digest: str | None, part: Path | None) -> None:
    """Seal a part: only its digest is stored. Prints the ledger's signed checkpoint, for all to keep.

    Without --digest and --part our own part is made now, in a key file that `reveal` opens.
    """
    with opened() as installation, installation.database.transaction() as session:
        own = part_file.own(installation.keys, label=label, party=party)
        sealed = digest_of(digest) if digest else parts.seal(part_file.read(part or part_file.made(own)))
        draw.commit(session, label, party=party, commitment=sealed, now=clock.now())
        frozen = waves.find(session, label)
        note = bundle.checkpoint(session, frozen, keys=installation.keys, origin=installation.ledger_origin)
    click.echo(note, nl=False)


@wave.command("beacon")
@label
@click.option("--value", required=True, help="What the event showed, digit by digit.")
@click.option("--sig", help="The signature in hexadecimal, for drand.")
def beacon_command(label: str, *, value: str, sig: str | None) -> None:
    """Record what the public event showed."""
    with opened() as installation, installation.database.transaction() as session:
        draw.announce(session, label, value=value, sig=sig, now=clock.now())
    click.echo(_("已记下公开随机值。"))


@wave.command("reveal")
@label
@click.option("--party", default=OPERATOR, show_default=True, help="The office whose part it is.")
@click.option("--part", type=existing, help="File with its 64 hexadecimal digits; else our own key file.")
def reveal_command(label: str, *, party: str, part: Path | None) -> None:
    """Open a sealed part, once the public value is in."""
    with opened() as installation, installation.database.transaction() as session:
        kept = part or part_file.own(installation.keys, label=label, party=party)
        draw.reveal(session, label, party=party, part=part_file.read(kept), now=clock.now())
    click.echo(_("%(party)s 的密钥份额已打开。", party=party))


@wave.command("draw")
@label
def draw_command(label: str) -> None:
    """Draw the sample, once. It stays closed until the field is over."""
    with opened() as installation, installation.database.transaction() as session:
        draw.draw(session, label, now=clock.now())
    click.echo(_("%(label)s 已抽样。", label=label))


@wave.command("release")
@label
def release_command(label: str) -> None:
    """Release the main sample to the interviewers; later, every replicate that the sealed rule asks for."""
    with opened() as installation, installation.database.transaction() as session:
        if not field_progress.is_open(session, label):
            serves = dialling.serves(installation.settings.dialler)
            cases = served.open_field(
                session, label, serves=serves, vault=installation.vault, now=clock.now()
            )
            click.echo(_("首批已放出：%(cases)s 户。", cases=cases))
            return
        grids = release.release_due(session, label, now=clock.now())
    click.echo(_("放出补充批的网格：%(value)s。", value=" ".join(grids) if grids else _("没有")))


@wave.command("void")
@label
@click.option("--by", multiple=True, help="Who refused to open a part; may be given several times.")
@click.option("--why", default="refused_reveal", show_default=True, help="A code, no free text.")
def void_command(label: str, *, by: Sequence[str], why: str) -> None:
    """Void a wave before its draw; once the public value is known, only for a refused part."""
    with opened() as installation, installation.database.transaction() as session:
        draw.void(session, label, why=why, by=by, now=clock.now())
    click.echo(_("%(label)s 已作废。", label=label))


@wave.command("calendar")
@click.argument("dates", nargs=-1, required=True)
def calendar_command(dates: Sequence[str]) -> None:
    """Announce the freezes of a year ahead, e.g. 2027-03-15 2027-09-13; nothing is taken back."""
    with opened() as installation, installation.database.transaction() as session:
        found = calendar.announce(session, year.read(" ".join(dates)), now=clock.now())
    click.echo(_("已写进账本：%(year)s 年冻结 %(dates)s。", year=found.year, dates="、".join(found.dates)))


@wave.command("bundle")
@label
@click.option("--out", type=written, help="Default: LABEL.zip here.")
def bundle_command(label: str, *, out: Path | None) -> None:
    """Write everything with which an outsider can check the wave; refused before its end."""
    with opened() as installation, installation.database.transaction() as session:
        data = _bundle(installation, session, label)
    path = out or Path(f"{label}.zip")
    write(path, data)
    click.echo(str(path))


def _bundle(installation: Installation, session: Session, label: str) -> bytes:
    return bundle.write(
        session, label, keys=installation.keys, now=clock.now(), origin=installation.ledger_origin
    )


def _rows(path: Path, *, width: int) -> list[list[str]]:
    """Return the fields of a file's lines; raise Invalid naming the line with too many or too few."""
    rows = [line.split("\t") for line in text_of(path).splitlines() if line]
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise Invalid(
                _(
                    "%(name)s 第 %(number)s 行：应当有 %(width)s 栏，用制表符隔开。",
                    name=path.name,
                    number=number,
                    width=width,
                )
            )
    return rows


def _sizes(path: Path) -> dict[str, tuple[int, int]]:
    sizes = {}
    for number, (grid, sample, replicate) in enumerate(_rows(path, width=3), start=1):
        if grid in sizes or not (NUMBER.fullmatch(sample) and NUMBER.fullmatch(replicate)):
            raise Invalid(
                _(
                    "%(name)s 第 %(number)s 行：应当是网格编码、首批户数、补充批户数，每个网格一行。",
                    name=path.name,
                    number=number,
                )
            )
        sizes[grid] = (int(sample), int(replicate))
    return sizes


def _codes(path: Path) -> dict[str, str]:
    return {row[0]: row[1] for row in _rows(path, width=2)}


def _hex(path: Path) -> str:
    text = path.read_text(encoding="ascii", errors="replace").strip()
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        raise Invalid(_("%(name)s 里应当是 64 位小写十六进制数字。", name=path.name))
    return text
