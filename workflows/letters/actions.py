"""Writing, rendering, releasing and sending letters. The history says what is due; these rows say what was done."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.awards.queries import awaiting_signature, caretaking
from workflows.canonical import fingerprint
from workflows.database import lock_chain
from workflows.files import store
from workflows.files.actions import take_in
from workflows.files.rules import PDF
from workflows.files.tables import Document as StoredDocument
from workflows.history import HistoryEntry, record
from workflows.language import say
from workflows.letters import queries
from workflows.letters.application import document_of, receipt_behind
from workflows.letters.blocks import Document, from_json, to_json
from workflows.letters.completeness import missing_parts
from workflows.letters.compose import Material, compose, dated
from workflows.letters.mailing import Office
from workflows.letters.notices import RECIPIENTS
from workflows.letters.pdf import to_pdf
from workflows.letters.plain import to_text
from workflows.letters.rules import (
    LEAVES_AT_ONCE,
    LETTER_AFTER,
    LINK,
    NOTICE_AFTER,
    LetterKind,
)
from workflows.letters.tables import Letter, Mail, Noticed
from workflows.lifecycle import Event
from workflows.people.queries import members
from workflows.permissions import Action, Actor, require
from workflows.problems import Problem, Problems, Reason
from workflows.scoring.queries import scored_file
from workflows.submission import queries as applications
from workflows.submission.actions import keep_pdf
from workflows.submission.tables import Application

LETTER = "letter"
"""The kind of a mail that carries a letter; every other kind is that of a notice."""


def write(session: Session, entry_id: int, office: Office) -> int | None:
    """Write the letter that answers a history entry, once: number, frozen text, and its mails; its id if it is new.

    The letter bears the date of the event. A letter that leaves at once is released as it is written.
    """
    entry = session.get_one(HistoryEntry, entry_id)
    kind = LETTER_AFTER[Event(entry.event)]
    reference = entry.subject.split(":", 1)[1]
    application = applications.row(session, reference, lock=True)
    if session.scalar(select(Letter.id).where(Letter.entry_id == entry_id)):
        return None
    year = dated(entry.at).year
    lock_chain(session, f"letters:{year}")
    number = (session.scalar(select(func.max(Letter.number)).where(Letter.year == year)) or 0) + 1
    material = _material(session, entry, kind, f"{year}/{number:04d}", reference, office)
    document = compose(material)
    letter = Letter(
        year=year, number=number, entry_id=entry_id, kind=kind, application_id=application.id,
        recipient_id=application.organisation_id, language=document.language, title=document.title,
        content=to_json(document), written_at=entry.at,
    )  # fmt: skip
    session.add(letter)
    session.flush()
    if kind in LEAVES_AT_ONCE:
        _let_go(session, letter, office, actor_id=None, now=entry.at)
    return letter.id


def notify(session: Session, entry_id: int, office: Office) -> tuple[int, ...]:
    """Write the mails that tell of a history entry, each once; their ids, none where that was done before."""
    entry = session.get_one(HistoryEntry, entry_id, with_for_update=True)
    if session.get(Noticed, entry_id) is not None:
        return ()
    kind = NOTICE_AFTER[Event(entry.event)]
    mails = []
    for number, one in enumerate(RECIPIENTS[kind](session, entry), 1):
        facts = {**entry.facts, **one.facts, "name": one.name, "portal": office.portal, "office": office.head.office}
        facts["link"] = LINK if one.link_id else f"{office.portal}{one.path}"
        subject = " ".join(say(Reason(f"notice-{kind}-subject", facts), one.language).split())
        mails.append(
            Mail(
                entry_id=entry_id, kind=kind, link_id=one.link_id, address=one.address, language=one.language,
                subject=subject[:300], body=say(Reason(f"notice-{kind}", facts), one.language), run_after=entry.at,
                message_id=f"<notice-{entry_id}-{number}@{office.domain}>",
            )
        )  # fmt: skip
    session.add_all([*mails, Noticed(entry_id=entry_id, mails=len(mails))])
    session.flush()
    return tuple(mail.id for mail in mails)


def render(session: Session, letter_id: int, pdf: bytes, *, now: datetime) -> None:
    """Keep the PDF made of a letter's frozen text; a second one changes nothing."""
    letter = session.get_one(Letter, letter_id, with_for_update=True)
    if letter.pdf is not None:
        return
    digest = store.put(pdf)
    if session.get(StoredDocument, digest) is None:
        session.add(StoredDocument(sha256=digest, size=len(pdf), media_type=PDF, stored_at=now))
        session.flush()
    letter.pdf = digest


def keep_application(session: Session, reference: str, number: int, pdf: bytes, *, now: datetime) -> None:
    """Keep the PDF of a submission; a second one changes nothing."""
    keep_pdf(session, reference, number, take_in(session, pdf, now=now).sha256)


def unrendered_application(session: Session, letter_id: int, office: Office) -> tuple[str, int, Document] | None:
    """The submission of which a letter is the receipt, as a document, while it has no PDF."""
    found = receipt_behind(session, session.get_one(Letter, letter_id))
    if found is None or found[1].pdf is not None:
        return None
    reference, receipt = found
    return reference, receipt.submission, document_of(session, reference, receipt.submission, office.head)


def pdf_of(content: str) -> bytes:
    """The PDF of a frozen letter; slow, so never inside a transaction."""
    return to_pdf(from_json(content))


def release(session: Session, actor: Actor, call_id: str, seen: str, office: Office, *, now: datetime) -> int:
    """Let the held letters of a call go, if they are the set that was seen; returns how many.

    `seen` is the fingerprint of the set on the screen. Award letters that must wait stay held
    (`withheld`). Raises Problem `letters-changed`, `nothing-held`, what each lacks (`letters.completeness`), or
    `awards-held` where all of them must wait.
    """
    require(actor, Action.RELEASE_LETTERS, applications.call_relation(session, actor, call_id))
    held = queries.of_call(session, call_id, held_only=True)
    if not held:
        raise Problem("nothing-held")
    if queries.seen_digest(held) != seen:
        raise Problem("letters-changed")
    waiting = withheld(session, call_id, held, now)
    free = [one for one in held if one.id not in waiting]
    if not free:
        raise Problem("awards-held")
    _refuse_incomplete(free)
    for one in free:
        letter = session.get_one(Letter, one.id, with_for_update=True)
        _let_go(session, letter, office, actor_id=actor.person_id, now=now)
        application = session.get_one(Application, letter.application_id)
        record(
            session, application, Event.RELEASE_LETTER, actor=actor, now=now,
            facts={"letter": letter.reference, "content": fingerprint(letter.content)},
        )  # fmt: skip
    return len(free)


def _refuse_incomplete(letters: Sequence[queries.LetterView]) -> None:
    lacking = tuple(
        Problem(code, letter=one.number, file=one.application)
        for one in letters
        for code in missing_parts(one.kind, from_json(one.content))
    )
    if lacking:
        raise Problems(lacking)


def withheld(session: Session, call_id: str, held: Sequence[queries.LetterView], now: datetime) -> frozenset[int]:
    """The award letters that must wait: no act is signed behind them, and a caretaker period lasts."""
    if caretaking(session, now) is None:
        return frozenset()
    unsigned = awaiting_signature(session, call_id)
    return frozenset(one.id for one in held if one.kind is LetterKind.AWARD and one.application in unsigned)


def open_letter(session: Session, actor: Actor, reference: str, letter_id: int, *, now: datetime) -> queries.LetterView:
    """A released letter, for a member of its organisation; the first opening is written down as proof of reading."""
    found = queries.letter_to(session, actor, reference, letter_id)
    letter = session.get_one(Letter, letter_id)
    if letter.opened_at is None:
        letter.opened_at = now
        application = session.get_one(Application, letter.application_id)
        facts = {"letter": letter.reference}
        record(session, application, Event.READ_LETTER, actor=actor, now=now, facts=facts)
    return found


def _let_go(session: Session, letter: Letter, office: Office, *, actor_id: int | None, now: datetime) -> None:
    letter.released_at, letter.released_by = now, actor_id
    application = session.get_one(Application, letter.application_id)
    link = f"{office.portal}/applications/{application.reference}/letters/{letter.id}"
    text = to_text(from_json(letter.content))
    subject = " ".join(f"[{application.reference}] {letter.title}".split())  # a header is one line
    for person in members(session, letter.recipient_id):
        body = say(Reason("mail-letter", {"name": person.name, "link": link, "letter": text}), letter.language)
        session.add(
            Mail(
                entry_id=letter.entry_id, kind=LETTER, letter_id=letter.id, address=person.email,
                language=letter.language, subject=subject, body=body, run_after=now,
                message_id=f"<letter-{letter.year}-{letter.number:04d}-{person.id}@{office.domain}>",
            )
        )  # fmt: skip


def _material(
    session: Session, entry: HistoryEntry, kind: LetterKind, number: str, reference: str, office: Office
) -> Material:
    found = applications.view(session, reference)
    receipts = applications.receipts(session, found.id)
    receipt = next((one for one in receipts if one.number == entry.facts.get("receipt")), None)
    decided = kind in (LetterKind.AWARD, LetterKind.RESERVE, LetterKind.REFUSAL)
    return Material(
        kind, number, dated(entry.at), office.head, found, entry.facts, entry.reason, receipt,
        scored_file(session, reference) if decided else None,
    )  # fmt: skip
