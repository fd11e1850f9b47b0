"""Fixtures: a migrated database of its own for each test, the portal over it, a clock that can be set."""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from config.settings import Settings
from migrations.run import upgrade
from portal import create_app, set_up, work
from tests.builders import NOW
from workflows import database
from workflows.people import actions as people

people.hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # the cheapest profile, for tests only

SERVER = "postgresql://postgres@127.0.0.1:5432/"
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


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where each test of a process finds its installation: at one address, so that one engine serves them all and
    what SQLAlchemy compiled for a test before is not compiled again."""
    folder = tmp_path_factory.mktemp("place") / "instance"
    address, make = f"sqlite:///{folder / 'oproep.sqlite'}", database.make_engine
    engine = make(address)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "make_engine", lambda wanted: engine if wanted == address else make(wanted))
        yield folder


@pytest.fixture
def settings(place: Path, migrated: Path) -> Iterator[Settings]:
    """An installation of its own, connected."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    shutil.copy(migrated, place / "oproep.sqlite")
    found = Settings(instance=place, secret_key="only for tests " * 3)
    set_up.connect(found)
    yield found
    database.disconnect()


@contextmanager
def postgresql_database(template: str = "template1") -> Iterator[str]:
    """The address of a PostgreSQL database made from a template, dropped afterwards."""
    name = f"oproep_test_{secrets.token_hex(6)}"
    server = create_engine(
        SERVER.replace("postgresql", "postgresql+psycopg") + "postgres",
        isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 2},
    )  # fmt: skip
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    except OperationalError:
        server.dispose()
        missing("PostgreSQL server at 127.0.0.1:5432 that lets `postgres` in")
    yield SERVER + name
    database.disconnect()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(scope="session")
def migrated_postgresql() -> Iterator[str]:
    """The name of an empty PostgreSQL database at the newest revision, made once and copied by each test."""
    with postgresql_database() as address:
        engine = database.make_engine(address)
        upgrade(engine)
        engine.dispose()
        yield address.removeprefix(SERVER)


@pytest.fixture
def postgresql() -> Iterator[str]:
    """The address of an empty PostgreSQL database of the test's own."""
    with postgresql_database() as address:
        yield address


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind in turn."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.sqlite'}"
    found: str = request.getfixturevalue("postgresql")
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """An installation over a migrated database of each kind in turn."""
    if request.param == "sqlite":
        yield request.getfixturevalue("settings")
        return
    with postgresql_database(request.getfixturevalue("migrated_postgresql")) as address:
        settings = Settings(instance=tmp_path / "instance", database_url=address)
        set_up.connect(settings)
        yield settings


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, dict[str, Any]]:
    """The portal, built once in a process because its templates take a second to compile, and its first settings."""
    found = create_app(Settings(instance=tmp_path_factory.mktemp("nothing"), secret_key="only for tests " * 3))
    return found, dict(found.config)


def over(settings: Settings, built: tuple[Flask, dict[str, Any]], **others: Any) -> Flask:
    """The portal over this installation, with nothing left of the test before; forms need no CSRF token."""
    found, config = built
    found.config.clear()
    found.config.update(config | set_up.flask_settings(settings) | {"TESTING": True, "WTF_CSRF_ENABLED": False})
    found.config.update(others)
    return found


@pytest.fixture
def app(built: tuple[Flask, dict[str, Any]], settings: Settings) -> Flask:
    """The portal over the test's own installation."""
    return over(settings, built)


class Clock:
    """The server's clock, which stands still until a test sets it."""

    now: datetime = NOW


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The instant at which the next requests arrive; NOW unless set."""
    found = Clock()
    for module, asked in ((set_up, "arrival"), (work, "taken_in")):
        monkeypatch.setattr(module, asked, lambda environ: found.now)
    return found


@pytest.fixture
def client(app: Flask, clock: Clock) -> FlaskClient:
    """A browser of a visitor who reads English."""
    found = app.test_client()
    found.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return found
