"""Who belongs to an organisation: roles, invitations, and those who ask to join."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import errors
from portal.applicant import blueprint
from portal.applicant.organisation_forms import InviteForm, RoleForm
from portal.applicant.organisations import own
from portal.language import language
from portal.work import actor, ask, now, work
from workflows.people import invitations, membership
from workflows.permissions import Action, MemberRole
from workflows.problems import NotThere, Problem


@blueprint.route("/organisations/<int:organisation_id>/members", methods=["GET", "POST"])
def members_of(organisation_id: int) -> Any:
    """The members; an owner invites, and answers who asks to join."""
    action = Action.READ_ORGANISATION if request.method == "GET" else Action.MANAGE_ORGANISATION
    with ask() as session:
        found = own(session, organisation_id, action)
    form = InviteForm(role=MemberRole.EDITOR.value, language=language())
    if form.validate_on_submit():
        try:
            with work() as session:
                invitations.invite_member(
                    session, actor(), organisation_id, form.email.data, MemberRole(form.role.data),
                    form.language.data, now=now(),
                )  # fmt: skip
        except Problem as problem:
            errors.blame(form, problem)
        else:
            flash(_("The invitation to %(email)s is on its way.", email=form.email.data), "success")
            return _back(organisation_id)
    with ask() as session:
        page = render_template(
            "applicant/members.html", organisation=found, form=form, now=now(), me=actor().person_id,
            people=membership.members_of(session, organisation_id),
            invitations=invitations.of_organisation(session, organisation_id),
            requests=membership.requests_for(session, organisation_id),
        )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.route("/organisations/<int:organisation_id>/members/<int:person_id>", methods=["GET", "POST"])
def member(organisation_id: int, person_id: int) -> Any:
    """Give a member another role, or end the membership."""
    with ask() as session:
        found = own(session, organisation_id, Action.MANAGE_ORGANISATION)
        people = membership.members_of(session, organisation_id)
    person = next((one for one in people if one.person_id == person_id), None)
    if person is None:
        raise NotThere
    form = RoleForm(role=person.role.value)
    if form.validate_on_submit():
        try:
            with work() as session:
                role = MemberRole(form.role.data)
                membership.change_role(session, actor(), organisation_id, person_id, role, now=now())
        except Problem as problem:
            problem.field = "role"
            errors.blame(form, problem)
        else:
            flash(_("The role of %(name)s is changed.", name=person.name), "success")
            return _back(organisation_id)
    page = render_template("applicant/member.html", organisation=found, person=person, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/organisations/<int:organisation_id>/members/<int:person_id>/remove")
def remove_member(organisation_id: int, person_id: int) -> Response:
    """End somebody's membership."""
    try:
        with work() as session:
            membership.remove_member(session, actor(), organisation_id, person_id, now=now())
        flash(_("The membership is ended."), "success")
    except Problem as problem:
        errors.tell(problem)
    return _back(organisation_id) if person_id != actor().person_id else redirect(url_for("applicant.home"))


@blueprint.post("/organisations/<int:organisation_id>/leave")
def leave(organisation_id: int) -> Response:
    """End one's own membership."""
    try:
        with work() as session:
            membership.leave(session, actor(), organisation_id, now=now())
    except Problem as problem:
        errors.tell(problem)
        return _back(organisation_id)
    flash(_("You no longer belong to this organisation."), "success")
    return redirect(url_for("applicant.home"))


@blueprint.post("/organisations/<int:organisation_id>/requests/<int:request_id>")
def answer_request(organisation_id: int, request_id: int) -> Response:
    """Let somebody in with a role, or not."""
    answer = request.form.get("answer", "")
    if answer not in (*MemberRole, "no"):
        raise NotThere
    role = None if answer == "no" else MemberRole(answer)
    try:
        with work() as session:
            membership.answer_request(session, actor(), organisation_id, request_id, role, now=now())
        flash(_("Your answer is on its way by mail."), "success")
    except Problem as problem:
        errors.tell(problem)
    return _back(organisation_id)


@blueprint.post("/organisations/<int:organisation_id>/invitations/<int:invitation_id>/revoke")
def revoke_invitation(organisation_id: int, invitation_id: int) -> Response:
    """Take an invitation back: its link leads nowhere from now on."""
    with ask() as session:
        own(session, organisation_id, Action.MANAGE_ORGANISATION)
        if invitation_id not in {one.id for one in invitations.of_organisation(session, organisation_id)}:
            raise NotThere
    try:
        with work() as session:
            invitations.revoke(session, actor(), invitation_id, now=now())
        flash(_("The invitation is taken back."), "success")
    except Problem as problem:
        errors.tell(problem)
    return _back(organisation_id)


def _back(organisation_id: int) -> Response:
    return redirect(url_for("applicant.members_of", organisation_id=organisation_id))
