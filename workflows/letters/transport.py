"""How a mail leaves: SMTP, or a folder of .eml files for development. Knows no database."""

import os
import re
import smtplib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from workflows.files.store import get


class NotTaken(Exception):
    """The server said no, or was not reached: nothing left, it may be tried again."""


class PerhapsTaken(Exception):
    """The connection broke after the content was handed over: the mail may have left, or not."""


@dataclass(frozen=True)
class Message:
    """A mail ready to leave. `pdf` is the SHA-256 of the attachment, `pdf_name` its name; `more` are further PDFs."""

    message_id: str
    sender: str
    sender_name: str
    to: str
    subject: str
    body: str
    dated: datetime
    pdf: str | None = None
    pdf_name: str = ""
    more: tuple[tuple[str, str], ...] = ()


class Transport(Protocol):
    """Something that takes a mail of this Message-ID. Raises NotTaken or PerhapsTaken."""

    def send(self, message_id: str, mail: EmailMessage) -> None: ...


@dataclass(frozen=True)
class Folder:
    """Leaves each message as a file named by its Message-ID: sending it again changes nothing."""

    path: Path

    def send(self, message_id: str, mail: EmailMessage) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        target = self.path / f"{message_id.strip('<>').split('@')[0]}.eml"
        temporary = target.with_suffix(".part")
        temporary.write_bytes(mail.as_bytes())
        os.replace(temporary, target)


@dataclass(frozen=True)
class Smtp:
    """A mail server."""

    host: str
    port: int
    timeout: float = 20.0

    def send(self, message_id: str, mail: EmailMessage) -> None:
        try:
            server = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(str(error)) from error
        try:
            _address(server, mail)
            _hand_over(server, mail)
        finally:
            server.close()


def _address(server: smtplib.SMTP, mail: EmailMessage) -> None:
    """Everything before the content: whatever breaks here, nothing left. Raises NotTaken."""
    try:
        server.ehlo_or_helo_if_needed()
        for command, argument in (("MAIL", f"FROM:<{_spec(mail, 'From')}>"), ("RCPT", f"TO:<{_spec(mail, 'To')}>")):
            code, said = server.docmd(command, argument)
            if code not in (250, 251):
                raise NotTaken(f"{code} {said.decode('utf-8', 'replace')}")
        code, said = server.docmd("DATA")
        if code != 354:
            raise NotTaken(f"{code} {said.decode('utf-8', 'replace')}")
    except (OSError, UnicodeError, smtplib.SMTPException) as error:
        raise NotTaken(str(error)) from error


def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
    """The content: from its first octet on until the server's word nobody knows. Raises NotTaken, PerhapsTaken."""
    content = re.sub(rb"(?m)^\.", b"..", mail.as_bytes())
    try:
        server.send(content + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n")
        code, said = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise PerhapsTaken(str(error)) from error
    if code != 250:
        raise NotTaken(f"{code} {said.decode('utf-8', 'replace')}")


def _spec(mail: EmailMessage, header: str) -> str:
    spec: str = mail[header].addresses[0].addr_spec
    return spec


def build(message: Message) -> EmailMessage:
    """The message in the form of RFC 5322; the email package refuses line breaks in headers."""
    mail = EmailMessage(policy=SMTP)
    mail["Message-ID"] = message.message_id
    mail["Date"] = format_datetime(message.dated)
    mail["From"] = Address(message.sender_name, addr_spec=message.sender)
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = message.subject
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.body)
    first = ((message.pdf, message.pdf_name or "letter.pdf"),) if message.pdf else ()
    for pdf, name in (*first, *message.more):
        mail.add_attachment(get(pdf), maintype="application", subtype="pdf", filename=name)
    return mail
