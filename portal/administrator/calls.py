"""One call: where it stands, closing, its file, its results."""

from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from portal import errors
from portal.administrator import blueprint
from portal.administrator.frame import open_decision, show
from portal.administrator.standing import everybody_told, standing, time_line, to_do
from portal.work import actor, ask, now, work
from workflows.allocation.queries import approvals
from workflows.calls import actions
from workflows.calls.queries import call_view
from workflows.calls.rules import write_terms
from workflows.people.rules import ApplicantType
from workflows.problems import Problem
from workflows.publication.queries import results as results_of


@blueprint.get("/calls/<call_id>")
def call(call_id: str) -> Any:
    with ask() as session:
        found = call_view(session, call_id, now())
        figures = standing(session, found)
        outcome = results_of(session, call_id, now())
        open_decision(session, call_id)
        line = time_line(session, found)
    general = [one.amount_cents for one in found.terms.envelopes if "*" in one.groups]
    money = sum(general or [one.amount_cents for one in found.terms.envelopes])
    return show(
        "call", found, figures=figures, outcome=outcome, line=line, to_do=to_do(found, figures), money=money,
        types=_types(),
    )  # fmt: skip


@blueprint.post("/calls/<call_id>/close")
def close(call_id: str) -> Any:
    """Only when every applicant was told; the stage of the calls cannot know of letters, so it is judged here."""
    try:
        with work() as session:
            if not everybody_told(session, call_id):
                flash(_("The call cannot be closed yet: letters are still held or being written."), "error")
            else:
                actions.close(session, actor(), call_id, now=now())
                flash(_("The call is closed. Nothing changes in it any more."), "success")
    except Problem as problem:
        errors.tell(problem)
    return redirect(url_for("administrator.call", call_id=call_id))


@blueprint.get("/calls/<call_id>/terms.toml")
def export(call_id: str) -> Response:
    """The file of the call: importing it gives the same call."""
    with ask() as session:
        found = call_view(session, call_id, now())
    disposition = {"Content-Disposition": f'attachment; filename="{found.id}.toml"'}
    return Response(write_terms(found.terms), mimetype="application/toml", headers=disposition)


@blueprint.get("/calls/<call_id>/results")
def results(call_id: str) -> Any:
    with ask() as session:
        outcome = results_of(session, call_id, now())
        open_decision(session, call_id)
    steps = {row.reference: approvals(outcome.call.terms, row.awarded) for row in outcome.awards}
    return show("results", outcome.call, outcome=outcome, steps=steps)


def _types() -> dict[ApplicantType, str]:
    return {
        ApplicantType.ACCREDITED: _("Accredited organisations"),
        ApplicantType.OTHER_NONPROFIT: _("Other non-profit organisations"),
        ApplicantType.ANY: _("Every organisation"),
    }
