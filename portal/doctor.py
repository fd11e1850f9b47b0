"""What an operator asks first: is everything there?"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from redis import Redis
from redis.exceptions import RedisError

from config.settings import ROOT, Settings
from migrations.run import current, head
from workflows.database import engine, make_engine
from workflows.letters.pdf import FONTS


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    ok: bool
    text: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything the portal needs."""
    return [_safely(look, settings) for look in LOOKS]


def _safely(look: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return look(settings)
    except Exception as error:  # a doctor reports what fails, whatever it is
        return Finding(False, f"{look.__name__.strip('_')}: {error}")


def _database(settings: Settings) -> Finding:
    own = make_engine(settings.database)
    revision = current(own)
    own.dispose()
    if revision == head():
        return Finding(True, f"database: {own.dialect.name}, at the newest revision")
    return Finding(False, "database: not at the newest revision; run `oproep migrate`")


def _redis(settings: Settings) -> Finding:
    if settings.embedded:
        return Finding(True, "background work: in the web process (no OPROEP_REDIS_URL)")
    try:
        redis = Redis.from_url(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
        policy = redis.config_get("maxmemory-policy").get("maxmemory-policy")
    except RedisError as error:
        return Finding(False, f"Redis: {error}")
    ok = policy == "noeviction"
    return Finding(ok, f"Redis: maxmemory-policy {policy}" + ("" if ok else ", must be noeviction"))


def migrated() -> bool:
    """Whether the database in use is at the newest revision."""
    return current(engine()) == head()


def writable(folder: Path) -> None:
    """Raise OSError where nothing can be written into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, prefix=".probe-"):
        pass


def _folder(settings: Settings) -> Finding:
    writable(settings.instance)
    return Finding(True, f"instance folder: {settings.instance} can be written")


def _front_end(settings: Settings) -> Finding:
    built = ROOT / "portal" / "static" / "build"
    ok = any(built.glob("*.css"))
    return Finding(ok, "front end: built" if ok else "front end: not built; run `make setup`")


def _fonts(settings: Settings) -> Finding:
    ok = any(_truetype(FONTS))
    return Finding(ok, "letter fonts: there" if ok else "letter fonts: missing; run `make setup`")


def _truetype(folder: Path) -> Iterator[Path]:
    return folder.rglob("*.ttf")


LOOKS: tuple[Callable[[Settings], Finding], ...] = (_folder, _database, _redis, _front_end, _fonts)
