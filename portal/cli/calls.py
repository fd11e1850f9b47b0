"""Calls as files: check, import, export; the decision record of a call and the dossier of its decision."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import click

from portal.cli.installation import console, instance, open_up, settings_of
from workflows import database, tasks
from workflows.allocation.queries import decision
from workflows.calls import actions as calls
from workflows.calls.queries import terms_of
from workflows.calls.refusals import TermsRefused
from workflows.calls.rules import read_terms, write_terms
from workflows.calls.terms import Terms
from workflows.language import say, text_in
from workflows.letters import dossier
from workflows.permissions import SYSTEM
from workflows.problems import NotThere, Problem

call_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def call() -> None:
    """Calls as files: check, import, export."""


@call.command("check")
@call_file
def check_call(file: Path) -> None:
    """Say whether a call file can be taken, and if not what is wrong where."""
    found = _read(file)
    console.print(f"{file.name}: {text_in(found.name.texts(), 'en')}, in order.")


@call.command("import")
@call_file
@click.option("--reason", default="", help="Why published terms change.")
@click.option("--publish/--no-publish", default=False, help="Also show it to everybody.")
@instance
def import_call(file: Path, reason: str, publish: bool, instance: Path | None) -> None:
    """Take a call file in, as a new call or as a new version of its terms."""
    found = _read(file)
    open_up(settings_of(instance))
    now = datetime.now(UTC)
    try:
        with database.transaction() as session:
            version = calls.import_call(session, SYSTEM, found, now=now, reason=reason).version
            if publish:
                calls.publish(session, SYSTEM, found.id, now=now)
    except Problem as problem:
        raise click.ClickException(say(problem.reason, "en")) from None
    console.print(f"{found.id}: version {version} of its terms is in.")


@call.command("export")
@click.argument("call_id", metavar="CALL")
@instance
def export_call(call_id: str, instance: Path | None) -> None:
    """Write the terms of a call to standard output, as the same file that was imported."""
    open_up(settings_of(instance))
    try:
        with database.reading() as session:
            click.echo(write_terms(terms_of(session, call_id)), nl=False)
    except NotThere:
        raise click.ClickException(f"there is no call {call_id}") from None


@click.command("record")
@click.argument("call_id", metavar="CALL")
@instance
def print_record(call_id: str, instance: Path | None) -> None:
    """Print the decision record of a call: inputs, rule, result and fingerprint."""
    open_up(settings_of(instance))
    try:
        with database.reading() as session:
            click.echo(decision(session, call_id).record, nl=False)  # its SHA-256 is that of what is printed
    except NotThere:
        raise click.ClickException(f"call {call_id} is not decided") from None


@click.command("dossier")
@click.argument("call_id", metavar="CALL")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="The folder to write into."
)
@instance
def write_dossier(call_id: str, out: Path, instance: Path | None) -> None:
    """Write the dossier of a decision: one ZIP that can be run again offline, and the same in words as PDF."""
    open_up(settings_of(instance))
    try:
        with database.reading() as session:
            found = dossier.read(session, terms_of(session, call_id))
    except NotThere:
        raise click.ClickException(f"call {call_id} is not decided") from None
    packed = dossier.pack(found, tasks.office().head)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"dossier-{call_id}.zip").write_bytes(packed)
    with ZipFile(BytesIO(packed)) as zipped:
        for language in dossier.PDF_LANGUAGES:
            (out / f"dossier-{call_id}-{language}.pdf").write_bytes(zipped.read(f"dossier-{language}.pdf"))
    click.echo(f"{out / f'dossier-{call_id}.zip'}   fingerprint {found.decision.fingerprint}")


def _read(file: Path) -> Terms:
    try:
        return read_terms(file.read_text(encoding="utf-8"), str(file))
    except UnicodeDecodeError as error:
        raise click.ClickException(f"{file}: byte {error.start} is not UTF-8 text") from None
    except TermsRefused as refused:
        raise click.ClickException(str(refused)) from None
