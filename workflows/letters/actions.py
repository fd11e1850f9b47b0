"""Writing, rendering, releasing and sending letters. The history says what is due; these rows say what was done."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.canonical import fingerprint
from workflows.database import lock_chain
from workflows.files import store
from workflows.files.rules import PDF
from workflows.files.tables import Document as StoredDocument
from workflows.history import HistoryEntry, record
from workflows.language import say
from workflows.letters import queries
from workflows.letters.blocks import Letterhead, from_json, to_json
from workflows.letters.compose import Material, compose, dated
from workflows.letters.pdf import to_pdf
from workflows.letters.plain import to_text
from workflows.letters.rules import LEASE, LEAVES_AT_ONCE, LETTER_AFTER, LetterKind, next_attempt
from workflows.letters.tables import Letter, Mail, MailState
from workflows.letters.transport import Message, NotTaken, PerhapsTaken, Transport, build
from workflows.lifecycle import Event
from workflows.people.queries import members
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem, Reason
from workflows.scoring.queries import scored_file
from workflows.submission import queries as applications
from workflows.submission.tables import Application


@dataclass(frozen=True)
class Office:
    """Who writes: the letterhead, the address mails come from, and the address of the portal for links."""

    head: Letterhead
    mail: str
    portal: str


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


def pdf_of(content: str) -> bytes:
    """The PDF of a frozen letter; slow, so never inside a transaction."""
    return to_pdf(from_json(content))


def release(session: Session, actor: Actor, call_id: str, seen: str, office: Office, *, now: datetime) -> int:
    """Let the held letters of a call go, if they are the set that was seen; returns how many.

    `seen` is the fingerprint of the set on the screen. Raises Problem `letters-changed` or `nothing-held`.
    """
    require(actor, Action.RELEASE_LETTERS, applications.call_relation(session, actor, call_id))
    held = queries.of_call(session, call_id, held_only=True)
    if not held:
        raise Problem("nothing-held")
    if queries.seen_digest(held) != seen:
        raise Problem("letters-changed")
    for one in held:
        letter = session.get_one(Letter, one.id, with_for_update=True)
        _let_go(session, letter, office, actor_id=actor.person_id, now=now)
        application = session.get_one(Application, letter.application_id)
        record(
            session, application, Event.RELEASE_LETTER, actor=actor, now=now,
            facts={"letter": letter.reference, "content": fingerprint(letter.content)},
        )  # fmt: skip
    return len(held)


def open_letter(session: Session, actor: Actor, reference: str, letter_id: int, *, now: datetime) -> queries.LetterView:
    """A released letter, for a member of its organisation; the first opening is written down as proof of reading."""
    found = next((one for one in queries.released_to(session, actor, reference) if one.id == letter_id), None)
    if found is None:
        raise NotThere
    letter = session.get_one(Letter, letter_id)
    if letter.opened_at is None:
        letter.opened_at = now
        application = session.get_one(Application, letter.application_id)
        facts = {"letter": letter.reference}
        record(session, application, Event.READ_LETTER, actor=actor, now=now, facts=facts)
    return found


def claim(session: Session, mail_id: int, office: Office, *, now: datetime) -> tuple[int, Message] | None:
    """Take a mail to send it: a lease with a fence number, committed before anything leaves.

    None where somebody else has it, or nothing is to be sent. A lease that ran out leaves the mail `unknown`:
    it may have left, so it is not sent again by itself.
    """
    mail = session.get(Mail, mail_id, with_for_update=True)
    if mail is None:
        return None
    if mail.delivery == MailState.SENDING and mail.leased_until and mail.leased_until < now:
        mail.delivery, mail.trouble = (
            MailState.UNKNOWN,
            "the sender stopped before it could say whether it was taken",
        )
        return None
    letter = session.get_one(Letter, mail.letter_id)
    if mail.delivery != MailState.PENDING or mail.run_after > now or letter.pdf is None:
        return None
    mail.delivery, mail.leased_until = MailState.SENDING, now + LEASE
    mail.fence, mail.attempts = mail.fence + 1, mail.attempts + 1
    message = Message(
        mail.message_id, office.mail, office.head.office, mail.address, mail.subject, mail.body, mail.run_after,
        letter.pdf, f"{letter.reference.replace('/', '-')}.pdf",
    )  # fmt: skip
    return mail.fence, message


def settle(session: Session, mail_id: int, fence: int, trouble: Exception | None, *, now: datetime) -> None:
    """Write down what became of a claimed mail, unless the claim was lost meanwhile."""
    mail = session.get_one(Mail, mail_id, with_for_update=True)
    if mail.fence != fence or mail.delivery != MailState.SENDING:
        return
    match trouble:
        case None:
            mail.delivery, mail.sent_at, mail.trouble = MailState.SENT, now, ""
        case PerhapsTaken():
            mail.delivery, mail.trouble = MailState.UNKNOWN, str(trouble)
        case _:
            again = next_attempt(mail.attempts, now)
            mail.trouble = str(trouble)
            mail.delivery = MailState.PENDING if again else MailState.FAILED
            mail.run_after = again or mail.run_after


def send(transport: Transport, message: Message) -> Exception | None:
    """Hand the message over; what went wrong, None where the server took it."""
    try:
        mail = build(message)
    except Exception as error:  # whatever cannot be made into a mail did certainly not leave
        return NotTaken(str(error))
    try:
        transport.send(message.message_id, mail)
    except (NotTaken, PerhapsTaken) as error:
        return error
    return None


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
                letter_id=letter.id, person_id=person.id, address=person.email, language=letter.language,
                subject=subject, body=body, run_after=now,
                message_id=f"<letter-{letter.year}-{letter.number:04d}-{person.id}@{_domain(office.mail)}>",
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


def _domain(address: str) -> str:
    return address.rsplit("@", 1)[-1]
