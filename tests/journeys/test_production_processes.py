"""The processes of docker-compose.yml started by hand: gunicorn, worker and beat on PostgreSQL and Redis."""

import os
import socket
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import psycopg
import pytest
from redis import Redis
from redis.exceptions import RedisError

from config.settings import ROOT, Settings
from migrations.run import upgrade
from portal import set_up
from tests.builders import a_call, an_application, terms
from tests.conftest import missing
from workflows import database
from workflows.database import reading
from workflows.letters import queries as letters

pytestmark = [pytest.mark.postgresql, pytest.mark.redis, pytest.mark.xdist_group("processes")]

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432"
REDIS = "redis://127.0.0.1:6379/11"
NAME = f"oproep_processes_{os.getpid()}"
PATIENCE = 40.0
"""Seconds until background work must be done."""


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Settings]:
    """An installation on PostgreSQL and Redis, with a database of its own that is dropped afterwards."""
    try:
        server = psycopg.connect(f"{POSTGRESQL}/postgres", autocommit=True, connect_timeout=2)
    except psycopg.OperationalError:
        missing("PostgreSQL at 127.0.0.1:5432")
    try:
        Redis.from_url(REDIS, socket_connect_timeout=2).flushdb()
    except RedisError:
        missing("Redis at 127.0.0.1:6379")
    with closing(server):
        server.execute(f"CREATE DATABASE {NAME}")
        settings = Settings(instance=tmp_path, database_url=f"{POSTGRESQL}/{NAME}", redis_url=REDIS)
        set_up.connect(settings.model_copy(update={"redis_url": ""}))  # the bell is rung by a process of its own
        upgrade(database.engine())
        try:
            yield settings
        finally:
            database.disconnect()
            server.execute(f"DROP DATABASE {NAME} WITH (FORCE)")


@contextmanager
def running(settings: Settings, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the installation, ended at the end of the block."""
    environment = {
        **os.environ, "OPROEP_INSTANCE": str(settings.instance), "OPROEP_DATABASE_URL": settings.database_url,
        "OPROEP_REDIS_URL": settings.redis_url, "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    process = subprocess.Popen([sys.executable, "-m", *command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=20)


def ring(settings: Settings) -> None:
    """Say that there is work, as a request does after its commit."""
    said = "from workflows import tasks, worker; import sys; worker.use_redis(sys.argv[1]); worker.queue('sweep')"
    subprocess.run([sys.executable, "-c", said, settings.redis_url], cwd=ROOT, check=True)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_sent(number: int) -> dict[str, int]:
    """The mails by state, once so many are sent or patience is over."""
    end = time.monotonic() + PATIENCE
    while True:
        with reading() as session:
            counts = letters.counts(session)
        if counts.get("sent", 0) >= number or time.monotonic() > end:
            return counts
        time.sleep(0.2)


def test_a_receipt_leaves_through_the_worker_and_after_its_death_through_the_next_one(installation: Settings) -> None:
    a_call(terms(opens_at="2024-01-01T09:00:00", closes_at="2098-11-25T16:00:00"))
    port = free_port()
    with running(installation, "gunicorn", "-c", "config/gunicorn.py", "-b", f"127.0.0.1:{port}", "portal.wsgi:app"):
        with running(installation, "portal.cli", "worker") as first, running(installation, "portal.cli", "beat"):
            an_application("submitted", now=datetime.now(UTC))
            ring(installation)
            assert until_sent(1) == {"sent": 1}
            first.kill()
            an_application("submitted", now=datetime.now(UTC))
            ring(installation)
            with running(installation, "portal.cli", "worker"):
                assert until_sent(2) == {"sent": 2}
        assert urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5).status == 200
    assert len(list(installation.mail_folder.glob("*.eml"))) == 2


def test_the_compose_file_starts_the_processes_that_exist() -> None:
    commands = [
        line.split("command:")[1].strip() for line in (ROOT / "docker-compose.yml").read_text().splitlines()
        if "command:" in line and "oproep" in line
    ]  # fmt: skip
    assert commands == ['["oproep", "migrate"]', '["oproep", "worker"]', '["oproep", "beat"]']
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    assert scripts == {"oproep": "oproep:main"}
