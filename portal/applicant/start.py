"""Beginning an application: for which organisation, in which language."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from portal import errors
from portal.applicant import blueprint
from portal.applicant.forms import StartForm
from portal.applicant.loading import mine
from portal.forms import choices
from portal.language import language
from portal.work import Session, actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.calls.rules import Stage
from workflows.people.queries import OrganisationView, organisations_of
from workflows.permissions import MemberRole
from workflows.problems import NotThere, Problem
from workflows.submission import actions


@blueprint.route("/start/<call_id>", methods=["GET", "POST"])
def start(call_id: str) -> Any:
    """Choose and begin; beginning again for the same organisation leads to the draft there already is."""
    with ask() as session:
        call = call_view(session, call_id, now())
        organisations = _writable(session)
        _organisations, files = mine(session)
    if call.stage is Stage.DRAFT:
        raise NotThere
    if not organisations:
        flash(_("First add the organisation for which you apply."), "info")
        return redirect(url_for("applicant.new_organisation", next=url_for("applicant.start", call_id=call_id)))
    only = str(organisations[0].id) if len(organisations) == 1 else None
    form = StartForm(organisation=only, language=language() if language() != "en" else None)
    form.organisation.choices = choices([(str(one.id), one.name) for one in organisations])
    if form.validate_on_submit():
        try:
            organisation = int(form.organisation.data)  # one of the choices
            with work() as session:
                reference = actions.begin(session, actor(), call_id, organisation, form.language.data, now=now())
        except Problem as problem:
            errors.blame(form, problem)
            return render_template("applicant/start.html", form=form, call=call, earlier=()), 422
        return redirect(url_for("applicant.task_list", reference=reference))
    earlier = [file for file in files if file.application.call_id == call_id]
    page = render_template("applicant/start.html", form=form, call=call, earlier=earlier)
    return page, 422 if form.errors else 200


def _writable(session: Session) -> list[OrganisationView]:
    """The organisations for which this person may apply."""
    may_write = (MemberRole.OWNER, MemberRole.EDITOR)
    return [one for one in organisations_of(session, actor().person_id) if one.role in may_write]
