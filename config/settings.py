"""One typed Settings object, read from OPROEP_* variables; a wrong or unknown name stops the start with that name."""

import os
import secrets
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "OPROEP_"
ROOT = Path(__file__).resolve().parent.parent
CALLS = ROOT / "config" / "calls"
DEMO = ROOT / "config" / "demo"


class SettingsError(Exception):
    """The environment is wrong; the message names the variable."""


class Settings(BaseSettings):
    """Every knob of an installation. The defaults are the embedded first run: SQLite, in-process loop, local folder."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    instance: Path = ROOT / "instance"
    database_url: str = Field(
        default="", pattern=r"^(|(postgresql|sqlite)://.+)$", description="empty: SQLite in the instance folder"
    )
    redis_url: str = Field(
        default="", pattern=r"^(|rediss?://.+)$", description="empty: the background loop runs inside the web process"
    )
    secret_key: str = Field(default="", description="empty: generated once into the instance folder")
    base_url: str = "http://127.0.0.1:8000"
    office: str = "Brussels International"
    office_mail: str = "oproep@example.org"
    mail_transport: Literal["folder", "smtp"] = "folder"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    mode: Literal["development", "production"] = "development"
    upload_limit: int = Field(default=10_000_000, gt=0, description="bytes of one document")
    session_idle_days: int = Field(default=30, gt=0, description="a browser not seen for so long is signed out")
    session_days: int = Field(default=90, gt=0, description="a browser is signed out after so long, seen or not")
    metrics_token: str = Field(default="", description="Prometheus sends it; empty: no /metrics in production")
    trusted_proxies: int = Field(default=0, ge=0, description="number of reverse proxies in front of the portal")

    @property
    def hosts(self) -> list[str]:
        """Names under which the portal answers: its own, and this machine's for health checks."""
        return [urlsplit(self.base_url).hostname or "", "127.0.0.1", "localhost"]

    @property
    def embedded(self) -> bool:
        """Whether background work runs inside the web process instead of Celery on Redis."""
        return not self.redis_url

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        return self.database_url or f"sqlite:///{self.instance / 'oproep.sqlite'}"

    @property
    def store(self) -> Path:
        """Folder of the content-addressed documents."""
        return self.instance / "store"

    @property
    def mail_folder(self) -> Path:
        """Folder in which the development transport leaves each message as an .eml file."""
        return self.instance / "mail"

    def session_key(self) -> str:
        """The key that signs cookies: given, or made once and kept readable by its owner only."""
        if self.secret_key:
            return self.secret_key
        path = self.instance / "secret-key"
        if not path.exists():
            self.instance.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text(encoding="ascii")


def load() -> Settings:
    """Read the environment.

    Raises SettingsError naming the variable that is unknown, missing or malformed.
    """
    _refuse_unknown()
    try:
        settings = Settings()
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{PREFIX}{str(first['loc'][0]).upper()}: {first['msg']}") from error
    _refuse_wrong_address(settings)
    if settings.mode == "production":
        _refuse_unsafe(settings)
    return settings


def _refuse_unknown() -> None:
    """Whatever looks like a setting is one, written in capitals: a slip is told, never passed over."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name not in known:
            meant = get_close_matches(name.upper(), known, n=1, cutoff=0.9)
            hint = f"did you mean {meant[0]}?" if meant else f"known: {', '.join(sorted(known))}"
            raise SettingsError(f"unknown setting {name}; {hint}")


def _refuse_unsafe(settings: Settings) -> None:
    if len(settings.secret_key) < 32 or len(set(settings.secret_key.strip())) < 10:
        raise SettingsError("OPROEP_SECRET_KEY: production needs a random secret of at least 32 characters")
    if settings.mail_transport != "smtp":
        raise SettingsError("OPROEP_MAIL_TRANSPORT: production needs smtp, or letters stay in a folder")


def _refuse_wrong_address(settings: Settings) -> None:
    """In development every mail can be read on a page, so development stays on this machine."""
    address = urlsplit(settings.base_url)
    local = address.hostname in ("127.0.0.1", "localhost", "::1")
    if not address.hostname or address.scheme not in ("http", "https"):
        raise SettingsError("OPROEP_BASE_URL: expected an address such as https://oproep.example.org")
    if settings.mode == "production" and address.scheme != "https":
        raise SettingsError("OPROEP_BASE_URL: production needs an https:// address")
    if settings.mode == "development" and not local:
        raise SettingsError("OPROEP_BASE_URL: a public address needs OPROEP_MODE=production")
