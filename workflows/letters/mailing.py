"""How a mail leaves: claimed with a lease, handed over outside any transaction, settled; never sent twice blindly."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from workflows.letters.application import receipt_behind
from workflows.letters.blocks import Letterhead
from workflows.letters.queries import OPEN_HOLD
from workflows.letters.rules import LEASE, LINK, next_attempt
from workflows.letters.tables import Letter, Mail, MailState
from workflows.letters.transport import Message, NotTaken, PerhapsTaken, Transport, build
from workflows.people import links
from workflows.people.tables import Link


@dataclass(frozen=True)
class Office:
    """Who writes: the letterhead, the address mails come from, and the address of the portal for links."""

    head: Letterhead
    mail: str
    portal: str

    @property
    def domain(self) -> str:
        """What stands behind the @ of a Message-ID."""
        return self.mail.rsplit("@", 1)[-1]


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
    letter = session.get_one(Letter, mail.letter_id) if mail.letter_id else None
    if mail.delivery != MailState.PENDING or mail.run_after > now or (letter and letter.pdf is None):
        return None
    if session.scalar(OPEN_HOLD) is not None:
        return None
    mail.delivery, mail.leased_until = MailState.SENDING, now + LEASE
    mail.fence, mail.attempts = mail.fence + 1, mail.attempts + 1
    message = Message(
        mail.message_id, office.mail, office.head.office, mail.address, mail.subject,
        with_link(session, mail.body, mail.link_id, office), mail.run_after,
        letter.pdf if letter else None, f"{letter.reference.replace('/', '-')}.pdf" if letter else "",
        _with_receipt(session, letter),
    )  # fmt: skip
    return mail.fence, message


def _with_receipt(session: Session, letter: Letter | None) -> tuple[tuple[str, str], ...]:
    """The application as it was submitted goes with the letter that is its receipt."""
    found = receipt_behind(session, letter) if letter else None
    pdf = found[1].pdf if found else None
    return ((pdf, f"{found[0]}-{found[1].submission}.pdf"),) if found and pdf else ()


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


def with_link(session: Session, body: str, link_id: int | None, office: Office) -> str:
    """The text of a mail with the address of its single-use link, which no table holds."""
    if link_id is None:
        return body
    link = session.get_one(Link, link_id)
    return body.replace(LINK, f"{office.portal}/link/{links.token(link.id, links.Purpose(link.purpose))}")
