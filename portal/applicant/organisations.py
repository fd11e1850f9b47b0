"""The organisations of a person: what they say of themselves, their accreditation, and where they are paid."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import errors
from portal.applicant import blueprint
from portal.applicant.organisation_forms import AccountForm, AccreditationForm, ParticularsForm
from portal.forms import OrganisationForm
from portal.guard import may
from portal.signin import safe_next
from portal.work import Session, actor, ask, now, work
from workflows.people import membership, organisations, payment, rules
from workflows.people.actions import found_organisation
from workflows.people.queries import OrganisationView, organisation_by_number, organisations_of
from workflows.permissions import Action
from workflows.problems import NotThere, Problem


@blueprint.get("/organisations/<int:organisation_id>")
def organisation(organisation_id: int) -> Any:
    """One organisation: what is known of it, and what still lacks."""
    with ask() as session:
        found = own(session, organisation_id)
        return render_template(
            "applicant/organisation.html", organisation=found,
            people=membership.members_of(session, organisation_id),
            requests=membership.requests_for(session, organisation_id),
            accreditations=organisations.accreditations(session, organisation_id),
            accounts=payment.accounts_of(session, organisation_id),
        )  # fmt: skip


@blueprint.route("/organisations/<int:organisation_id>/edit", methods=["GET", "POST"])
def edit_organisation(organisation_id: int) -> Any:
    """Change what the organisation says of itself; where a colleague was first, both texts are shown."""
    with ask() as session:
        found = own(session, organisation_id, Action.EDIT_ORGANISATION)
    form = ParticularsForm(obj=found, organisation=found.name, version=found.row_version)
    if form.validate_on_submit():
        try:
            with work() as session:
                organisations.change_organisation(
                    session, actor(), organisation_id, form.read(), form.seen_version(), now=now()
                )
        except Problem as problem:
            errors.blame(form, problem)
            return _edit_page(form, found, 409 if problem.code == "organisation-changed-elsewhere" else 422)
        flash(_("What you changed is saved."), "success")
        return redirect(url_for("applicant.organisation", organisation_id=organisation_id))
    return _edit_page(form, found, 422 if form.errors else 200)


def _edit_page(form: ParticularsForm, found: OrganisationView, status: int) -> tuple[str, int]:
    """The form; beside a field that a colleague changed meanwhile stands what is saved now."""
    theirs: dict[str, str] = {}
    if status == 409:
        form.version.data = found.row_version
        names = {"organisation": "name"}
        saved = {field.name: getattr(found, names.get(field.name, field.name), None) for field in form}
        theirs = {name: value for name, value in saved.items() if isinstance(value, str) and value != form[name].data}
    page = render_template("applicant/edit_organisation.html", form=form, organisation=found, theirs=theirs)
    return page, status


@blueprint.route("/organisations/<int:organisation_id>/accreditation", methods=["GET", "POST"])
def accreditation(organisation_id: int) -> Any:
    """State a period of accreditation; the office confirms it."""
    with ask() as session:
        found = own(session, organisation_id, Action.EDIT_ORGANISATION)
    form = AccreditationForm()
    if form.validate_on_submit():
        try:
            with work() as session:
                organisations.state_accreditation(
                    session, actor(), organisation_id, form.starts.data, form.ends.data, now=now()
                )
        except Problem as problem:
            errors.blame(form, problem)
        else:
            flash(_("The accreditation is noted. The administration checks it."), "success")
            return redirect(url_for("applicant.organisation", organisation_id=organisation_id))
    page = render_template("applicant/accreditation.html", form=form, organisation=found)
    return page, 422 if form.errors else 200


@blueprint.route("/organisations/<int:organisation_id>/account", methods=["GET", "POST"])
def account_number(organisation_id: int) -> Any:
    """Say where the organisation is paid, with the certificate of the bank."""
    with ask() as session:
        found = own(session, organisation_id, Action.MANAGE_ORGANISATION)
    form = AccountForm()
    if form.validate_on_submit():
        try:
            with work() as session:
                payment.give_account(session, actor(), organisation_id, form.iban.data, form.sent(), now=now())
        except Problem as problem:
            errors.blame(form, problem)
        else:
            flash(_("The account number is saved. The administration checks the certificate."), "success")
            return redirect(url_for("applicant.organisation", organisation_id=organisation_id))
    page = render_template("applicant/account_number.html", form=form, organisation=found)
    return page, 422 if form.errors else 200


@blueprint.route("/organisations/new", methods=["GET", "POST"])
def new_organisation() -> Any:
    """Add an organisation, of which one is owner then; one that is known here can be asked to be let in."""
    form = OrganisationForm(enterprise_number=request.args.get("number", ""))
    target, known = request.args.get("next"), False
    if form.validate_on_submit():
        try:
            with work() as session:
                found_organisation(session, actor(), form.read(), now=now())
        except Problem as problem:
            known = problem.code == "organisation-known"
            errors.blame(form, problem)
        else:
            flash(_("%(name)s is added.", name=form.organisation.data), "success")
            return redirect(safe_next(target, url_for("applicant.home")))
    elif request.method == "GET" and form.enterprise_number.data:
        with ask() as session:
            known = organisation_by_number(session, digits(form.enterprise_number.data)) is not None
    page = render_template("applicant/new_organisation.html", form=form, next=target, known=known)
    return page, 422 if form.errors else 200


@blueprint.post("/organisations/join")
def ask_to_join() -> Response:
    """Ask the owners of an organisation that is known here to let one in."""
    typed = request.form.get("enterprise_number", "")
    try:
        with work() as session:
            name = membership.ask_to_join(session, actor(), typed, now=now())
    except Problem as problem:
        errors.tell(problem)
        return redirect(url_for("applicant.new_organisation", number=typed))
    flash(_("You asked to join %(name)s. Its owners decide; you get their answer by mail.", name=name), "success")
    return redirect(url_for("applicant.home"))


def digits(typed: str) -> str:
    """The digits of an enterprise number as it was typed, none where it is wrong."""
    try:
        return rules.enterprise_number(typed)
    except Problem:
        return ""


def own(session: Session, organisation_id: int, action: Action = Action.READ_ORGANISATION) -> OrganisationView:
    """The organisation as one of its members sees it. Raises NotThere for everybody who may not do this to it."""
    found = organisations_of(session, actor().person_id)
    one = next((one for one in found if one.id == organisation_id), None)
    if one is None or not may(action, member=one.role):
        raise NotThere
    return one
