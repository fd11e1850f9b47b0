"""Who is signed in: Flask-Login over sessions that are kept, and can be ended, on the server."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask, current_app, request
from flask_login import LoginManager, UserMixin, current_user

from config.settings import Settings
from portal.addresses import page_of_ours
from portal.work import ask, now, work
from workflows.people.queries import PersonView
from workflows.people.sessions import Limits, note_seen, signed_in, to_be_noted
from workflows.permissions import Actor


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]  # flask-login has no type hints
    """The person of a browser. What the cookie carries is the token of the session, not the person."""

    token: str
    person: PersonView

    def get_id(self) -> str:
        return self.token

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def actor(self) -> Actor:
        return Actor(self.person.id, self.person.name, self.person.roles)


def install(app: Flask) -> None:
    manager = LoginManager(app)
    manager.user_loader(load)


def load(token: str) -> SignedIn | None:
    """The person whose session this is; None once it was ended or ran out. Now and then it is noted as seen."""
    with ask() as session:
        person = signed_in(session, token, now(), limits())
        stale = person is not None and to_be_noted(session, token, now())
    if stale:
        with work() as session:
            note_seen(session, token, browser(), now=now())
    return SignedIn(token, person) if person else None


def limits() -> Limits:
    """How long a browser stays signed in here."""
    settings: Settings = current_app.config["SETTINGS"]
    return Limits(timedelta(days=settings.session_idle_days), timedelta(days=settings.session_days))


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser() -> str:
    """What this request's browser calls itself, in two words: enough for its owner to know it again."""
    told = request.user_agent.string
    words = [next((name for mark, name in known if mark in told), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(word for word in words if word)


def safe_next(target: str | None, otherwise: str) -> str:
    """Where to go after signing in: a path of this portal, never another site."""
    return page_of_ours(target) or otherwise


def token() -> str:
    """The session token of this request's person."""
    return str(current_user.get_id())
