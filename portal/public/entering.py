"""Entering: from a password that was recognised, or a link that was followed, to a browser that is signed in."""

import hashlib

from flask import g, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user

from portal.signin import SignedIn, browser, limits
from portal.work import ask, now, work
from workflows.people import actions, queries
from workflows.people.queries import PersonView
from workflows.people.sessions import signed_in
from workflows.permissions import Role

FROM_ONE_PLACE = 30
"""Accounts and mails that may be asked for from one address in a quarter of an hour: a class room, not a machine."""


def enter(email: str, typed: str, expected: int | None = None) -> str | None:
    """Sign this browser in (as the person `expected`, if one); the sentence of the refusal where that did not work."""
    key = throttle_key(email.lower())
    with ask() as database:
        allowed = queries.attempts_left(database, key, now())
        found = actions.recognise(database, email, typed) if allowed else None
    if not allowed:
        return _("Too many attempts with this account. Wait a quarter of an hour and try again.")
    if found is None or expected not in (None, found):
        with work() as database:
            actions.note_failed_sign_in(database, key, now=now())
        return _("This e-mail address and password do not go together. Check both and try again.")
    welcome(found)
    return None


def welcome(person_id: int) -> None:
    """Give the browser a fresh session of its own: nothing of the visitor's lives on but the language."""
    with work() as database:
        token = actions.sign_in(database, person_id, browser=browser(), now=now())
    with ask() as database:
        person = signed_in(database, token, now(), limits())
    assert person is not None  # the session was made in the transaction before
    chosen = session.get("language")
    session.clear()
    g.pop("csrf_token", None)  # the one of the visitor's session
    if chosen:
        session["language"] = chosen
    login_user(SignedIn(token, person))


def front_door(person: PersonView) -> str:
    """Where somebody's work is."""
    doors = {Role.ADMINISTRATOR: "administrator.home", Role.JUROR: "juror.home", Role.EXPERT: "expert.home"}
    return url_for(next((doors[role] for role in doors if role in person.roles), "applicant.home"))


def own_front_door() -> str:
    """Where the work of the person of this request is."""
    return front_door(current_user.person)


def one_more(what: str, most: int = FROM_ONE_PLACE) -> bool:
    """Whether somebody at this address may ask for one more of this now, with `most` in a quarter of an hour; it is
    counted."""
    key = throttle_key(f"{what}|")
    with work() as database:
        allowed = queries.attempts_left(database, key, now(), most)
        actions.note_failed_sign_in(database, key, now=now())
    return allowed


def throttle_key(of: str) -> str:
    """What is counted together, as a hash: an account name or a kind of question, from one address."""
    return hashlib.sha256(f"{of}|{request.remote_addr}".encode()).hexdigest()
