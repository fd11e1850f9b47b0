"""What the administration asks to complete in a submitted file: only that can be changed, and it counts once it is
sent."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from portal import errors
from portal.answers import shown, shown_or_typed, size
from portal.applicant import blueprint
from portal.applicant.autosave import told
from portal.applicant.documents import DOCUMENTS_AT_ONCE, FIELDS_AT_ONCE, REMOVE, take
from portal.applicant.forms import ADD_ROW, THEN, SectionForm, blame_field, sent_form
from portal.applicant.loading import load
from portal.applicant.places import RequestPlace
from portal.applicant.standing import File
from portal.downloads import PREVIEWED, download, preview
from portal.guard import keeps_text
from portal.language import language
from portal.work import Session, actor, ask, now, work
from workflows.calls.form import Section
from workflows.completion import actions, queries
from workflows.completion.queries import RequestView
from workflows.problems import NotThere, Problem
from workflows.submission.drafts import Saved
from workflows.submission.queries import ApplicationView
from workflows.submission.rules import AttachmentView
from workflows.submission.unread import readable

SEND = "send"
"""What the button that sends the answer says as `_then`; the other one saves."""


@blueprint.url_value_preprocessor
def allow_documents_asked(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """An answer may carry several documents, so more than one fits in its request."""
    if endpoint == "applicant.completion":
        request.max_content_length = DOCUMENTS_AT_ONCE * current_app.config["SETTINGS"].upload_limit + 500_000
    if endpoint in ("applicant.completion", "applicant.completion_autosave"):
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
            flash(_("Saved, and not sent yet. Your answer counts once you send it."), "saved")
            rows = then.removeprefix(ADD_ROW) if then.startswith(ADD_ROW) else None
            anchor = f"{rows}.new" if rows else None
            return redirect(url_for(
                "applicant.completion", reference=reference, number=number, row=rows, _anchor=anchor
            ))  # fmt: skip
    typed = form.kept()
    with ask() as session:
        file, found = _load(session, reference, number)
    stored = queries.completed(file.application, found)
    form.refresh(stored, {name for name in form.errors if name in form} | set(conflicts or ()))
    _tell_conflicts(form, stored, conflicts or ())
    form.grow(then.removeprefix(ADD_ROW))
    mine = typed if conflicts is None else {}
    return _page(file, found, form, 409 if conflicts else 422, mine)


@blueprint.post("/<reference>/requests/<int:number>/autosave")
def completion_autosave(reference: str, number: int) -> Any:
    """Keep what was typed so far, as the autosave of a section does."""
    with ask() as session:
        file, found = _load(session, reference, number)
    form = _form(file, found, request.form)
    form.validate()
    form.forgive_unasked()
    try:
        saved = _save(form, reference, number, ring=False)
    except Problem as problem:
        return jsonify(problem=errors.sentence(problem)), 409
    return jsonify(told(form, queries.completed(file.application, found), saved))


@blueprint.post("/<reference>/requests/<int:number>/documents/at/<question_id>")
def completion_upload(reference: str, number: int, question_id: str) -> Any:
    """Put in one document as it is chosen; as JSON the new list under the question, or why not."""
    sent = request.files.get("document")
    with ask() as session:
        file, found = _load(session, reference, number)
    question = next((one for one in _asked(file, found).questions if one.id == question_id), None)
    if sent is None or question is None:
        raise NotThere
    refusal = _put_in(reference, number, question_id, sent)
    with ask() as session:
        file, found = _load(session, reference, number)
    page = render_template(
        "applicant/_documents.html", application=queries.completed(file.application, found), question=question,
        size=size, previewed=PREVIEWED, place=_place(file, found),
    )  # fmt: skip
    return jsonify(list=page, refusal=refusal), 422 if refusal else 200


@blueprint.get("/<reference>/requests/<int:number>/documents/<token>")
def completion_document(reference: str, number: int, token: str) -> Response:
    """A document of the answer that is being written, to be saved."""
    view, content = _document(reference, number, token)
    return download(content, view.media_type, view.name)


@blueprint.get("/<reference>/requests/<int:number>/documents/<token>/preview")
def completion_preview(reference: str, number: int, token: str) -> Response:
    """An image or a PDF of the answer that is being written, to be looked at. Raises NotThere for other kinds."""
    view, content = _document(reference, number, token)
    return preview(content, view.media_type, view.name)


def _document(reference: str, number: int, token: str) -> tuple[AttachmentView, bytes]:
    with ask() as session:
        _file, found = _load(session, reference, number)
    return queries.document(found, token)


def _place(file: File, found: RequestView) -> RequestPlace:
    return RequestPlace(file.application.reference, found.number, actor().person_id)


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
    """Save the answers, take out and put in documents, each by itself; the questions that somebody else answered
    meanwhile. None where the request takes no answer any more."""
    reference, number = file.application.reference, found.number
    try:
        conflicts = _save(form, reference, number).conflicts
        ticked = set(request.form.getlist(REMOVE))
        for one in found.documents:
            if one.token in ticked:
                with work() as session:
                    actions.detach(session, actor(), reference, number, one.token, now=now())
    except Problem as problem:
        errors.tell(problem)
        return None
    for question, sent in form.documents():
        refusal = _put_in(reference, number, question.id, sent)
        if refusal:
            blame_field(form[question.id], refusal)
    return conflicts


def _save(form: SectionForm, reference: str, number: int, *, ring: bool = True) -> Saved:
    with work(ring=ring) as session:
        return actions.save(session, actor(), reference, number, form.kept(), seen=form.seen(), now=now())


def _put_in(reference: str, number: int, question_id: str, sent: FileStorage) -> str | None:
    """Put one document with the answer; the sentence of the refusal where it is not taken."""

    def attach(session: Session, name: str, content: bytes) -> None:
        actions.attach(session, actor(), reference, number, question_id, name, content, now=now())

    return take(sent, attach)


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
            theirs = shown_or_typed(stored, question, stored.in_draft.get(question.id))
            blame_field(form[question.id], _(
                "Somebody else saved another answer meanwhile: “%(answer)s”. Yours is not saved yet: put together "
                "what should stay and save again.", answer=theirs or _("empty"),
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
        view=replace(stored, answers={**stored.answers, **readable(typed or {})}), shown=shown, size=size,
        largest=size(current_app.config["SETTINGS"].upload_limit), previewed=PREVIEWED, place=_place(file, found),
        sent=request.method == "POST",
    )  # fmt: skip
    return page, status
