"""Where the single-use links of mails lead: a page with a button. Looking at it does nothing."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import current_user, logout_user
from wtforms import Field

from portal import errors
from portal.forms import AtMost, check_new_password, line, needed, new_password, password
from portal.language import language
from portal.public import blueprint
from portal.public.entering import enter, own_front_door, welcome
from portal.received import Form
from portal.signin import safe_next
from portal.work import actor, ask, now, work
from workflows.people import accounts, actions, invitations, queries
from workflows.people.invitations import InvitationView
from workflows.people.links import Purpose, read
from workflows.people.queries import LinkView
from workflows.problems import Problem


class ConfirmForm(Form):
    """Whoever confirms knows the password too: nobody confirms an account that a stranger opened in their name."""

    password = password(_("Password"), needed(), description=_("The one you chose when you opened the account."))


class NewPasswordForm(Form):
    password = new_password(_("New password"))

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def validate_password(self, field: Field) -> None:
        check_new_password(self, field, self.address)


class NewMemberForm(NewPasswordForm):
    """Who has no account yet opens one with the invitation."""

    name = line(_("Your name"), needed(), AtMost(200))
    password = new_password()


@blueprint.route("/link/<token>", methods=["GET", "POST"])
def follow_link(token: str) -> Any:
    """Say what the link does and do it when the button is pressed."""
    purpose = read(token)[1]
    with ask() as session:
        link = queries.link_view(session, token, now=now())
    return PAGES[purpose](token, link)


def confirm(token: str, link: LinkView) -> Any:
    """The address of an account is its owner's; who is not signed in signs in with the same button."""
    signed_in = current_user.is_authenticated and current_user.person.id == link.person_id
    form = Form() if signed_in else ConfirmForm()
    if form.validate_on_submit():
        refusal = None if signed_in else enter(link.address, form.password.data, link.person_id)
        if refusal is None:
            with work() as session:
                actions.confirm_address(session, token, now=now())
            flash(gettext("Thank you: your address is confirmed."), "success")
            return redirect(safe_next(link.leads_to, own_front_door()))
        form.password.errors = [refusal]
    return _page("public/link_confirm.html", form, link=link, signed_in=signed_in)


def new_address(token: str, link: LinkView) -> Any:
    """The account has another address from now on."""
    form = Form()
    if form.validate_on_submit():
        with work() as session:
            accounts.change_address(session, token, now=now())
        flash(gettext("Thank you: from now on your account has the address %(email)s.", email=link.address), "success")
        return redirect(url_for("account.home"))
    return _page("public/link_address.html", form, link=link)


def choose_password(token: str, link: LinkView) -> Any:
    """A new password, and in."""
    form = NewPasswordForm(link.address)
    if form.validate_on_submit():
        with work() as session:
            person_id = accounts.set_new_password(session, token, form.password.data, now=now())
        logout_user()
        welcome(person_id)
        flash(gettext("Your new password is set. Every other browser is signed out."), "success")
        return redirect(own_front_door())
    return _page("public/link_password.html", form, link=link)


def join(token: str, link: LinkView) -> Any:
    """A place that is offered: taken by whoever has the address, with the account there is or with a new one."""
    with ask() as session:
        offer = invitations.of_link(session, token, now=now())
    own = current_user.is_authenticated and current_user.person.email == offer.address
    form = NewMemberForm(offer.address) if not offer.known else Form()
    if (own or not offer.known) and form.validate_on_submit():
        try:
            _take(token, offer, form)
        except Problem as problem:
            errors.blame(form, problem)
        else:
            return redirect(_place(offer))
    return _page("public/link_join.html", form, link=link, offer=offer, own=own, token=token)


def _take(token: str, offer: InvitationView, form: Form) -> None:
    if offer.known:
        with work() as session:
            invitations.accept(session, actor(), token, now=now())
    else:
        with work() as session:
            person_id = invitations.accept_as_new(
                session, token, form.name.data, form.password.data, language(), now=now()
            )
        logout_user()
        welcome(person_id)
    flash(gettext("Welcome: you have accepted the invitation."), "success")


def _place(offer: InvitationView) -> str:
    """The page of what was accepted. A role counts from the next request on, so the door is not asked of this one."""
    if offer.organisation_id is not None:
        return url_for("applicant.organisation", organisation_id=offer.organisation_id)
    return url_for({"juror": "juror.home", "expert": "expert.home"}.get(str(offer.role), "administrator.home"))


def _page(template: str, form: Form, **more: Any) -> tuple[str, int]:
    return render_template(template, form=form, **more), 422 if form.errors else 200


PAGES: dict[Purpose, Callable[[str, LinkView], Any]] = {
    Purpose.CONFIRM_ADDRESS: confirm,
    Purpose.CHANGE_ADDRESS: new_address,
    Purpose.NEW_PASSWORD: choose_password,
    Purpose.JOIN: join,
}
