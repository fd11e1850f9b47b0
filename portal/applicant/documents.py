"""The documents of a draft: put in with the section or at once as they are chosen, taken out, replaced, looked at."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from portal import errors
from portal.answers import size
from portal.applicant import blueprint
from portal.applicant.forms import ReplaceForm, SectionForm, blame_field
from portal.applicant.loading import load
from portal.applicant.places import DraftPlace
from portal.applicant.standing import File, Standing
from portal.downloads import PREVIEWED, download, preview
from portal.language import colon
from portal.work import Session, actor, ask, now, work
from workflows.calls.form import Question
from workflows.calls.terms import Terms
from workflows.permissions import Action
from workflows.problems import NotThere, Problem
from workflows.submission import actions, documents
from workflows.submission.rules import AttachmentView

REMOVE = "_remove"
DOCUMENTS_AT_ONCE = 6
"""How many of the largest documents one request may carry; a section may ask for several."""
FIELDS_AT_ONCE = 5000
"""A long budget beside long tables; the framework's own bound would refuse them with all that was typed."""


@blueprint.url_value_preprocessor
def allow_documents(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """A section may carry several documents, so more than one fits in its request; runs before the form is read."""
    if endpoint == "applicant.section":
        request.max_content_length = DOCUMENTS_AT_ONCE * _limit() + 500_000
    if endpoint in ("applicant.section", "applicant.autosave"):
        request.max_form_parts = FIELDS_AT_ONCE


def remove_ticked(file: File) -> None:
    """Take out the ticked documents; one that is gone already is no problem."""
    ticked = set(request.form.getlist(REMOVE))
    for attachment in file.application.attachments:
        if attachment.token in ticked:
            with suppress(NotThere), work() as session:
                actions.detach(session, actor(), file.application.reference, attachment.token, now=now())


def add_sent(form: SectionForm, file: File) -> None:
    """Put in the sent documents, each by itself; the same one sent twice is there once."""
    for question, sent in form.documents():
        refusal = _put_in(file, question.id, sent)
        if refusal:
            blame_field(form[question.id], refusal)


@blueprint.post("/<reference>/documents/at/<question_id>")
def upload(reference: str, question_id: str) -> Any:
    """Put in one document as it is chosen; as JSON the new list under the question, or why not."""
    with ask() as session:
        file = load(session, reference, Action.EDIT_APPLICATION)
    question, section_id = _asked(file.application.terms, question_id)
    sent = request.files.get("document")
    if sent is None:
        raise NotThere
    refusal = _put_in(file, question_id, sent)
    with ask() as session:
        file = load(session, reference, Action.EDIT_APPLICATION)
    page = render_template(
        "applicant/_documents.html", application=file.application, question=question, size=size, previewed=PREVIEWED,
        place=DraftPlace(reference, section_id, actor().person_id),
    )  # fmt: skip
    return jsonify(list=page, refusal=refusal), 422 if refusal else 200


@blueprint.route("/<reference>/documents/<token>/replace", methods=["GET", "POST"])
def replace_document(reference: str, token: str) -> Any:
    """Put another document in the place of one."""
    with ask() as session:
        file = load(session, reference, Action.EDIT_APPLICATION)
    found = _attached(file, token)
    if file.standing is not Standing.DRAFT:
        return redirect(url_for("applicant.task_list", reference=reference))
    question, section_id = _asked(file.application.terms, found.question_id)
    form = ReplaceForm()
    if form.validate_on_submit():
        refusal = _replace(file, found, form.document.data)
        if refusal is None:
            flash(_("The document is replaced."), "success")
            return redirect(url_for("applicant.section", reference=reference, section_id=section_id))
        form.document.errors = [refusal]
    page = render_template(
        "applicant/replace.html", form=form, dossier=file, found=found, question=question, section_id=section_id,
        size=size, largest=size(_limit()),
    )  # fmt: skip
    return page, 422 if form.errors else 200


@blueprint.get("/<reference>/documents/<token>")
def document(reference: str, token: str) -> Response:
    """A document of the file, to be saved."""
    with ask() as session:
        file = load(session, reference)
        found, content = documents.document(session, file.application, token)
    return download(content, found.media_type, found.name)


@blueprint.get("/<reference>/documents/<token>/preview")
def document_preview(reference: str, token: str) -> Response:
    """An image or a PDF of the file, to be looked at. Raises NotThere for other kinds."""
    with ask() as session:
        file = load(session, reference)
        found, content = documents.document(session, file.application, token)
    return preview(content, found.media_type, found.name)


def take(sent: FileStorage, act: Callable[[Session, str, bytes], object]) -> str | None:
    """Do this with the name and the content of a document; the sentence of the refusal where it is not taken."""
    content, name = sent.stream.read(), str(sent.filename)
    if len(content) > _limit():
        return _("%(name)s is larger than %(size)s.", name=name, size=size(_limit()))
    try:
        with work() as session:
            act(session, name, content)
    except Problem as problem:
        return f"{name}{colon()} {errors.sentence(problem)}"
    return None


def _put_in(file: File, question_id: str, sent: FileStorage) -> str | None:
    """Attach one document; the sentence of the refusal where it is not taken."""

    def attach(session: Session, name: str, content: bytes) -> None:
        actions.attach(session, actor(), file.application.reference, question_id, name, content, now=now())

    return take(sent, attach)


def _replace(file: File, found: AttachmentView, sent: FileStorage) -> str | None:
    def put(session: Session, name: str, content: bytes) -> None:
        actions.replace(session, actor(), file.application.reference, found.token, name, content, now=now())

    return take(sent, put)


def _attached(file: File, token: str) -> AttachmentView:
    found = next((one for one in file.application.attachments if one.token == token), None)
    if found is None:
        raise NotThere
    return found


def _asked(terms: Terms, question_id: str) -> tuple[Question, str]:
    """The question and the section it stands in. Raises NotThere."""
    for section in terms.sections:
        for question in section.questions:
            if question.id == question_id:
                return question, section.id
    raise NotThere


def _limit() -> int:
    limit: int = current_app.config["SETTINGS"].upload_limit
    return limit
