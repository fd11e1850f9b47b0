"""The organisations of a person: what they say of themselves and where they are paid."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from portal import errors
from portal.applicant import blueprint
from portal.applicant.forms import AccountNumberForm
from portal.forms import OrganisationForm
from portal.signin import safe_next
from portal.work import Session, actor, ask, now, work
from workflows.people.actions import change_account_number, found_organisation
from workflows.people.queries import OrganisationView, members, organisations_of
from workflows.permissions import MemberRole
from workflows.problems import NotThere, Problem


@blueprint.route("/organisations/<int:organisation_id>", methods=["GET", "POST"])
def organisation(organisation_id: int) -> Any:
    """One organisation; posting sets its account number."""
    form = AccountNumberForm()
    with ask() as session:
        found = _own(session, organisation_id)
        people = members(session, organisation_id)
    if form.validate_on_submit():
        try:
            with work() as session:
                change_account_number(session, actor(), organisation_id, form.iban.data, now=now())
        except Problem as problem:
            errors.blame(form, problem)
        else:
            flash(_("The account number is saved."), "success")
            return redirect(url_for("applicant.organisation", organisation_id=organisation_id))
    page = render_template(
        "applicant/organisation.html", organisation=found, people=people, form=form,
        writable=found.role in (MemberRole.OWNER, MemberRole.EDITOR),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.route("/organisations/new", methods=["GET", "POST"])
def new_organisation() -> Any:
    """Add an organisation; whoever adds it owns it."""
    form = OrganisationForm()
    target = request.args.get("next")
    if form.validate_on_submit():
        try:
            with work() as session:
                found_organisation(session, actor(), form.read(), now=now())
        except Problem as problem:
            errors.blame(form, problem)
        else:
            flash(_("%(name)s is added.", name=form.organisation.data), "success")
            return redirect(safe_next(target, url_for("applicant.home")))
    return render_template("applicant/new_organisation.html", form=form, next=target), 422 if form.errors else 200


def _own(session: Session, organisation_id: int) -> OrganisationView:
    """The organisation as one of its members sees it. Raises NotThere for everybody else."""
    found = organisations_of(session, actor().person_id)
    own = next((one for one in found if one.id == organisation_id), None)
    if own is None:
        raise NotThere
    return own
