"""A backup: every table of one instant as lines of JSON, every document once, and a manifest written last.

The same lines can be loaded into SQLite or PostgreSQL, whichever they came from; so a backup of either is tried out by
loading it into a fresh SQLite file. Documents never change, so all backups in a folder share them and each copies only
what is new. A backup without a manifest was interrupted and is none.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    cast,
    column,
    func,
    insert,
    inspect,
    select,
    table,
    text,
    update,
)  # fmt: skip
from sqlalchemy.types import NullType

from workflows.database import Moment
from workflows.files import store
from workflows.letters.tables import Mail, MailState
from workflows.schema import metadata

FORMAT = 1
MANIFEST, TABLES, DOCUMENTS = "manifest.json", "tables", "documents"
AT_ONCE = 500
"""Rows written in one statement."""


class BackupRefused(Exception):
    """The backup is not whole, or cannot be loaded here; the message says why, in the operator's English."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: of each table its rows and the SHA-256 of its file; of the documents their number."""

    format: int
    made_at: str
    revision: str
    dialect: str
    tables: Mapping[str, tuple[int, str]]
    documents: int
    document_bytes: int


def write(engine: Engine, root: Path, name: str, revision: str, now: datetime) -> Path:
    """Write a backup `name` below `root` of what is committed at this instant; its folder, still without a manifest.

    `manifest_of` makes the manifest once the backup was tried out. Raises FileExistsError, OSError.
    """
    folder = root / name
    (folder / TABLES).mkdir(parents=True)
    with _snapshot(engine) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        for one in metadata.sorted_tables:
            _dump(connection, one, folder / TABLES / f"{one.name}.jsonl")
    for sha256 in _documents(folder):
        _keep(sha256, root / DOCUMENTS)
    (folder / "made.json").write_text(
        json.dumps({"made_at": now.isoformat(), "revision": revision, "dialect": engine.dialect.name})
    )
    return folder


def manifest_of(folder: Path) -> Manifest:
    """Write the manifest of a backup that was tried out: from now on it counts."""
    made = json.loads((folder / "made.json").read_text())
    tables = {path.stem: _measure(path) for path in sorted((folder / TABLES).glob("*.jsonl"))}
    sizes = [one["size"] for one in _rows(folder, "documents")]
    found = Manifest(
        FORMAT, made["made_at"], made["revision"], made["dialect"], tables, len(sizes), sum(sizes),
    )  # fmt: skip
    temporary = folder / ".manifest"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(asdict(found), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, folder / MANIFEST)
    (folder / "made.json").unlink()
    return found


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup whose every file is as it was written. Raises BackupRefused."""
    try:
        data = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise BackupRefused(f"{folder} holds no finished backup: there is no readable {MANIFEST}") from None
    if data.get("format") != FORMAT:
        raise BackupRefused(f"{folder} is of format {data.get('format')}, this programme reads {FORMAT}")
    found = Manifest(**{**data, "tables": {name: tuple(one) for name, one in data["tables"].items()}})
    for name, said in found.tables.items():
        path = folder / TABLES / f"{name}.jsonl"
        if not path.exists() or _measure(path) != said:
            raise BackupRefused(f"the table {name} is missing from the backup or was changed")
    return found


def made_at(folder: Path) -> str:
    """The instant of a backup, finished or not (ISO 8601, UTC)."""
    path = folder / ("made.json" if (folder / "made.json").exists() else MANIFEST)
    return str(json.loads(path.read_text())["made_at"])


def empty(engine: Engine) -> bool:
    """Whether the database holds no table of ours, or none with a row in it."""
    there = set(inspect(engine).get_table_names()) & set(metadata.tables)
    with engine.connect() as connection:
        return not any(connection.execute(select(1).select_from(table(name)).limit(1)).first() for name in there)


def load(engine: Engine, folder: Path) -> None:
    """Put the rows of a backup into an empty database at the revision of the backup, all or none.

    Mails that were waiting or being sent become `unknown`: they may have left after the backup was made.
    Raises BackupRefused where the tables are not those of the backup.
    """
    reflected = MetaData()
    reflected.reflect(engine)
    files = {path.stem for path in (folder / TABLES).glob("*.jsonl")}
    if files != set(reflected.tables) - {"alembic_version"}:
        raise BackupRefused("the tables of the database are not those of the backup")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
        for one in reflected.sorted_tables:
            if one.name in files:
                _fill(connection, one, _rows(folder, one.name))
        _doubt(connection, made_at(folder))


def documents_into_store(folder: Path) -> None:
    """Bring every document of the backup into the open store. Raises BackupRefused where one is missing or damaged."""
    for sha256 in _documents(folder):
        path = folder.parent / DOCUMENTS / sha256[:2] / sha256
        try:
            content = path.read_bytes()
        except OSError:
            raise BackupRefused(f"the document {sha256} is missing from the backup") from None
        if store.put(content) != sha256:
            raise BackupRefused(f"the document {sha256} is damaged in the backup")


def _snapshot(engine: Engine) -> Connection:
    """A connection that sees one instant, however long it reads."""
    if engine.dialect.name == "postgresql":
        return engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.connect().execution_options(read_only=True)


def _dump(connection: Connection, one: Table, path: Path) -> None:
    """A table, ordered by its key; JSON as the text it is kept as, since hashes are taken of it."""
    wanted = [cast(found, String).label(found.name) if isinstance(found.type, JSON) else found for found in one.columns]
    rows = connection.execution_options(yield_per=AT_ONCE).execute(select(*wanted).order_by(*one.primary_key.columns))
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            said = {name: _plain(value) for name, value in row._mapping.items()}
            file.write(json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _fill(connection: Connection, one: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    target = table(one.name, *(column(found.name, _type(found)) for found in one.columns))
    readers = {found.name: _reader(found) for found in one.columns}
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append({name: None if value is None else readers[name](value) for name, value in row.items()})
        if len(batch) == AT_ONCE:
            connection.execute(insert(target), batch)
            batch = []
    if batch:
        connection.execute(insert(target), batch)
    numbered = "id" in one.columns and isinstance(one.columns["id"].type, Integer)
    if connection.dialect.name == "postgresql" and numbered:  # the next number comes after those loaded
        last = select(func.max(target.c.id)).scalar_subquery()
        connection.execute(select(func.setval(func.pg_get_serial_sequence(one.name, "id"), last)))


def _type(found: Column[Any]) -> Any:
    match found.type:
        case DateTime():
            return Moment()
        case Date() | Boolean():
            return found.type
    return NullType()


def _reader(found: Column[Any]) -> Any:
    match found.type:
        case DateTime():
            return datetime.fromisoformat
        case Date():
            return date.fromisoformat
        case Boolean():
            return bool
    return lambda value: value


def _doubt(connection: Connection, instant: str) -> None:
    waiting = Mail.delivery.in_([MailState.PENDING, MailState.SENDING])
    said = f"it was waiting when the backup of {instant} was made, and may have left since"
    connection.execute(update(Mail).where(waiting).values(delivery=MailState.UNKNOWN, trouble=said))


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    with (folder / TABLES / f"{name}.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _documents(folder: Path) -> Iterator[str]:
    for row in _rows(folder, "documents"):
        yield row["sha256"]


def _keep(sha256: str, documents: Path) -> None:
    target = documents / sha256[:2] / sha256
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{sha256}")
    shutil.copyfile(store.path_of(sha256), temporary)
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(temporary, target)


def _measure(path: Path) -> tuple[int, str]:
    """The number of lines and the SHA-256 of a file."""
    digest, lines = hashlib.sha256(), 0
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            lines += 1
    return lines, digest.hexdigest()
