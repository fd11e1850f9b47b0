"""The panel of a call: who judges its files, in the jury and as expert."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import errors
from portal.addresses import row_number
from portal.administrator import blueprint, words
from portal.administrator.frame import duties, duty_of, show
from portal.work import actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.people.queries import people_with
from workflows.problems import NotThere, Problem
from workflows.scoring import actions
from workflows.scoring.actions import ROLE_OF
from workflows.scoring.queries import panel as panel_of


@blueprint.get("/calls/<call_id>/panel")
def panel(call_id: str) -> Any:
    with ask() as session:
        call = call_view(session, call_id, now())
        members = {duty: panel_of(session, call_id, duty) for duty in duties(call)}
        known = {duty: people_with(session, ROLE_OF[duty]) for duty in members}
    others = {
        duty: [one for one in people if one.id not in {member.id for member in members[duty]}]
        for duty, people in known.items()
    }
    return show("panel", call, members=members, others=others, words=words)


@blueprint.post("/calls/<call_id>/panel/<duty>")
def appoint(call_id: str, duty: str) -> Any:
    """Appoint everybody who was ticked; who is on the panel already stays there."""
    kind, people = duty_of(duty), [row_number(one) for one in request.form.getlist("person")]
    if None in people:
        raise NotThere
    try:
        with work() as session:
            n = sum(actions.appoint(session, actor(), call_id, person, kind, now=now()) for person in people)
        if n:
            flash(ngettext("%(num)d person was appointed.", "%(num)d persons were appointed.", n), "success")
        else:
            flash(_("Whoever you ticked was on the panel already.") if people else _("Nothing was ticked."), "info")
    except Problem as problem:
        errors.tell(problem)
    return redirect(url_for("administrator.panel", call_id=call_id))
