"""`make faults`: the long form, on a PostgreSQL database of its own. LETTERS, KILLS and CUTS change its length."""

import os
import secrets
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from config.settings import Settings
from migrations.run import upgrade
from portal import set_up
from tests.faults.storm import weather
from workflows import database

SERVER = os.environ.get("SERVER", "postgresql://postgres@127.0.0.1:5432")


def main() -> int:
    """Run it; 0 where nothing was lost, doubled or broken."""
    name, began = f"oproep_faults_{secrets.token_hex(4)}", time.monotonic()
    with psycopg.connect(f"{SERVER}/postgres", autocommit=True) as server, tempfile.TemporaryDirectory() as folder:
        server.execute(f"CREATE DATABASE {name}")
        try:
            settings = Settings(instance=Path(folder), database_url=f"{SERVER}/{name}")
            set_up.connect(settings)
            upgrade(database.engine())
            numbers = {key: int(os.environ.get(key.upper(), most)) for key, most in LONG.items()}
            outcome = weather(settings, **numbers)
        finally:
            database.disconnect()
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    print(f"{outcome}\n{time.monotonic() - began:.0f} s")  # noqa: T201
    good = (outcome.lost, outcome.broken, outcome.missing, outcome.unflagged) == (0, (), (), ())
    return 0 if good else 1


LONG = {"letters": 200, "kills": 1000, "cuts": 50}

if __name__ == "__main__":
    sys.exit(main())
