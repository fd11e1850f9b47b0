"""Taking in the file of a call: a new call, or new terms of one that is not decided yet."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from portal import errors
from portal.administrator import blueprint
from portal.administrator.forms import ImportForm
from portal.language import language
from portal.work import actor, now, work
from workflows.calls.actions import import_call as take_in
from workflows.calls.refusals import Complaint, TermsRefused
from workflows.calls.rules import read_terms
from workflows.problems import Problem

UNTITLED = "call.toml"


@blueprint.route("/import", methods=["GET", "POST"])
def import_call() -> Any:
    form = ImportForm()
    complaints: tuple[str, ...] = ()
    if form.validate_on_submit():
        try:
            source = _keep_upload(form)
            terms = read_terms(form.text.data or "", source)
            with work() as session:
                found = take_in(session, actor(), terms, now=now(), reason=form.reason.data or "")
                call_id, version = found.id, found.version
            flash(_("The terms of the call were taken in as version %(version)s.", version=version), "success")
            return redirect(url_for("administrator.call", call_id=call_id))
        except TermsRefused as refused:
            complaints = refused.said(language())
        except Problem as problem:
            if problem.code == "reason-needed":
                problem.field = "reason"
            errors.blame(form, problem)
    wrong = bool(complaints or form.errors)
    page = render_template("administrator/import.html", form=form, complaints=complaints, has_errors=wrong)
    return page, 422 if form.is_submitted() else 200


def _keep_upload(form: ImportForm) -> str:
    """Put the text of an uploaded file where it is shown again if it is refused; returns the name of the file.

    Raises TermsRefused where there is no text.
    """
    upload = form.file.data
    name = upload.filename if upload else UNTITLED
    if upload:
        try:
            form.text.data = upload.read().decode("utf-8")
        except UnicodeDecodeError as error:
            complaint = _("expected text in UTF-8, byte %(place)s is none", place=error.start)
            raise TermsRefused(name, (Complaint("", complaint, None),)) from None
    if not (form.text.data or "").strip():
        raise TermsRefused(name, (Complaint("", _("empty: choose a file or paste its text"), None),))
    return str(name)
