"""Who is juror, expert or administrator: given by an invitation, taken back on the spot."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from werkzeug.wrappers import Response

from portal import errors
from portal.administrator import blueprint
from portal.forms import AtMost, Keeps, OneOf, choices, line, needed
from portal.language import language
from portal.received import Form
from portal.work import actor, ask, now, work
from workflows.language import NAMES
from workflows.people import actions, invitations, queries, rules
from workflows.permissions import Role
from workflows.problems import NotThere, Problem

GIVEN = (Role.JUROR, Role.EXPERT, Role.ADMINISTRATOR)
"""The roles that persons hold; the system's own is nobody's."""


class InviteToRoleForm(Form):
    email = line(
        _("E-mail address"), needed(), AtMost(254), Keeps(rules.email),
        description=_("With an account or without: the mail holds a link with which the person accepts."),
    )  # fmt: skip
    role = OneOf(
        _("Role"), widget=GovRadioInput(), validators=[needed()],
        choices=choices([
            (Role.JUROR.value, _("Juror")), (Role.EXPERT.value, _("Expert")),
            (Role.ADMINISTRATOR.value, _("Administrator")),
        ]),
    )  # fmt: skip
    language = OneOf(
        _("Language of the mail"), widget=GovRadioInput(), validators=[needed()], choices=choices(list(NAMES.items()))
    )


@blueprint.route("/people", methods=["GET", "POST"])
def people() -> Any:
    """Everybody with a role, everybody invited to one, and the form to invite one more."""
    form = InviteToRoleForm(role=Role.JUROR.value, language=language())
    if form.validate_on_submit():
        try:
            with work() as session:
                invitations.invite_to_role(
                    session, actor(), form.email.data, Role(form.role.data), form.language.data, now=now()
                )
        except Problem as problem:
            errors.blame(form, problem)
        else:
            flash(gettext("The invitation to %(email)s is on its way.", email=form.email.data), "success")
            return redirect(url_for("administrator.people"))
    with ask() as session:
        holders = {role: queries.people_with(session, role) for role in GIVEN}
        invited = invitations.of_programme(session)
    page = render_template(
        "administrator/people.html", form=form, holders=holders, invitations=invited, now=now(), me=actor().person_id
    )
    return page, 422 if form.errors else 200


@blueprint.post("/people/<int:person_id>/<role>/take")
def take_role(person_id: int, role: str) -> Response:
    """Take a role from somebody: its door is closed to them from the next page on, one's own included."""
    if role not in GIVEN:
        raise NotThere
    try:
        with work() as session:
            actions.take_role(session, person_id, Role(role), actor=actor(), now=now())
    except Problem as problem:
        errors.tell(problem)
        return redirect(url_for("administrator.people"))
    flash(gettext("The role is taken back."), "success")
    own = person_id == actor().person_id and role == Role.ADMINISTRATOR
    return redirect(url_for("public.home" if own else "administrator.people"))


@blueprint.post("/people/invitations/<int:invitation_id>/revoke")
def revoke_role(invitation_id: int) -> Response:
    """Take an invitation back: its link leads nowhere from now on."""
    with ask() as session:
        if invitation_id not in {one.id for one in invitations.of_programme(session)}:
            raise NotThere
    try:
        with work() as session:
            invitations.revoke(session, actor(), invitation_id, now=now())
        flash(gettext("The invitation is taken back."), "success")
    except Problem as problem:
        errors.tell(problem)
    return redirect(url_for("administrator.people"))
