"""Wiring: settings into Flask and into the workflows, templates, static files."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g, request, url_for
from flask_wtf.csrf import CSRFProtect
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from config.settings import Settings
from portal.work import arrival
from workflows import database, tasks, worker
from workflows.files import store
from workflows.letters.blocks import Letterhead
from workflows.letters.mailing import Office
from workflows.letters.transport import Folder, Smtp
from workflows.people import links

FORM_FIELDS = 500


def flask_settings(settings: Settings) -> dict[str, Any]:
    """What Flask is told of an installation: keys, the session cookie, limits, hosts."""
    secure = settings.base_url.startswith("https://")
    return {
        "SETTINGS": settings,
        "SECRET_KEY": settings.session_key(),
        "SESSION_COOKIE_NAME": "__Host-oproep" if secure else "oproep",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "MAX_CONTENT_LENGTH": settings.upload_limit + 500_000,
        "MAX_FORM_PARTS": FORM_FIELDS,
        "MAX_FORM_MEMORY_SIZE": settings.upload_limit,  # a text too long is told under its field, so it has to arrive
        "WTF_CSRF_TIME_LIMIT": None,
        "TRUSTED_HOSTS": settings.hosts,
    }


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own settings, the template loaders, CSRF protection."""
    app.config.update(flask_settings(settings))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    kits = {name: PackageLoader(name) for name in ("govuk_frontend_jinja", "govuk_frontend_wtf")}
    app.jinja_env.loader = ChoiceLoader([app.jinja_env.loader, PrefixLoader(kits)])  # type: ignore[list-item]
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    WTFormsHelpers(app)
    app.before_request(_arrive)  # before anything reads the body: an upload takes its time, the arrival does not
    CSRFProtect(app)
    app.add_template_global(static)


def connect(settings: Settings) -> None:
    """Open the database, the document store and the way out for mail, for this process."""
    database.connect(settings.database)
    store.open_store(settings.store)
    links.sign_with(settings.session_key())
    tasks.equip(office(settings), transport(settings))
    if settings.redis_url:
        worker.use_redis(settings.redis_url)


def office(settings: Settings) -> Office:
    """Who writes letters."""
    head = Letterhead(settings.office, (settings.office_mail,))
    return Office(head, settings.office_mail, settings.base_url)


def transport(settings: Settings) -> Folder | Smtp:
    """The way mail leaves."""
    if settings.mail_transport == "smtp":
        return Smtp(settings.smtp_host, settings.smtp_port)
    return Folder(settings.mail_folder)


def static(path: str) -> str:
    """The address of a static file, which changes with its content so that browsers may keep it for good."""
    return url_for("static", filename=path, v=_mark(Path(current_app.static_folder or "") / path))


@cache
def _mark(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10] if path.exists() else "0"


def _arrive() -> None:
    g.now = arrival(request.environ)
