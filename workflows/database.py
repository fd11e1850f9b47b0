"""The database: one Base, an engine profile for SQLite and one for PostgreSQL, `transaction()` and `reading()`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from workflows.clashes import problem_of
from workflows.problems import NotThere, Problem

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


Cents = Annotated[int, mapped_column(BigInteger)]
"""A column of integer cents, wide enough for any public budget."""


class Moment(TypeDecorator[datetime]):
    """A UTC instant; a datetime without a zone is refused, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Parent of every table."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map: ClassVar = {datetime: Moment(), dict[str, Any]: JSON(), list[Any]: JSON()}


_sessions: sessionmaker[Session] | None = None
_engine: Engine | None = None


def connect(address: str) -> Engine:
    """Open the database at `address` and make it the one that `transaction()` and `reading()` use."""
    global _sessions, _engine
    disconnect()
    _engine = make_engine(address)
    _sessions = sessionmaker(_engine, expire_on_commit=False)
    return _engine


def disconnect() -> None:
    """Let go of the database."""
    global _sessions, _engine
    if _engine is not None:
        _engine.dispose()
    _sessions = _engine = None


def engine() -> Engine:
    """The engine in use. Raises RuntimeError where no database is connected."""
    if _engine is None:
        raise RuntimeError("no database is connected: call workflows.database.connect first")
    return _engine


def make_engine(address: str) -> Engine:
    """An engine with the profile of its kind: SQLite safe from lost updates, PostgreSQL with clocks on everything."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        return _sqlite(address)
    url = url.set(drivername="postgresql+psycopg")
    options = "-c statement_timeout=30000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
    arguments = {"connect_timeout": 5, "options": options}
    return create_engine(url, pool_pre_ping=True, hide_parameters=True, connect_args=arguments)


def _sqlite(address: str) -> Engine:
    folder = make_url(address).database
    if folder and folder != ":memory:":
        Path(folder).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(address, hide_parameters=True, connect_args={"timeout": 20, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _profile(connection: Any, record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=20000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        # A transaction that reads and then writes must hold the write lock from its start, or updates are lost.
        mode = "" if connection.get_execution_options().get("read_only") else " IMMEDIATE"
        connection.exec_driver_sql(f"BEGIN{mode}")

    return engine


@contextmanager
def transaction() -> Iterator[Session]:
    """One writing transaction: committed at the end, rolled back on any exception.

    Raises Problem `changed-elsewhere` where a row was changed by somebody else meanwhile, and the problems of
    `clashes.problem_of` where the database refuses what two did at once.
    """
    try:
        with _open() as session, session.begin():
            yield session
    except StaleDataError:
        raise Problem("changed-elsewhere") from None
    except DBAPIError as error:
        problem = problem_of(error, Base.metadata)
        if problem is None:
            raise
        raise problem from error


@contextmanager
def reading() -> Iterator[Session]:
    """A session for reading; what is changed in it is never written.

    Raises NotThere where something is asked for under a name that no column can hold.
    """
    try:
        with _open() as session:
            session.connection(execution_options={"read_only": True})
            yield session
            session.rollback()
    except DataError:
        raise NotThere from None


def _open() -> Session:
    if _sessions is None:
        raise RuntimeError("no database is connected: call workflows.database.connect first")
    return _sessions()


def lock_chain(session: Session, chain: str) -> None:
    """Let one transaction at a time append to a chain or a number series. SQLite's writer lock does it already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:chain))"), {"chain": chain})


def ping() -> None:
    """Raise where the database does not answer."""
    with reading() as session:
        session.execute(text("SELECT 1"))
