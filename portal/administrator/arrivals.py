"""Applications that arrive another way: a template, a file of them checked or taken in, every refused row told."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import ngettext
from werkzeug.utils import redirect

from portal import errors
from portal.administrator import blueprint
from portal.administrator.forms import ArrivalsForm
from portal.administrator.frame import show
from portal.hints import answer_form
from portal.work import actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.permissions import Action, require
from workflows.problems import NotThere, Problem
from workflows.submission import bringing, exchange, intake
from workflows.submission.intake import Weighed


@blueprint.route("/calls/<call_id>/arrivals", methods=["GET", "POST"])
def arrivals(call_id: str) -> Any:
    """Check a file or take it in; a file with a mistake is refused as a whole."""
    form, weighed = ArrivalsForm(), None
    if form.validate_on_submit():
        try:
            weighed = _weigh(call_id, form) if "check" in request.form else _bring_in(call_id, form)
        except bringing.FileRefused as refused:
            weighed = refused.weighed
        except Problem as problem:
            errors.tell(problem)
        else:
            if not weighed.refused and "check" not in request.form:
                flash(_told(weighed, _taken(len(weighed.arrivals))), "success")
                return redirect(url_for("administrator.call", call_id=call_id))
    with ask() as session:
        call = call_view(session, call_id, now())
    summary = _told(weighed, _fit(len(weighed.arrivals))) if weighed and not weighed.refused else ""
    wrong = bool(form.errors or (weighed and weighed.refused))
    return show(
        "arrivals", call, form=form, weighed=weighed, summary=summary, columns=exchange.COLUMNS,
        answer_form=answer_form, has_errors=wrong, status=422 if wrong else 200,
    )  # fmt: skip


@blueprint.get("/calls/<call_id>/arrivals/template.<kind>")
def arrivals_template(call_id: str, kind: str) -> Response:
    """An empty file for this call."""
    require(actor(), Action.EXCHANGE_APPLICATIONS)
    if kind not in exchange.FORMATS:
        raise NotThere
    with ask() as session:
        found = call_view(session, call_id, now())
    disposition = {"Content-Disposition": f'attachment; filename="{found.id}-applications.{kind}"'}
    mimetype = {"csv": "text/csv", "jsonl": "application/jsonl"}[kind]
    return Response(exchange.template(found.terms, kind), mimetype=mimetype, headers=disposition)


def _weigh(call_id: str, form: ArrivalsForm) -> Weighed:
    with ask() as session:
        return intake.weigh(session, actor(), call_id, form.file.data.stream, now=now())


def _bring_in(call_id: str, form: ArrivalsForm) -> Weighed:
    with work() as session:
        return bringing.bring_in(session, actor(), call_id, form.file.data.stream, now=now())


def _taken(count: int) -> str:
    return ngettext("%(num)d application was taken in.", "%(num)d applications were taken in.", count)


def _fit(count: int) -> str:
    return ngettext(
        "%(num)d application is in order and can be taken in.",
        "%(num)d applications are in order and can be taken in.",
        count,
    )


def _told(weighed: Weighed, begin: str) -> str:
    """What was found in a file without mistakes, in a few sentences."""
    told = [begin]
    if weighed.known:
        told.append(ngettext("%(num)d was here already.", "%(num)d were here already.", weighed.known))
    if weighed.unaccompanied:
        told.append(ngettext(
            "%(num)d comes without every document the call asks; the screening will say which.",
            "%(num)d come without every document the call asks; the screening will say which.", weighed.unaccompanied,
        ))  # fmt: skip
    return " ".join(told)
