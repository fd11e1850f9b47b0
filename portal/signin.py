"""Who is signed in: Flask-Login over sessions that are kept, and can be ended, on the server."""

from dataclasses import dataclass

from flask import Flask
from flask_login import LoginManager, UserMixin, current_user

from portal.addresses import page_of_ours
from portal.work import ask
from workflows.people.queries import PersonView, signed_in
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
    """The person whose session this is; None once it was ended."""
    with ask() as session:
        person = signed_in(session, token)
    return SignedIn(token, person) if person else None


def safe_next(target: str | None, otherwise: str) -> str:
    """Where to go after signing in: a path of this portal, never another site."""
    return page_of_ours(target) or otherwise


def token() -> str:
    """The session token of this request's person."""
    return str(current_user.get_id())
