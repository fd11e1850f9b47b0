"""Signing in and out, and opening an account."""

import hashlib
from typing import Any

from flask import flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField

from portal import carried, errors
from portal.carried import SignInForm
from portal.forms import AtMost, Keeps, OrganisationForm, line, needed, password
from portal.language import language
from portal.public import blueprint
from portal.signin import SignedIn, safe_next, token
from portal.work import actor, ask, now, work
from workflows.people import actions, queries, rules
from workflows.people.actions import NewPerson
from workflows.people.queries import PersonView
from workflows.permissions import Role
from workflows.problems import Problem


class RegisterForm(OrganisationForm):
    """A person and their organisation on one page."""

    name = line(_("Your name"), needed(), AtMost(200))
    email = line(
        _("E-mail address"), needed(), AtMost(254), Keeps(rules.email),
        description=_("You sign in with it, and it receives every letter about your applications."),
    )  # fmt: skip
    password = password(
        _("Password"), needed(),
        description=_("At least %(length)s characters: a short sentence, for example.", length=rules.PASSWORD_LENGTH),
    )  # fmt: skip
    next = HiddenField()

    def validate_password(self, field: Field) -> None:
        Keeps(lambda typed: rules.acceptable_password(typed, forbidden=_own_words(self.email.data)))(self, field)


def _own_words(email: str | None) -> tuple[str, ...]:
    return ((email or "").split("@")[0], "oproep")


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    """Sign in; whether the account exists is never said, and only so many passwords may be tried."""
    form = SignInForm(next=request.args.get("next", ""))
    if current_user.is_authenticated:
        return redirect(safe_next(form.next.data, _front_door(current_user.person)))
    if form.validate_on_submit():
        refusal = _enter(form.email.data, form.password.data)
        if refusal is None:
            again = carried.offer(form.next.data, form.carried.data)
            return again or redirect(safe_next(form.next.data, _front_door(current_user.person)))
        form.email.errors = [refusal]
    return render_template("public/sign_in.html", form=form), 422 if form.errors else 200


def _enter(email: str, typed: str) -> str | None:
    """Sign this browser in; the sentence of the refusal where that did not work."""
    key = hashlib.sha256(f"{email.lower()}|{request.remote_addr}".encode()).hexdigest()
    with ask() as database:
        allowed = queries.attempts_left(database, key, now())
        found = actions.recognise(database, email, typed) if allowed else None
    if not allowed:
        return gettext("Too many attempts with this account. Wait a quarter of an hour and try again.")
    with work() as database:
        if found is None:
            actions.note_failed_sign_in(database, key, now=now())
            return gettext("This e-mail address and password do not go together. Check both and try again.")
        token = actions.sign_in(database, found, now=now())
    _welcome(token)
    return None


def _welcome(new_token: str) -> None:
    """Give the browser a fresh session of its own: nothing of the visitor's lives on but the language."""
    with ask() as database:
        person = queries.signed_in(database, new_token)
    assert person is not None  # the session was made in the transaction before
    chosen = session.get("language")
    session.clear()
    g.pop("csrf_token", None)  # the one of the visitor's session
    if chosen:
        session["language"] = chosen
    login_user(SignedIn(new_token, person))


def _front_door(person: PersonView) -> str:
    """Where somebody's work is."""
    doors = {Role.ADMINISTRATOR: "administrator.home", Role.JUROR: "juror.home", Role.EXPERT: "expert.home"}
    return url_for(next((doors[role] for role in doors if role in person.roles), "applicant.home"))


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session, here and on the server."""
    if current_user.is_authenticated:
        with work() as database:
            actions.sign_out(database, actor(), token(), now=now())
        logout_user()
    flash(gettext("You are signed out."), "success")
    return redirect(url_for("public.home"))


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> Any:
    """Open an account with its organisation: both or neither."""
    form = RegisterForm(next=request.args.get("next", ""))
    if current_user.is_authenticated:
        return redirect(url_for("applicant.home"))
    if form.validate_on_submit():
        try:
            new_token = _open(form)
        except Problem as problem:
            errors.blame(form, problem)
        else:
            _welcome(new_token)
            flash(
                gettext("Welcome. Your account is open. We sent you a mail: confirm your address with its link."),
                "success",
            )
            return redirect(safe_next(form.next.data, url_for("applicant.home")))
    return render_template("public/register.html", form=form), 422 if form.errors else 200


def _open(form: RegisterForm) -> str:
    """The account, its organisation and the first session, in one transaction."""
    person = NewPerson(form.name.data, form.email.data, language(), form.password.data)
    with work() as database:
        owner = actions.open_account(database, person, now=now())
        actions.ask_confirmation(database, owner, now=now())
        actions.found_organisation(database, owner, form.read(), now=now())
        return actions.sign_in(database, owner.person_id or 0, now=now())
