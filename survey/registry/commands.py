"""The household registry at the command line: taking in a file, an empty one to fill in, its quality."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from huying import sheets
from huying.base import clock
from huying.base.area_names import AreaNames
from huying.base.errors import Invalid
from huying.base.i18n import _, lazy
from huying.sheets import Choose, Faults, Unrecognised
from huying.sheets.choice import Said
from huying.sheets.plans import Plan
from huying.side.files import BY, existing, text_of, write, written
from huying.side.opening import opened
from huying.store.installation import Installation
from survey.deposits.operations import discard as discards
from survey.registry.operations import columns as columns_said
from survey.registry.operations import homes, requests
from survey.registry.operations import margins as margin_tables
from survey.registry.operations import registry as households
from survey.registry.operations.registry import RegistryCounts
from survey.registry.queries import codes, grids
from survey.registry.queries import export as quality_export
from survey.registry.queries import quality as registry_quality
from survey.registry.rules import file as registry_file
from survey.registry.rules.file import FORMS, FileForm, RegistryFile
from survey.registry.rules.layout import LAYOUT

KINDS = {
    "new": lazy("新增"),
    "changed": lazy("变更"),
    "moved": lazy("换网格"),
    "left": lazy("迁出"),
}
SHOWN = 50
"""Changes of each kind that a dry run lists."""

LARGE = 20_000
"""Rows of a file that takes so long that people want to see it go on."""


@click.command("import-households")
@click.argument("file", type=existing)
@click.option("--dry-run", is_flag=True, help="Say what would change; store nothing.")
@click.option("--confirmed-by", metavar="NAME", help="Who answers for a file that takes much away.")
@click.option("--why", metavar="REASON", help="Why households leave or change their number; public.")
@click.option("--refused", type=written, help="Write the faulty rows here, with reasons, .csv or .xlsx.")
@click.option("--keep-good", is_flag=True, help="Store rows without faults; needs --confirmed-by.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Which heading of the file is our column, such as 户号=编号; kept for the next such file.",
)
def import_households(
    file: Path,
    *,
    dry_run: bool,
    confirmed_by: str | None,
    why: str | None,
    refused: Path | None,
    keep_good: bool,
    columns: tuple[str, ...],
) -> None:
    """Import the household registry from FILE, CSV, XLSX or XLS.

    Columns: 户编号 网格编号 地址 电话 电话来源 电话登记日期 登记人, and 成年人电话 if adults are listed,
    the oldest first, with ; between them; `registry template` writes an empty file. The file states every
    household of the grids that it names: who is missing there has left. One bad row, and nothing is stored.
    A file by which the registry shrinks or moves too much is refused until somebody confirms it by name.
    Who leaves and who changes number is counted publicly, with the reason given by --why. Where it is more
    than 5 % of a grid's households within twelve months, all imports counted, the file with its reason waits
    until another registrar signs for it on the page /registry/requests; that name and reason are public too.
    """
    with opened() as installation:
        stated = _read(file, installation=installation, refused=refused, columns=columns)
        if dry_run:
            _try(stated, installation=installation)
            return
        if why is not None and _needs_second(stated, installation=installation):
            _hand_over(file.read_bytes(), stated, why=why, installation=installation)
            return
        with installation.database.transaction() as session:
            plan = households.apply(
                session,
                stated,
                vault=installation.vault,
                by=BY,
                now=clock.now(),
                confirmed_by=confirmed_by,
                why=why or "",
                keep_good=keep_good,
                progress=_progress,
            )
    click.echo(RegistryCounts.of(plan).words())


def _needs_second(stated: RegistryFile, *, installation: Installation) -> bool:
    with installation.database.reading() as session:
        vault, now = installation.vault, clock.now()
        return bool(households.compare(session, stated, vault=vault, by=BY, now=now).over)


def _hand_over(data: bytes, stated: RegistryFile, *, why: str, installation: Installation) -> None:
    vault, now = installation.vault, clock.now()
    with installation.database.transaction() as session:
        requests.hand_over(session, data, stated=stated, why=why, vault=vault, by=BY, now=now)
    click.echo(_("已交给另一位名册管理员：请他在网页 /registry/requests 上署名写明理由。名册没有改动。"))


@click.group()
def registry() -> None:
    """The household registry: its quality, and an empty file to fill in."""


@registry.command()
@click.option("--csv", "out", type=written, help="Write a file instead.")
def quality(out: Path | None) -> None:
    """Count, grid by grid, what is amiss: numbers missing, shared, owned by staff, changed, unreachable.

    Counts alone; the last row is the whole city.
    """
    with opened() as installation, installation.database.reading() as session:
        report = registry_quality.report(session, vault=installation.vault, now=clock.now())
    if out:
        write(out, quality_export.csv_of(report))
        return
    click.echo("\t".join(["", *map(str, quality_export.LABELS.values())]))
    for code, _name, counts in quality_export.rows_of(report):
        click.echo("\t".join([code, *map(str, counts)]))


@registry.command("margins")
@click.argument("file", type=existing)
@click.option("--source", required=True, metavar="NAME", help="Who counted.")
@click.option("--day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day of the counts.")
def margins(file: Path, *, source: str, day: datetime) -> None:
    """Keep how many households FILE counts in the city by age, tenure and telephone; print its digest.

    Seven lines, of a category and its households: 18-39岁, 40-59岁, 60岁及以上; 户籍, 租住; 有能用的电话,
    没有能用的电话. A freeze names the table by its digest (`wave freeze --margins`) and seals it.
    """
    with opened() as installation, installation.database.transaction() as session:
        table = margin_tables.keep(
            session, text_of(file), source=source, day=day.date(), by=BY, now=clock.now()
        )
    click.echo(table.sha256)


@registry.command()
@click.argument("out", type=written)
def template(out: Path) -> None:
    """Write an empty file of households to OUT, .csv or .xlsx."""
    write(out, sheets.template(LAYOUT, form=_form(out)))


@registry.command()
@click.argument("out", type=written)
def export(out: Path) -> None:
    """Write the codes, grids and addresses of the households that are registered now to OUT, a CSV.

    Households that a file named without a code were given one: it stands here.
    """
    with opened() as installation, installation.database.reading() as session:
        write(out, codes.csv_of(session))


def _form(path: Path) -> FileForm:
    form = FORMS.get(path.suffix.lower().removeprefix("."))
    if form is None:
        raise Invalid(_("%(name)s 应当以 .csv 或 .xlsx 结尾。", name=path.name))
    return form


def _read(
    file: Path, *, installation: Installation, refused: Path | None, columns: tuple[str, ...]
) -> RegistryFile:
    """Return what a file states, and tell what it was taken for; what is said of its columns is kept."""
    data, allowed, named = file.read_bytes(), installation.settings.allowed_numbers, Said.of(columns)
    with installation.database.reading() as session:
        known, choose = grids.known(session), named.over(columns_said.said(session, by=BY), LAYOUT)
    try:
        stated = registry_file.read(
            data, file=file.name, allowed=allowed, grids=known, choose=choose, progress=_progress
        )
    except Unrecognised as fault:
        raise Invalid("\n".join([fault.message, *fault.recognition.words(LAYOUT.headings)])) from None
    seen = stated.recognition
    named.check(tuple(each.heading for each in seen.columns))
    for line in seen.words(LAYOUT.headings):
        click.echo(line, err=True)
    if columns:
        with installation.database.transaction() as session:
            columns_said.say(session, seen.choice, fingerprint=seen.fingerprint, by=BY, now=clock.now())
    if refused:
        _write_refused(refused, stated, data, installation=installation, known=known, choose=choose)
    for note in stated.notes:
        click.echo(note)
    return stated


def _write_refused(
    out: Path,
    stated: RegistryFile,
    data: bytes,
    *,
    installation: Installation,
    known: AreaNames,
    choose: Choose,
) -> None:
    with installation.database.reading() as session:
        plan = households.compare(session, stated, vault=installation.vault, by=BY, now=clock.now()).plan
    if not plan.faults:
        return
    allowed, form = installation.settings.allowed_numbers, _form(out)
    rows = registry_file.refused(
        data, file=stated.file, allowed=allowed, form=form, grids=known, choose=choose, more=plan.faults
    )
    write(out, rows)


def _try(stated: RegistryFile, *, installation: Installation) -> None:
    """Print what a file would do; raise Invalid where rows are faulty, after everything was told."""
    with installation.database.reading() as session:
        plan = households.compare(session, stated, vault=installation.vault, by=BY, now=clock.now()).plan
    click.echo(RegistryCounts.of(plan).words())
    for line in _changes(plan):
        click.echo(line)
    for warning in filter(None, (plan.alarm, plan.over)):
        click.echo(warning)
    for group in plan.twins[:SHOWN]:
        click.echo(_("可能是同一家：%(codes)s", codes="、".join(code for code, _address in group)))
    for fault in plan.faults:
        at = {"line": fault.line, "column": fault.column, "reason": fault.reason}
        click.echo(_("第 %(line)s 行，%(column)s：%(reason)s", **at))
    Faults(list(plan.faults)).check(stated.file)


def _changes(plan: Plan) -> list[str]:
    told = []
    for kind, name in KINDS.items():
        of_kind = [change for change in plan.changes if change.kind == kind]
        told += [f"{name} {change.key} {change.what}".rstrip() for change in of_kind[:SHOWN]]
        told += ["…"] if len(of_kind) > SHOWN else []
    return told


def _progress(done: int, of: int) -> None:
    if of >= LARGE:
        click.echo(f"{done:,} / {of:,}", err=True)


@registry.command("decide")
@click.argument("codes", nargs=-1, required=True)
@click.option("--keep", metavar="CODE", help="They are one home: this code stays.")
@click.option("--different", is_flag=True, help="They are different homes.")
@click.option("--by", "login", required=True, metavar="LOGIN", help="The registrar who decides.")
def decide(codes: tuple[str, ...], *, keep: str | None, different: bool, login: str) -> None:
    """Decide whether the households CODES are one home; before that none of them is stored anew."""
    if different == (keep is not None):
        raise Invalid(_("请写明 --keep 户编号（同一家）或 --different（不同的家），两者之一。"))
    with opened() as installation, installation.database.transaction() as session:
        by = discards.registrar(session, login)
        homes.decide(session, codes, keep=keep, by=by.login, now=clock.now())
    click.echo(_("已记下。"))
