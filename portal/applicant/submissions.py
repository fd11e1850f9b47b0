"""What was submitted, each time: the receipt, the application as PDF and as data, the documents."""

from typing import Any

from flask import current_app, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.answers import size
from portal.applicant import blueprint
from portal.applicant.loading import load
from portal.applicant.standing import File
from portal.downloads import download
from portal.language import language
from portal.set_up import office
from portal.work import Session, ask, now, work
from workflows.canonical import canonical
from workflows.files import store
from workflows.files.rules import PDF
from workflows.letters.actions import keep_application
from workflows.letters.application import document_of
from workflows.letters.pdf import to_pdf
from workflows.letters.rules import LetterKind
from workflows.letters.verification import as_proof
from workflows.problems import NotThere
from workflows.submission import documents, queries
from workflows.submission.changes import changes
from workflows.submission.queries import Receipt


@blueprint.get("/<reference>/receipt")
def receipt(reference: str) -> Any:
    """The proof of the last submission. Raises NotThere before there is one."""
    with ask() as session:
        file = load(session, reference)
        receipts = _receipts(session, file)
    return _page(file, receipts, receipts[0])


@blueprint.get("/<reference>/submissions/<int:number>")
def submission(reference: str, number: int) -> Any:
    """The proof of one submission; of the last one it has an address of its own."""
    with ask() as session:
        file = load(session, reference)
        receipts = _receipts(session, file)
    if number == receipts[0].submission:
        return redirect(url_for("applicant.receipt", reference=reference))
    return _page(file, receipts, _numbered(receipts, number))


@blueprint.get("/<reference>/submissions/<int:number>.pdf")
def submission_pdf(reference: str, number: int) -> Response:
    """The application as it was submitted, as PDF: made at once where the background did not come to it yet."""
    with ask() as session:
        file = load(session, reference)
        found = _numbered(_receipts(session, file), number)
        document = None if found.pdf else document_of(session, reference, number, _office_head())
    if document is None:
        content = store.get(found.pdf or "")
    else:
        content = to_pdf(document)
        with work() as session:
            keep_application(session, reference, number, content, now=now())
    return download(content, PDF, f"{reference}-{number}.pdf")


@blueprint.get("/<reference>/submissions/<int:number>.json")
def submission_data(reference: str, number: int) -> Response:
    """The same as data, which everybody can check without this portal."""
    with ask() as session:
        found = _numbered(_receipts(session, load(session, reference)), number)
    return download(canonical(as_proof(found)).encode(), "application/json", f"{reference}-{number}.json")


@blueprint.get("/<reference>/submissions/<int:number>/documents/<int:place>")
def submission_document(reference: str, number: int, place: int) -> Response:
    """A document as it was submitted, were it replaced or removed since; `place` in the list, from 1."""
    with ask() as session:
        found = _numbered(_receipts(session, load(session, reference)), number)
        listed = found.content["documents"]
        if not 1 <= place <= len(listed):
            raise NotThere
        view = documents.submitted_document(session, listed[place - 1])
    return download(store.get(view.sha256), view.media_type, view.name)


def _receipts(session: Session, file: File) -> tuple[Receipt, ...]:
    """The submissions of a file, the last first. Raises NotThere before there is one."""
    found = queries.receipts(session, file.application.id)
    if not found:
        raise NotThere
    return found


def _numbered(receipts: tuple[Receipt, ...], number: int) -> Receipt:
    found = next((one for one in receipts if one.submission == number), None)
    if found is None:
        raise NotThere
    return found


def _office_head() -> Any:
    return office(current_app.config["SETTINGS"]).head


def _page(file: File, receipts: tuple[Receipt, ...], shown: Receipt) -> str:
    before = next((one for one in receipts if one.submission == shown.submission - 1), None)
    terms = file.application.terms
    written = [letter for letter in file.letters if letter.kind is LetterKind.RECEIPT]
    last = shown is receipts[0]
    return render_template(
        "applicant/receipt.html", dossier=file, receipt=shown, receipts=receipts, last=last,
        letter=written[0] if written and last else None, size=size,
        questions={question.id: question for question in terms.questions()},
        changed=changes(terms, before.content, shown.content, language()) if before else (),
    )  # fmt: skip
