"""The first administrator, whom nobody can invite."""

from datetime import UTC, datetime
from pathlib import Path

import click

from portal.cli.installation import console, instance, open_up, settings_of
from workflows import database
from workflows.language import OFFICIAL, say
from workflows.people import actions, queries, rules
from workflows.people.actions import NewPerson
from workflows.permissions import SYSTEM, Role
from workflows.problems import Problem


@click.command("administrator")
@click.argument("address")
@click.argument("name")
@click.option("--language", type=click.Choice(OFFICIAL), default="nl", show_default=True)
@instance
def make_administrator(address: str, name: str, language: str, instance: Path | None) -> None:
    """Make somebody administrator, with an account if need be; a password is then asked for on the sign-in page."""
    settings = settings_of(instance)
    open_up(settings)
    now = datetime.now(UTC)
    try:
        with database.transaction() as session:
            known = queries.person_by_email(session, rules.email(address))
            if known is None:
                actions.open_account(session, NewPerson(name, address, language), now=now)
                known = queries.person_by_email(session, rules.email(address))
            assert known is not None  # it was opened just now
            actions.give_role(session, known.id, Role.ADMINISTRATOR, actor=SYSTEM, now=now)
    except Problem as problem:
        raise click.ClickException(say(problem.reason, "en")) from None
    console.print(f"{address} is administrator. A password: {settings.base_url}/password-forgotten", soft_wrap=True)
