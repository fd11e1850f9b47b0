"""An application as it was submitted, as a document: for the applicant to keep, and for whoever must prove it later."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls.form import Question, QuestionKind, Section
from workflows.calls.queries import terms_of
from workflows.calls.terms import Terms
from workflows.history import HistoryEntry
from workflows.language import say, show_moment, text_in
from workflows.letters.blocks import Block, Document, Facts, Heading, Letterhead, Paragraph, Table
from workflows.letters.compose import dated
from workflows.letters.rules import LetterKind
from workflows.letters.tables import Letter
from workflows.people.queries import organisation_view
from workflows.people.rules import show_enterprise_number
from workflows.problems import NotThere, Reason
from workflows.submission.changes import Change, changes, documents
from workflows.submission.queries import Receipt, receipt_of, receipts
from workflows.submission.shown import in_words
from workflows.submission.tables import Application, Submission

SHORT = 90
"""Characters up to which an answer stands beside its question; a longer one stands below it."""


@dataclass(frozen=True)
class Submitted:
    """Everything the document says. `changed` against the submission before it, if there was one."""

    reference: str
    language: str
    organisation: tuple[str, ...]
    enterprise_number: str
    receipt: Receipt
    terms: Terms
    changed: tuple[Change, ...]
    test: bool = False

    def say(self, code: str) -> str:
        return say(Reason(code, {}), self.language)

    def words(self, question: Question) -> str:
        """The answer to a question, in words; of one that asks for documents, nothing."""
        return in_words(self.terms, question, self.receipt.content["answers"].get(question.id), self.language)

    def label(self, thing: Question | Section) -> str:
        named = thing.title if isinstance(thing, Section) else thing.label
        return text_in(named.texts(), self.language)


def document_of(session: Session, reference: str, number: int, head: Letterhead) -> Document:
    """The document of one submission of a file. Raises NotThere."""
    application = session.scalar(select(Application).where(Application.reference == reference))
    if application is None:
        raise NotThere
    every = {one.submission: one for one in receipts(session, application.id)}
    if number not in every:
        raise NotThere
    receipt, before = every[number], every.get(number - 1)
    terms = terms_of(session, application.call_id, receipt.content["terms_version"])
    organisation = organisation_view(session, application.organisation_id)
    changed = changes(terms, before.content, receipt.content, application.language) if before else ()
    return compose_application(
        Submitted(
            reference, application.language, organisation.address, receipt.content["organisation"], receipt, terms,
            changed, application.test,
        ),
        head,
    )  # fmt: skip


def submission_named(session: Session, receipt_number: str) -> tuple[str, Receipt] | None:
    """The reference of the file and the submission with this receipt number; that of a test proves nothing."""
    found = session.execute(
        select(Application.reference, Submission).join(Application, Application.id == Submission.application_id)
        .where(Submission.receipt_number == receipt_number, ~Application.test)
    ).first()  # fmt: skip
    return (found[0], receipt_of(found[1])) if found else None


def receipt_behind(session: Session, letter: Letter) -> tuple[str, Receipt] | None:
    """The reference and the submission that a letter is the receipt of; None for another letter."""
    if letter.kind != LetterKind.RECEIPT:
        return None
    return submission_named(session, str(session.get_one(HistoryEntry, letter.entry_id).facts["receipt"]))


def compose_application(submitted: Submitted, head: Letterhead) -> Document:
    """The application as blocks: the proof, what changed, then every section with every question."""
    blocks: list[Block] = [_proof(submitted), *_changed(submitted)]
    for number, section in enumerate(submitted.terms.sections, 1):
        blocks += [Heading(f"{number}. {submitted.label(section)}"), *_section(submitted, section)]
    return Document(
        language=submitted.language,
        title=f"{submitted.say('application-test' if submitted.test else 'application-title')} {submitted.reference}",
        reference=submitted.receipt.number,
        dated=dated(submitted.receipt.received_at),
        place=submitted.say("letter-place"),
        recipient=submitted.organisation,
        head=head,
        blocks=tuple(blocks),
        closing=(submitted.say("application-end"),),
    )


def _proof(submitted: Submitted) -> Facts:
    receipt = submitted.receipt
    return Facts((
        (submitted.say("letter-call"), text_in(submitted.terms.name.texts(), submitted.language)),
        (submitted.say("letter-enterprise-number"), show_enterprise_number(submitted.enterprise_number)),
        (submitted.say("letter-receipt-number"), receipt.number),
        (submitted.say("letter-received-at"), show_moment(receipt.received_at, submitted.language)),
        (submitted.say("application-terms"), str(receipt.content["terms_version"])),
        (submitted.say("letter-digest"), receipt.digest),
    ))  # fmt: skip


def _changed(submitted: Submitted) -> list[Block]:
    if submitted.receipt.submission == 1:
        return []
    heading = Heading(submitted.say("application-changed"))
    if not submitted.changed:
        return [heading, Paragraph(submitted.say("application-unchanged"))]
    nothing = submitted.say("application-unanswered")
    head = tuple(submitted.say(code) for code in ("application-question", "application-before", "application-after"))
    rows = tuple(
        (submitted.label(one.question), one.before or nothing, one.after or nothing) for one in submitted.changed
    )
    return [heading, Table(head, rows)]


def _section(submitted: Submitted, section: Section) -> list[Block]:
    blocks: list[Block] = []
    short: list[tuple[str, str]] = []

    def put_short() -> None:
        if short:
            blocks.append(Facts(tuple(short)))
            short.clear()

    for question in section.questions:
        answer = submitted.words(question)
        if question.kind is QuestionKind.DOCUMENT:
            put_short()
            blocks += _documents(submitted, question)
        elif len(answer) > SHORT or "\n" in answer:
            put_short()
            blocks += [Heading(submitted.label(question), 2), Paragraph(answer)]
        else:
            short.append((submitted.label(question), answer or submitted.say("application-unanswered")))
    put_short()
    return blocks


def _documents(submitted: Submitted, question: Question) -> list[Block]:
    found = documents(question.id, submitted.receipt.content)
    if not found:
        return [Facts(((submitted.label(question), submitted.say("application-unanswered")),))]
    rows = tuple((one["name"], one["sha256"]) for one in found)
    return [Table((submitted.say("letter-document"), "SHA-256"), rows, caption=submitted.label(question))]
