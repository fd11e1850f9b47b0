"""What the administration asks to complete in a submitted file: only that can be changed, and it counts once it is
sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal import errors
from portal.answers import shown, size
from portal.applicant import blueprint
from portal.applicant.documents import DOCUMENTS_AT_ONCE, FIELDS_AT_ONCE, REMOVE
from portal.applicant.forms import ADD_ROW, THEN, SectionForm, blame_field, sent_form
from portal.applicant.loading import load
from portal.applicant.standing import File
from portal.downloads import download
from portal.guard import keeps_text
from portal.language import colon, language
from portal.work import Session, actor, ask, now, work
from workflows.calls.form import Section
from workflows.completion import actions, queries
from workflows.completion.queries import RequestView
from workflows.problems import NotThere, Problem
from workflows.submission.queries import ApplicationView

SEND = "send"
"""What the button that sends the answer says as `_then`; the other one saves."""


@blueprint.url_value_preprocessor
def allow_documents_asked(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """An answer may carry several documents, so more than one fits in its request."""
    if endpoint == "applicant.completion":
        request.max_content_length = DOCUMENTS_AT_ONCE * current_app.config["SETTINGS"].upload_limit + 500_000
        request.max_form_parts = FIELDS_AT_ONCE


@blueprint.route("/<reference>/requests/<int:number>", methods=["GET", "POST"])
@keeps_text
def completion(reference: str, number: int) -> Any:
    """Show a request, or keep what was written in answer, and send it where that was asked."""
    with ask() as session:
        file, found = _load(session, reference, number)
    form = _form(file, found, sent_form(request.form, request.files) if request.method == "POST" else None)
    if request.method == "GET":
        form.grow(request.args.get("row", ""))
        return _page(file, found, form, 200)
    form.validate()
    form.forgive_unasked()
    conflicts = _keep(form, file, found)
    then = request.form.get(THEN, "")
    sending = then == SEND
    if conflicts == () and not form.errors:
        if sending and _send(form, reference, number):
            return redirect(url_for("applicant.receipt", reference=reference))
        if not sending:
            flash(_("Saved, and not sent yet. Your answer counts once you send it."), "info")
            rows = then.removeprefix(ADD_ROW) if then.startswith(ADD_ROW) else None
            anchor = f"{rows}.new" if rows else None
            return redirect(url_for(
                "applicant.completion", reference=reference, number=number, row=rows, _anchor=anchor
            ))  # fmt: skip
    typed = form.answers()
    with ask() as session:
        file, found = _load(session, reference, number)
    stored = queries.completed(file.application, found)
    form.refresh(stored.answers, {name for name in form.errors if name in form} | set(conflicts or ()))
    _tell_conflicts(form, stored, conflicts or ())
    form.grow(then.removeprefix(ADD_ROW))
    mine = typed if conflicts is None else {}
    return _page(file, found, form, 409 if conflicts else 422, mine)


@blueprint.get("/<reference>/requests/<int:number>/documents/<token>")
def completion_document(reference: str, number: int, token: str) -> Response:
    """A document of the answer that is being written, to be saved."""
    with ask() as session:
        _file, found = _load(session, reference, number)
        view, content = queries.document(found, token)
    return download(content, view.media_type, view.name)


def _load(session: Session, reference: str, number: int) -> tuple[File, RequestView]:
    """A file of one's own with a request about it. Raises NotThere."""
    file = load(session, reference)
    found = next((one for one in queries.requests(session, file.application.id, now()) if one.number == number), None)
    if found is None:
        raise NotThere
    return file, found


def _form(file: File, found: RequestView, sent: Any) -> SectionForm:
    return SectionForm(_asked(file, found), queries.completed(file.application, found), sent)


def _asked(file: File, found: RequestView) -> Section:
    """The asked questions as one section, in the order of the form."""
    terms = file.application.terms
    questions = tuple(question for question in terms.questions() if question.id in found.questions)
    return terms.sections[0].model_copy(update={"questions": questions})


def _keep(form: SectionForm, file: File, found: RequestView) -> tuple[str, ...] | None:
    """Save the good answers, take out and put in documents, each by itself; the questions that somebody else answered
    meanwhile. None where the request takes no answer any more."""
    reference, number = file.application.reference, found.number
    try:
        with work() as session:
            conflicts = actions.save(
                session, actor(), reference, number, form.answers(), seen=form.seen(), now=now()
            )  # fmt: skip
        ticked = set(request.form.getlist(REMOVE))
        for one in found.documents:
            if one.token in ticked:
                with work() as session:
                    actions.detach(session, actor(), reference, number, one.token, now=now())
    except Problem as problem:
        errors.tell(problem)
        return None
    _add(form, reference, number)
    return conflicts


def _add(form: SectionForm, reference: str, number: int) -> None:
    limit: int = current_app.config["SETTINGS"].upload_limit
    for question, sent in form.documents():
        content, name = sent.stream.read(), str(sent.filename)
        if len(content) > limit:
            blame_field(form[question.id], _("%(name)s is larger than %(size)s.", name=name, size=size(limit)))
            continue
        try:
            with work() as session:
                actions.attach(session, actor(), reference, number, question.id, name, content, now=now())
        except Problem as problem:
            blame_field(form[question.id], f"{name}{colon()} {errors.sentence(problem)}")


def _send(form: SectionForm, reference: str, number: int) -> bool:
    """Send the answer; where it is refused, say why at the fields or at the top."""
    try:
        with work() as session:
            actions.answer(session, actor(), reference, number, received_at=now())
    except Problem as problem:
        errors.blame(form, problem)
        return False
    flash(_("Your answer is sent. It is the new version of your application; here is the receipt."), "success")
    return True


def _tell_conflicts(form: SectionForm, stored: ApplicationView, conflicts: tuple[str, ...]) -> None:
    """Say under a field what somebody else saved there meanwhile; saved again, what is in the form counts."""
    for question in form.section.questions:
        if question.id in conflicts:
            blame_field(form[question.id], _(
                "Somebody else saved another answer meanwhile: “%(answer)s”. Yours is not saved yet: put together "
                "what should stay and save again.", answer=shown(stored, question) or _("empty"),
            ))  # fmt: skip


def _page(
    file: File, found: RequestView, form: SectionForm, status: int, typed: Mapping[str, Any] | None = None
) -> tuple[str, int]:
    """The request; `typed` is what came too late to be kept, and is shown all the same."""
    with ask() as session:
        every = queries.requests(session, file.application.id, now())
        given = {one.number: changed for one, changed in queries.answers_given(
            session, file.application, now(), language()
        )}  # fmt: skip
    stored = queries.completed(file.application, found)
    editable = queries.editable(file.application, found) if file.writable else frozenset()
    page = render_template(
        "applicant/completion.html", dossier=file, asked=found, form=form, section=form.section, editable=editable,
        others=[one for one in every if one.number != found.number], changed=given.get(found.number, ()),
        view=replace(stored, answers={**stored.answers, **(typed or {})}), shown=shown, size=size,
        largest=size(current_app.config["SETTINGS"].upload_limit),
    )  # fmt: skip
    return page, status
