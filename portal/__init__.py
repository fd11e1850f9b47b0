"""The web: people act here; what they ask for is done by `workflows`. Knows no SQL."""

from flask import Flask

from config.settings import Settings
from portal import (
    account,
    addresses,
    administrator,
    applicant,
    compression,
    errors,
    expert,
    filters,
    guard,
    headers,
    health,
    juror,
    language,
    public,
    set_up,
    signin,
    watching,
)


def create_app(settings: Settings) -> Flask:
    """The portal as a WSGI application."""
    app = Flask(__name__)
    watching.install(app)
    addresses.install(app)
    set_up.configure(app, settings)
    language.install(app)
    signin.install(app)
    guard.install(app)
    headers.install(app)
    compression.install(app)
    filters.install(app)
    errors.install(app)
    for door in (public, account, applicant, juror, expert, administrator, health):
        app.register_blueprint(door.blueprint)
    return app
