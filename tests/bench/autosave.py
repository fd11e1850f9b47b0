"""How long a save while typing takes: `.venv/bin/python -m tests.bench.autosave`. Goal: 100 ms.

In one process, on SQLite in a folder of its own as `make run` has it, through the whole application but not the
network; a section of 25 questions in a form of 46.
"""

import re
import secrets
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from flask.testing import FlaskClient

from config.settings import Settings
from migrations.run import upgrade
from portal import create_app, set_up
from portal import work as portal_work
from tests.builders import NOW, a_call, an_application, an_association, sign_in
from tests.portal.test_weight import a_long_call
from workflows import database

GOAL = 0.100
ROUNDS = 200


def saves(client: FlaskClient, address: str) -> list[float]:
    """Seconds of each save of another text of some 1,500 characters."""
    page = client.get(address.removesuffix("/autosave")).get_data(as_text=True)
    took, mark = [], re.findall(r'name="_mark"[^>]*value="([^"]*)"', page)[0]
    for number in range(ROUNDS):
        typed = {"_mark": mark, "q0": f"{number} " + "Een zin over het water in de wijk. " * 43, "_live": "1"}
        start = time.perf_counter()
        answer = client.post(address, data=typed)
        took.append(time.perf_counter() - start)
        assert (answer.status_code, answer.json["refused"], answer.json["conflicts"]) == (200, [], [])
        mark = answer.json["marks"]
    return took


def main() -> None:
    with TemporaryDirectory() as folder:
        settings = Settings(instance=Path(folder), secret_key=secrets.token_hex(32))
        set_up.connect(settings)
        upgrade(database.engine())
        set_up.arrival = portal_work.taken_in = lambda environ: NOW  # the call of the tests is open then
        app = create_app(settings)
        app.config["WTF_CSRF_ENABLED"] = False
        a_call(a_long_call(20))
        by = an_association()
        reference = an_application("draft", by=by)
        client = app.test_client()
        sign_in(client, by[0])
        took = sorted(saves(client, f"/applications/{reference}/sections/project/autosave"))
        database.disconnect()
    median, slow = statistics.median(took), took[int(len(took) * 0.95)]
    told = f"autosave, {ROUNDS} saves: median {median * 1000:.0f} ms, 95 in 100 within {slow * 1000:.0f} ms"
    sys.stdout.write(told + "\n")
    if median >= GOAL:
        sys.exit(f"the goal is {GOAL * 1000:.0f} ms at the median")


if __name__ == "__main__":
    main()
