"""Fixtures: a migrated database of its own for each test, the portal over it, a clock that can be set."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from config.settings import Settings
from migrations.run import upgrade
from portal import create_app, set_up, work
from tests.builders import NOW
from workflows import database
from workflows.people import actions as people

people.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the cheapest profile, for tests only

hypothesis.settings.register_profile("oproep", deadline=None)  # how long a busy machine takes says nothing about a rule
hypothesis.settings.load_profile("oproep")

CI = os.environ.get("CI") == "true"


def missing(what: str) -> None:
    """Skip for want of something the machine lacks; in CI that is a failure."""
    if CI:
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"this machine has no {what}")


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database at the newest revision, made once and copied by each test."""
    path = tmp_path_factory.mktemp("template") / "oproep.sqlite"
    engine = database.make_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def settings(tmp_path: Path, migrated: Path) -> Iterator[Settings]:
    """An installation of its own, connected."""
    found = Settings(instance=tmp_path / "instance", secret_key="only for tests " * 3)
    found.instance.mkdir()
    shutil.copy(migrated, found.instance / "oproep.sqlite")
    set_up.connect(found)
    yield found
    database.disconnect()


@pytest.fixture
def app(settings: Settings) -> Flask:
    """The portal over the test's own installation; forms need no CSRF token."""
    found = create_app(settings)
    found.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return found


class Clock:
    """The server's clock, which stands still until a test sets it."""

    now: datetime = NOW


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The instant at which the next requests arrive; NOW unless set."""
    found = Clock()
    for module in (set_up, work):
        monkeypatch.setattr(module, "arrival", lambda environ: found.now)
    return found


@pytest.fixture
def client(app: Flask, clock: Clock) -> FlaskClient:
    """A browser of a visitor who reads English."""
    found = app.test_client()
    found.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return found
