"""One file: what was submitted, each condition with its verdict, what a person makes of it, what happened."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _

from portal import errors
from portal.administrator import blueprint, words
from portal.administrator.forms import OverruleForm
from portal.administrator.frame import open_file, show
from portal.administrator.timeline import timeline
from portal.downloads import download
from portal.language import language
from portal.work import actor, ask, now, work
from workflows.calls.queries import call_view
from workflows.completion.queries import answers_given, requests
from workflows.eligibility import actions
from workflows.eligibility.queries import of
from workflows.history import entries
from workflows.letters import queries as letters
from workflows.lifecycle import ApplicationState
from workflows.messages.queries import thread
from workflows.messages.rules import Side
from workflows.problems import NotThere, Problem
from workflows.submission.documents import document as document_of
from workflows.submission.queries import receipts


@blueprint.get("/files/<reference>")
def file(reference: str) -> Any:
    return _page(reference)


@blueprint.get("/files/<reference>/documents/<token>")
def document(reference: str, token: str) -> Any:
    with ask() as session:
        found, content = document_of(session, open_file(session, reference), token)
    return download(content, found.media_type, found.name)


@blueprint.route("/files/<reference>/conditions/<int:number>", methods=["GET", "POST"])
def overrule(reference: str, number: int) -> Any:
    """A verdict by hand. Coming back to the address, as a change of language does, shows the file."""
    if request.method != "POST":
        return redirect(url_for("administrator.file", reference=reference, _anchor=f"condition-{number}"))
    form = OverruleForm(number)
    if not form.validate_on_submit():
        return _page(reference, form, number)
    try:
        with work() as session:
            open_file(session, reference)
            reason = form.reason.data or ""
            actions.overrule(session, actor(), reference, number, form.ok.data == "yes", reason, now=now())
    except Problem as problem:
        errors.blame(form, problem)
        return _page(reference, form, number)
    flash(_("Your verdict is written down."), "success")
    return redirect(url_for("administrator.file", reference=reference, _anchor=f"condition-{number}"))


@blueprint.post("/files/<reference>/decision")
def decide_eligibility(reference: str) -> Any:
    """Admit the file or declare it ineligible; a second click changes nothing."""
    decide, reached, told = {
        "admit": (actions.admit, ApplicationState.ELIGIBLE, _("The file is declared eligible.")),
        "ineligible": (
            actions.declare_ineligible, ApplicationState.INELIGIBLE,
            _("The file is declared ineligible. The letter is held until you release it."),
        ),
    }.get(request.form.get("decision", ""), (None, None, ""))  # fmt: skip
    if decide is None:
        raise NotThere
    try:
        with work() as session:
            if open_file(session, reference).state is not reached:
                decide(session, actor(), reference, now=now())
        flash(told, "success")
    except Problem as problem:
        errors.tell(problem)
    return redirect(url_for("administrator.file", reference=reference))


def _page(reference: str, wrong: OverruleForm | None = None, number: int = -1) -> Any:
    """The file; `wrong` is the form of condition `number` as it was typed, where it was refused."""
    with ask() as session:
        application = open_file(session, reference)
        call = call_view(session, application.call_id, now())
        screening = of(session, application)
        told = [one for one in letters.of_call(session, call.id) if one.application == reference]
        happened = timeline(entries(session, f"application:{reference}"))
        proofs = receipts(session, application.id)
        asked = requests(session, application.id, now())
        changed = {one.number: found for one, found in answers_given(session, application, now(), language())}
        written = thread(session, actor(), reference, Side.OFFICE)
    if wrong is not None and number not in {check.number for check in screening.checks}:
        raise NotThere
    forms = {check.number: OverruleForm(check.number) for check in screening.checks}
    if wrong is not None:
        forms[number] = wrong
    return show(
        "file", call, status=422 if wrong else 200, application=application, screening=screening, forms=forms,
        refused=wrong, refused_number=number, letters=told, happened=happened, receipts=proofs, requests=asked,
        changed=changed, thread=written, words=words, has_errors=bool(wrong),
    )  # fmt: skip
