"""The demonstration world, and the replay of the calls of 2024."""

import shutil
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from config.settings import Settings
from portal import demo
from portal.cli.installation import console, instance, open_up, settings_of
from workflows import database
from workflows.allocation.queries import decision
from workflows.language import LANGUAGES, say, text_in
from workflows.money import show_amount
from workflows.problems import NotThere, Reason
from workflows.publication.queries import Results, results
from workflows.replay.play import Play, Scene

ASIDE = "loading"
HALF_PLAYED = (
    "the play of {call} was interrupted once and cannot go on. "
    "Start over with `make run FRESH=1`, or with another folder than {instance}."
)


@click.command("demo")
@instance
def load_demo(instance: Path | None) -> None:
    """Load the demonstration world; what is there already is kept."""
    settings = settings_of(instance)
    open_up(settings)
    if not load_world(settings):
        console.print("The demonstration world is there already.")


@click.command()
@click.argument("call_id", type=click.Choice(demo.PLAYED))
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@instance
def replay(call_id: str, language: str, instance: Path | None) -> None:
    """Play a whole call of 2024 through the same actions the web uses, from publication to letters.

    The first time it is played into the portal's own data. Where it is there already, it is played once more in a
    database of its own, and the two decision records are compared byte by byte.
    """
    settings = settings_of(instance)
    open_up(settings)
    address = f"{settings.base_url}/calls/{call_id}/results"
    try:
        demo.refuse_half_played(call_id)
    except demo.HalfPlayed as half:
        raise click.ClickException(HALF_PLAYED.format(call=half, instance=settings.instance)) from None
    before = _record(call_id)
    if before is None:
        _play(call_id)
        _show_outcome(call_id, language)
        _tell("replay-shown", language, address=address)
        return
    with TemporaryDirectory(prefix="oproep-replay-") as folder:
        open_up(Settings(instance=Path(folder), base_url=settings.base_url))
        _play(call_id)
        _show_outcome(call_id, language)
        same = _record(call_id) == before
        database.disconnect()
    _tell("replay-same" if same else "replay-differs", language, address=address)
    sys.exit(0 if same else 1)


def load_world(settings: Settings) -> bool:
    """Load what is missing of the demonstration world; False where nothing is.

    Its accounts have a published password, so an installation in production refuses it.
    """
    if settings.mode != "development":
        raise click.ClickException("the demonstration world is for development: its passwords are published")
    try:
        if demo.loaded():
            return False
    except demo.HalfPlayed as half:
        raise click.ClickException(HALF_PLAYED.format(call=half, instance=settings.instance)) from None
    if settings.database_url or demo.held():
        _load_here()
    else:
        _load_aside(settings)
    return True


def _load_here() -> None:
    with _progress() as progress:
        demo.load(Bars(progress), datetime.now(UTC))


def _load_aside(settings: Settings) -> None:
    """Load the world beside an installation that holds nothing yet, then put it in its place: whole or not at all."""
    aside = settings.model_copy(
        update={"instance": settings.instance / ASIDE, "secret_key": settings.session_key(), "redis_url": ""}
    )
    shutil.rmtree(aside.instance, ignore_errors=True)
    open_up(aside)
    _load_here()
    database.disconnect()
    for found in settings.instance.glob("oproep.sqlite*"):
        found.unlink()
    # The database comes last: while it is not there, nothing is, and the next start begins again.
    for folder in filter(Path.exists, (aside.store, aside.mail_folder)):
        shutil.rmtree(settings.instance / folder.name, ignore_errors=True)
        folder.rename(settings.instance / folder.name)
    for found in sorted(aside.instance.glob("oproep.sqlite*"), reverse=True):
        found.rename(settings.instance / found.name)
    shutil.rmtree(aside.instance)
    open_up(settings)


class Bars:
    """A progress bar per scene of a play."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.bars: dict[Scene, TaskID] = {}

    def __call__(self, scene: Scene, done: int, total: int) -> None:
        """Show that so many steps of the scene are done; a scene that begins anew gets a new bar."""
        if done == 1 or scene not in self.bars:
            self.bars[scene] = self.progress.add_task(scene.value, total=total)
        self.progress.update(self.bars[scene], completed=done, total=total)


def _progress() -> Progress:
    columns = (TextColumn("{task.description:>13}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def _record(call_id: str) -> str | None:
    """The decision record of a call, None where it is not decided in the connected database."""
    try:
        with database.reading() as session:
            return decision(session, call_id).record
    except NotThere:
        return None


def _play(call_id: str) -> None:
    with _progress() as progress:
        Play(demo.world(call_id), demo.terms(call_id), Bars(progress)).run()


def _show_outcome(call_id: str, language: str) -> None:
    with database.reading() as session:
        outcome = results(session, call_id, datetime.now(UTC))
        digest = decision(session, call_id).record_sha256
    console.print(_award_table(outcome, language))
    told = [
        Reason("replay-share", {"name": one.name, "used": one.used, "amount": one.amount}) for one in outcome.shares
    ]
    told.append(Reason("replay-total", {"total": outcome.total, "awards": len(outcome.awards)}))
    if outcome.difference:
        told.append(Reason("replay-difference", {**asdict(outcome.difference), "difference": outcome.difference.cents}))
    told.append(Reason("replay-record", {"sha256": digest}))
    for reason in told:
        _print(reason, language)


def _tell(code: str, language: str, **facts: object) -> None:
    _print(Reason(code, facts), language)


def _print(reason: Reason, language: str) -> None:
    console.print(say(reason, language), highlight=False, markup=False, soft_wrap=True)


def _award_table(outcome: Results, language: str) -> Table:
    table = Table(title=text_in(outcome.call.terms.name.texts(), language))
    for head in ("letter-reference", "letter-organisation", "letter-project", "replay-zone"):
        table.add_column(say(Reason(head), language))
    table.add_column(say(Reason("replay-awarded"), language), justify="right")
    for row in outcome.awards:
        table.add_row(row.reference, row.organisation, row.project, row.zone, show_amount(row.awarded, language))
    return table
