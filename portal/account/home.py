"""One's own account: name and language, e-mail address, password."""

from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from werkzeug.wrappers import Response
from wtforms import Field

from portal import errors
from portal.account import blueprint
from portal.forms import (
    AtMost,
    Keeps,
    OneOf,
    check_new_password,
    choices,
    line,
    needed,
    new_password,
    password,
)
from portal.received import Form
from portal.signin import limits, safe_next, token
from portal.work import actor, ask, now, work
from workflows.language import NAMES
from workflows.people import accounts, actions, membership, queries, rules
from workflows.people.sessions import sessions_of
from workflows.problems import Problem


class NameForm(Form):
    name = line(_("Your name"), needed(), AtMost(200))
    language = OneOf(
        _("Language of the screens and of mails to you"), widget=GovRadioInput(), validators=[needed()],
        choices=choices(list(NAMES.items())),
        description=_("Letters about an application are in the language of that application."),
    )  # fmt: skip


class AddressForm(Form):
    email = line(
        _("New e-mail address"), needed(), AtMost(254), Keeps(rules.email),
        description=_("We mail it a link. Until you use that link, nothing changes."),
    )  # fmt: skip
    password = password(_("Your password"), needed())


class PasswordForm(Form):
    current = password(_("Your password now"), needed())
    password = new_password(_("New password"))

    def validate_password(self, field: Field) -> None:
        check_new_password(self, field, current_user.person.email)


@blueprint.get("/")
def home() -> str:
    """Everything about one's account on one page."""
    with ask() as database:
        found = sessions_of(database, actor().person_id, token(), now(), limits())
        waiting = membership.requests_by(database, actor().person_id)
    return render_template(
        "account/home.html", person=current_user.person, sessions=found, requests=waiting, names=NAMES
    )


@blueprint.route("/name", methods=["GET", "POST"])
def name() -> Any:
    """Name and language."""
    person = current_user.person
    form = NameForm(name=person.name, language=person.language)
    if form.validate_on_submit():
        with work() as database:
            accounts.change_name(database, actor(), form.name.data, now=now())
            actions.choose_language(database, actor(), form.language.data)
        session["language"] = form.language.data
        flash(gettext("Your account is saved."), "success")
        return redirect(url_for("account.home", language=form.language.data))
    return _page("account/name.html", form)


@blueprint.route("/address", methods=["GET", "POST"])
def address() -> Any:
    """Ask for another address: the new one gets a link."""
    form = AddressForm()
    if form.validate_on_submit() and _recognised(form.password):
        try:
            with work() as database:
                accounts.ask_address(database, actor(), form.email.data, now=now())
        except Problem as problem:
            errors.blame(form, problem)
        else:
            flash(gettext("We sent a mail to %(email)s. Open its link to finish.", email=form.email.data), "success")
            return redirect(url_for("account.home"))
    return _page("account/address.html", form)


@blueprint.route("/password", methods=["GET", "POST"])
def change_password() -> Any:
    """Another password; every other browser is signed out."""
    form = PasswordForm()
    if form.validate_on_submit() and _recognised(form.current):
        with work() as database:
            accounts.change_password(database, actor(), token(), form.password.data, now=now())
        flash(gettext("Your new password is set. Every other browser is signed out."), "success")
        return redirect(url_for("account.home"))
    return _page("account/password.html", form)


@blueprint.post("/confirmation")
def ask_again() -> Response:
    """Mail the link that confirms one's address once more, and go on where one was."""
    back = safe_next(request.form.get("next"), url_for("account.home"))
    try:
        with work() as database:
            accounts.ask_again(database, actor(), leads_to=back, now=now())
        flash(gettext("We sent a mail to %(email)s. Open its link.", email=current_user.person.email), "success")
    except Problem as problem:
        errors.tell(problem)
    return redirect(back)


def _recognised(field: Field) -> bool:
    """Whether this is the person's password; only so many may be tried. What is wrong stands under the field."""
    key = queries.token_hash(f"step|{actor().person_id}")
    with ask() as database:
        allowed = queries.attempts_left(database, key, now())
        found = actions.recognise(database, current_user.person.email, field.data) if allowed else None
    if found == actor().person_id:
        return True
    if allowed:
        with work() as database:
            actions.note_failed_sign_in(database, key, now=now())
        field.errors = [gettext("This is not your password.")]
    else:
        field.errors = [gettext("Too many attempts with this account. Wait a quarter of an hour and try again.")]
    return False


def _page(template: str, form: Form) -> tuple[str, int]:
    return render_template(template, form=form), 422 if form.errors else 200
