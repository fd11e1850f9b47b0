"""The console command `oproep`: everything an operator, a developer or an auditor asks for from a terminal."""

import click

from portal.cli.applications import applications
from portal.cli.calls import call, print_record, write_dossier
from portal.cli.demonstration import load_demo, replay
from portal.cli.keeping import backup, invariants, restore
from portal.cli.operations import audit, beat, doctor, migrate, serve, show_config, work
from portal.cli.outbox import outbox
from portal.cli.people import make_administrator
from portal.cli.verifying import verify
from workflows.allocation.command import allocate


@click.group()
def main() -> None:
    """Oproep: the open portal for calls for proposals, from publication to the last euro accounted for."""


for command in (
    serve,
    work,
    beat,
    migrate,
    doctor,
    show_config,
    audit,
    outbox,
    invariants,
    backup,
    restore,
    make_administrator,
    call,
    applications,
    print_record,
    write_dossier,
    allocate,
    load_demo,
    replay,
    verify,
):
    main.add_command(command)
