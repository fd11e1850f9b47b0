"""Asking an association for what is missing in its file, and withdrawing that."""

from datetime import datetime, time, timedelta
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import errors
from portal.administrator import blueprint, words
from portal.administrator.forms import CompletionForm
from portal.administrator.frame import open_file, show
from portal.language import language
from portal.work import actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.completion import actions
from workflows.completion.queries import open_request
from workflows.eligibility.queries import Screening, of
from workflows.language import BRUSSELS, hours_in_brussels, say, show_moment
from workflows.problems import Problem

OFFERED = timedelta(days=14)
"""The time to answer that the form begins with."""
OFFERED_HOUR = "16:00"


@blueprint.route("/files/<reference>/request", methods=["GET", "POST"])
def ask_completion(reference: str) -> Any:
    """Name what is missing, why, and until when it can be answered."""
    with ask() as session:
        application = open_file(session, reference)
        call = call_view(session, application.call_id, now())
        waiting = open_request(session, application.id, now())
        begun = _about(of(session, application), request.args.get("condition"))
    offered = (now().astimezone(BRUSSELS) + OFFERED).date()
    form = CompletionForm(application.terms, data={**begun, "due_on": offered, "due_hour": OFFERED_HOUR})
    if form.validate_on_submit():
        wall = datetime.combine(form.due_on.data, time.fromisoformat(form.due_hour.data))
        due = wall.replace(tzinfo=BRUSSELS)
        try:
            if not hours_in_brussels(wall):
                raise Problem("hour-skipped", field="due_hour", typed=wall.isoformat())
            with work() as session:
                actions.ask(
                    session, actor(), reference, form.questions.data, form.explanation.data or "", due, now=now()
                )
        except Problem as problem:
            errors.blame(form, problem)
        else:
            told = show_moment(due, language())
            flash(_("The association is asked to complete its file, until %(moment)s.", moment=told), "success")
            return redirect(url_for("administrator.file", reference=reference))
    return show(
        "ask_completion", call, status=422 if request.method == "POST" else 200, application=application, form=form,
        waiting=waiting, words=words, has_errors=bool(form.errors),
    )  # fmt: skip


def _about(screening: Screening, number: str | None) -> dict[str, Any]:
    """What a request about a condition begins with: the questions it looked at, and why, for its association."""
    check = next((one for one in screening.checks if str(one.number) == number), None)
    if check is None:
        return {}
    why = " ".join(say(reason, screening.application.language) for reason in check.reasons)
    return {"questions": list(check.questions), "explanation": why}


@blueprint.post("/files/<reference>/requests/<int:number>/withdraw")
def withdraw_completion(reference: str, number: int) -> Response:
    """Withdraw a request that waits for its answer, with a reason."""
    try:
        with work() as session:
            reason = request.form.get("reason", "")
            actions.withdraw_request(session, actor(), reference, number, reason, now=now())
        flash(_("The request is withdrawn; the association is told."), "success")
    except Problem as problem:
        errors.tell(problem)
    return redirect(url_for("administrator.file", reference=reference, _anchor="requests"))
