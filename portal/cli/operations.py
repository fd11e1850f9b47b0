"""Running an installation: serve, work in the background, migrate, examine, verify the history."""

import json
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from threading import Event

import click
from rich.table import Table

from config import logging
from portal import demo, serving
from portal.cli.demonstration import load_world
from portal.cli.installation import console, instance, open_up, settings_of
from portal.doctor import examine
from workflows import database, tasks, worker
from workflows.history import chains, first_broken


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, help="Requests answered at the same time.")
@click.option("--with-demo", is_flag=True, help="Load the demonstration world first, where it is not there yet.")
@instance
def serve(host: str, port: int, threads: int, with_demo: bool, instance: Path | None) -> None:
    """Serve the portal. Without Redis, background work runs in the same process."""
    settings = settings_of(instance)
    logging.set_up(settings.mode)
    open_up(settings)
    if with_demo:
        load_world(settings)
    demonstration = settings.mode == "development" and demo.loaded()
    if demonstration:
        _tell_how_to_sign_in(f"http://{host}:{port}")
    console.print(f"[bold]Oproep[/bold] on http://{host}:{port}   (stop with Ctrl-C)")
    try:
        serving.run(settings, host, port, threads, with_demo_accounts=demonstration)
    except OSError as error:
        raise click.ClickException(f"{host}:{port} cannot be used: {error.strerror}. Choose another --port.") from None


@click.command("worker")
@click.option("--concurrency", default=2, show_default=True, help="Tasks done at the same time.")
@instance
def work(concurrency: int, instance: Path | None) -> None:
    """Do the background work: a Celery worker on Redis, or without Redis the embedded loop alone."""
    settings = settings_of(instance)
    logging.set_up(settings.mode)
    open_up(settings)
    if settings.redis_url:
        _refuse_eviction(settings.redis_url)
        options = ["--loglevel=WARNING", "--pool=threads", f"--concurrency={concurrency}", "--without-mingle"]
        with worker.watchdog(tasks.work_off):
            worker.celery.worker_main(["worker", *options])
        return
    console.print("No OPROEP_REDIS_URL: the loop runs here. Stop with Ctrl-C.")
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with worker.loop(tasks.work_off), suppress(KeyboardInterrupt):
        stop.wait()


@click.command()
@instance
def beat(instance: Path | None) -> None:
    """Ring the worker at every tick. One per installation is enough, two do no harm."""
    settings = settings_of(instance)
    logging.set_up(settings.mode)
    if not settings.redis_url:
        raise click.ClickException("beat needs OPROEP_REDIS_URL; without Redis the loop ticks by itself")
    _refuse_eviction(settings.redis_url)
    schedule = settings.instance / "beat-schedule"
    worker.celery.start(["beat", "--loglevel=WARNING", f"--schedule={schedule}", "--pidfile="])


@click.command()
@instance
def migrate(instance: Path | None) -> None:
    """Bring the database to the newest revision."""
    done = open_up(settings_of(instance))
    console.print("The database was migrated." if done else "The database is at the newest revision.")


@click.command()
@instance
def doctor(instance: Path | None) -> None:
    """Look whether everything the portal needs is there, and say how to mend what is not."""
    findings = examine(settings_of(instance))
    for finding in findings:
        console.print(f"[{'green' if finding.ok else 'red'}]{'✓' if finding.ok else '✗'}[/] {finding.text}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)


@click.command("config")
@instance
def show_config(instance: Path | None) -> None:
    """Print the settings in force, secrets hidden."""
    shown = settings_of(instance).model_dump(mode="json")
    shown["secret_key"] = "(set)" if shown["secret_key"] else "(generated in the instance folder)"
    for name in ("database_url", "redis_url"):
        shown[name] = re.sub(r"(?<=://)([^:/@]*):[^@]*@", r"\1:(hidden)@", shown[name])
    shown["metrics_token"] = "(set)" if shown["metrics_token"] else "(none)"
    click.echo(json.dumps(shown, indent=2))


@click.group()
def audit() -> None:
    """The history of what happened."""


@audit.command("verify")
@instance
def verify_audit(instance: Path | None) -> None:
    """Check the hash chain of every history; name the first bad entry of each broken one."""
    open_up(settings_of(instance))
    broken = 0
    with database.reading() as session:
        for chain in chains(session):
            entry = first_broken(session, chain)
            if entry is not None:
                broken += 1
                console.print(f"[red]{chain}: broken at entry {entry.position} ({entry.event}, {entry.at})[/red]")
    console.print("Every chain is whole." if not broken else f"{broken} broken.")
    sys.exit(1 if broken else 0)


def _refuse_eviction(address: str) -> None:
    try:
        worker.refuse_eviction(address)
    except RuntimeError as error:
        raise click.ClickException(str(error)) from None


def _tell_how_to_sign_in(address: str) -> None:
    table = Table(title=f"Sign in on {address}/sign-in")
    table.add_column("Role")
    table.add_column("E-mail")
    for account in demo.ACCOUNTS:
        table.add_row(account["role"], account["email"])
    console.print(table)
    console.print(f"The password of each is: [bold]{demo.PASSWORD}[/bold]")
