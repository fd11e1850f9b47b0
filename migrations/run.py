"""Bring the database to the newest revision; nothing to do takes no time and no lock."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

FOLDER = Path(__file__).parent
LOCK = 640_2026


def configuration() -> Config:
    """Alembic's configuration, without a file."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config


def upgrade(engine: Engine, to: str = "head") -> bool:
    """Migrate to the head, or to the revision of a backup; returns whether anything was done.

    Two processes at once wait for each other.
    """
    if current(engine) == (head() if to == "head" else to):
        return False
    config = configuration()
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            connection.commit()
        else:
            connection.begin()  # SQLite's only lock: held from before the revision is read until all is done
        try:
            config.attributes["connection"] = connection
            command.upgrade(config, to)
            connection.commit()
        finally:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
                connection.commit()
    return True


def current(engine: Engine) -> str | None:
    """The revision the database is at, None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The newest revision there is."""
    return ScriptDirectory.from_config(configuration()).get_current_head()
