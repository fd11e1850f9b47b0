"""Signing in and out, opening an account, and a forgotten password."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response
from wtforms import Field, HiddenField

from portal import carried, errors
from portal.carried import SignInForm
from portal.forms import (
    AtMost,
    Keeps,
    OrganisationForm,
    check_new_password,
    line,
    needed,
    new_password,
)
from portal.language import language
from portal.public import blueprint
from portal.public.entering import enter, one_more, own_front_door
from portal.received import Form
from portal.signin import safe_next, token
from portal.work import actor, now, work
from workflows.people import accounts, actions, rules
from workflows.people.actions import NewPerson
from workflows.problems import Problem


class RegisterForm(OrganisationForm):
    """A person and their organisation on one page."""

    name = line(_("Your name"), needed(), AtMost(200))
    email = line(
        _("E-mail address"), needed(), AtMost(254), Keeps(rules.email),
        description=_("You sign in with it, and it receives every letter about your applications."),
    )  # fmt: skip
    password = new_password()
    next = HiddenField()

    def validate_password(self, field: Field) -> None:
        check_new_password(self, field, self.email.data)


class ForgottenForm(Form):
    email = line(_("E-mail address"), needed(), AtMost(254), Keeps(rules.email))


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    """Sign in; whether the account exists is never said, and only so many passwords may be tried."""
    form = SignInForm(next=request.args.get("next", ""), email=session.pop("registered", ""))
    if current_user.is_authenticated:
        return redirect(safe_next(form.next.data, own_front_door()))
    if form.validate_on_submit():
        refusal = enter(form.email.data, form.password.data)
        if refusal is None:
            again = carried.offer(form.next.data, form.carried.data)
            return again or redirect(safe_next(form.next.data, own_front_door()))
        form.email.errors = [refusal]
    return render_template("public/sign_in.html", form=form), 422 if form.errors else 200


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """End the session, here and on the server."""
    if current_user.is_authenticated:
        with work() as database:
            actions.sign_out(database, actor(), token(), now=now())
        logout_user()
    flash(gettext("You are signed out."), "success")
    return redirect(safe_next(request.form.get("next"), url_for("public.home")))


@blueprint.route("/register", methods=["GET", "POST"])
def register() -> Any:
    """Open an account with its organisation. An address that has one gets the same answer, and a mail of its own."""
    form = RegisterForm(next=request.args.get("next", ""))
    if current_user.is_authenticated:
        return redirect(url_for("applicant.home"))
    known = False
    if form.validate_on_submit():
        try:
            _open(form)
        except Problem as problem:
            known = problem.code == "organisation-known"
            errors.blame(form, problem)
        else:
            session["registered"] = form.email.data
            return redirect(url_for("public.registered", next=form.next.data or None))
    page = render_template("public/register.html", form=form, known=known, has_errors=bool(form.errors))
    return page, 422 if form.errors else 200


@blueprint.get("/register/sent")
def registered() -> Any:
    """What comes next: a mail. It says nothing of whether there was an account."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next"), own_front_door()))
    return render_template(
        "public/registered.html", email=session.get("registered", ""), next=request.args.get("next"),
        days=actions.TO_CONFIRM.days,
    )  # fmt: skip


def _open(form: RegisterForm) -> None:
    """The account and its organisation, in one transaction; to join one that is known, the account alone."""
    if not one_more("register"):
        raise Problem("tries-too-many", field="email")
    joins = "join" in request.form
    person = NewPerson(form.name.data, form.email.data, language(), form.password.data)
    leads_to = safe_next(form.next.data, "")
    if joins:
        leads_to = url_for("applicant.new_organisation", number=form.enterprise_number.data, next=leads_to or None)
    with work() as database:
        if not joins:
            actions.require_new(database, form.enterprise_number.data)
        opened = accounts.register(database, person, leads_to=leads_to, now=now())
        if opened.actor is not None and not joins:
            actions.found_organisation(database, opened.actor, form.read(), now=now())


@blueprint.route("/password-forgotten", methods=["GET", "POST"])
def forgotten() -> Any:
    """Mail a link for a new password; the page says the same whether there is an account or not."""
    form = ForgottenForm()
    sent = form.validate_on_submit()
    if sent and not one_more("forgotten"):
        errors.blame(form, Problem("tries-too-many", field="email"))
        sent = False
    if sent:
        with work() as database:
            accounts.ask_new_password(database, form.email.data, now=now())
    page = render_template("public/forgotten.html", form=form, sent=sent, hours=accounts.TO_CHANGE.seconds // 3600)
    return page, 422 if form.errors else 200
