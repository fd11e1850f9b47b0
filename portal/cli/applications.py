"""Applications as files: taken in from another platform or from paper, handed on to one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from portal.cli.installation import console, instance, open_up, settings_of
from workflows import database
from workflows.calls.queries import terms_of
from workflows.language import LANGUAGES, say
from workflows.permissions import SYSTEM
from workflows.problems import NotThere, Problem
from workflows.submission import bringing, exchange, handing_on, intake
from workflows.submission.exchange import FORMATS
from workflows.submission.records import Paper, raw

REFUSED = 2
folder = click.option(
    "--documents", type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the documents that rows name by path or SHA-256; by default the folder of FILE.",
)  # fmt: skip
format = click.option("--format", "kind", type=click.Choice(FORMATS), default="jsonl", show_default=True)


@click.group()
def applications() -> None:
    """Applications as files: template, import, export."""


@applications.command("template")
@click.argument("call_id", metavar="CALL")
@format
@instance
def write_template(call_id: str, kind: str, instance: Path | None) -> None:
    """Write an empty file for the applications of CALL to standard output."""
    open_up(settings_of(instance))
    with _told(call_id), database.reading() as session:
        click.echo(exchange.template(terms_of(session, call_id), kind).encode(), nl=False)


@applications.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--call", "call_id", help="The call; by default the one the first row names.")
@click.option("--check", is_flag=True, help="Judge every row and change nothing.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of the refusals.")
@folder
@instance
def import_applications(
    file: Path, call_id: str | None, check: bool, language: str, documents: Path | None, instance: Path | None
) -> None:
    """Take in the applications of FILE, JSON lines or CSV: all of them, or none where one row is refused.

    Ends with 2 where rows are refused, each on standard error with its number, its column and the reason. Rows that
    were taken in before change nothing. docs/exchange.md describes the file.
    """
    open_up(settings_of(instance))
    call_id = call_id or _call_named(file)
    fetch, now = _fetch(documents or file.parent), datetime.now(UTC)
    with _told(call_id), file.open("rb") as content:
        if check:
            with database.reading() as session:
                weighed = intake.weigh(session, SYSTEM, call_id, content, fetch=fetch, now=now)
            _refuse(weighed, language)
        else:
            try:
                with database.transaction() as session:
                    weighed = bringing.bring_in(session, SYSTEM, call_id, content, fetch=fetch, now=now)
            except bringing.FileRefused as refused:
                _refuse(refused.weighed, language)
                return
    verb = "can be taken in" if check else "taken in"
    console.print(f"{len(weighed.arrivals)} {verb}, {weighed.known} here already.")
    if weighed.unaccompanied:
        console.print(f"{weighed.unaccompanied} without every document the call asks; the screening will say which.")


@applications.command("export")
@click.argument("call_id", metavar="CALL")
@format
@click.option("--documents", type=click.Path(file_okay=False, path_type=Path), help="Also write the documents here.")
@instance
def export_applications(call_id: str, kind: str, documents: Path | None, instance: Path | None) -> None:
    """Write the submitted applications of CALL to standard output, as `import` reads them."""
    open_up(settings_of(instance))
    if documents is not None:
        documents.mkdir(parents=True, exist_ok=True)

    def rows() -> Iterator[dict[str, Any]]:
        for record in handing_on.records(session, SYSTEM, call_id):
            if documents is not None:
                for digest, content in handing_on.contents(record):
                    (documents / digest).write_bytes(content)
            yield raw(record)

    with _told(call_id), database.reading() as session:
        for line in exchange.write(terms_of(session, call_id), rows(), kind):
            click.echo(line.encode(), nl=False)


def _call_named(file: Path) -> str:
    """The call that the first row names."""
    with file.open("rb") as content:
        for _number, row in exchange.rows(content):
            if not isinstance(row, exchange.Refused) and isinstance(row.get("call"), str):
                return str(row["call"])
            break
    raise click.ClickException(f"{file}: the first row names no call; name it with --call")


def _fetch(folder: Path) -> intake.Fetch:
    """Contents from a folder: by the path in it, never out of it, or by a SHA-256 for a name."""
    root = folder.resolve()

    def fetch(paper: Paper) -> bytes | None:
        path = (root / (paper.path or paper.sha256)).resolve()
        return path.read_bytes() if path.is_relative_to(root) and path.is_file() else None

    return fetch


def _refuse(weighed: intake.Weighed, language: str) -> None:
    """Say every refusal and end, where there is one."""
    if not weighed.refused:
        return
    for one in weighed.refused:
        column = f", {one.column}" if one.column else ""
        click.echo(f"row {one.row}{column}: {say(one.reason, language)}", err=True)
    more = weighed.mistakes - len(weighed.refused)
    click.echo(f"Nothing was taken in: {weighed.mistakes} mistakes{f', {more} not shown' if more else ''}.", err=True)
    raise SystemExit(REFUSED)


@contextmanager
def _told(call_id: str) -> Iterator[None]:
    try:
        yield
    except NotThere:
        raise click.ClickException(f"there is no call {call_id}") from None
    except Problem as problem:
        raise click.ClickException(say(problem.reason, "en")) from None
