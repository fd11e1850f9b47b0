"""Asking about letters and mails: what is due, what is held, what a person may read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from workflows.canonical import fingerprint
from workflows.files import store
from workflows.history import HistoryEntry
from workflows.letters.rules import LETTER_AFTER, NOTICE_AFTER, LetterKind
from workflows.letters.tables import Letter, Mail, MailState, Noticed, SendingHold
from workflows.lifecycle import ApplicationState, Event
from workflows.permissions import Action, Actor
from workflows.problems import NotThere
from workflows.submission.queries import ApplicationView, own
from workflows.submission.tables import Application

MAILS = select(Mail, Letter).outerjoin(Letter, Letter.id == Mail.letter_id)
"""Mails with the letter that each carries, if any."""

OPEN_HOLD = select(SendingHold).where(SendingHold.lifted_at.is_(None)).order_by(SendingHold.id).limit(1)
"""While this finds a row no mail leaves."""


@dataclass(frozen=True)
class LetterView:
    """A letter as the office or, once released, its recipient sees it."""

    id: int
    number: str
    kind: LetterKind
    application: str
    organisation_id: int
    language: str
    title: str
    content: str
    pdf: str | None
    written_at: datetime
    released_at: datetime | None
    opened_at: datetime | None
    mails: tuple["MailView", ...]


@dataclass(frozen=True)
class MailView:
    """A mail as the office sees it."""

    id: int
    address: str
    language: str
    subject: str
    body: str
    state: MailState
    attempts: int
    sent_at: datetime | None
    trouble: str
    kind: str
    letter_id: int | None
    letter: str
    has_pdf: bool
    link_id: int | None
    perhaps_twice: bool


def of_call(session: Session, call_id: str, *, held_only: bool = False) -> tuple[LetterView, ...]:
    """The letters of a call by number; `held_only` for those nobody released yet and that still hold: an award that
    was cut or given up since, or a reserve that became an award, is told by another letter or by none."""
    statement = (
        select(Letter, Application.reference).join(Application, Application.id == Letter.application_id)
        .where(Application.call_id == call_id).order_by(Letter.year, Letter.number)
    )  # fmt: skip
    if not held_only:
        return _letters(session, statement)
    cut = (
        select(HistoryEntry.id)
        .where(
            HistoryEntry.subject == "application:" + Application.reference, HistoryEntry.event == Event.CUT_AWARD,
            HistoryEntry.id > Letter.entry_id,
        )
        .exists()
    )  # fmt: skip
    lapsed = or_(
        (Letter.kind == LetterKind.AWARD) & (cut | (Application.state != ApplicationState.AWARDED)),
        (Letter.kind == LetterKind.RESERVE) & (Application.state == ApplicationState.AWARDED),
    )
    return _letters(session, statement.where(Letter.released_at.is_(None), ~lapsed))


def released_to(session: Session, actor: Actor, reference: str) -> tuple[LetterView, ...]:
    """The released letters about a file, for the people of its organisation. Raises NotThere for others."""
    return released(session, own(session, actor, reference, Action.READ_OWN_LETTER))


def released(session: Session, application: ApplicationView) -> tuple[LetterView, ...]:
    """The released letters about a file that its reader asked for by `own`; how they were mailed is the office's."""
    found = session.execute(
        select(Letter).where(Letter.application_id == application.id, Letter.released_at.is_not(None))
        .order_by(Letter.year.desc(), Letter.number.desc())
    )  # fmt: skip
    return tuple(_view(one, application.reference, ()) for (one,) in found)


def letter_to(session: Session, actor: Actor, reference: str, letter_id: int) -> LetterView:
    """One released letter, for the people of the organisation it is addressed to. Raises NotThere for others."""
    found = next((one for one in released_to(session, actor, reference) if one.id == letter_id), None)
    if found is None:
        raise NotThere
    return found


def letter(session: Session, letter_id: int) -> LetterView:
    """One letter, for the office. Raises NotThere."""
    found = _letters(
        session,
        select(Letter, Application.reference).join(Application, Application.id == Letter.application_id)
        .where(Letter.id == letter_id),
    )  # fmt: skip
    if not found:
        raise NotThere
    return found[0]


def pdf(view: LetterView) -> bytes:
    """The PDF of a letter. Raises NotThere until it is rendered."""
    if view.pdf is None:
        raise NotThere
    return store.get(view.pdf)


def seen_digest(letters: tuple[LetterView, ...]) -> str:
    """The fingerprint of a set of letters as shown: their numbers and contents."""
    return fingerprint([[one.number, one.content] for one in letters])


def mailbox(session: Session, *, before: int | None = None, limit: int = 200) -> tuple[MailView, ...]:
    """The last mails, or the last before the one of this id, the newest first."""
    found = select(Mail, Letter).outerjoin(Letter).order_by(Mail.id.desc()).limit(limit)
    return mail_views(session, found if before is None else found.where(Mail.id < before))


def mail(session: Session, mail_id: int) -> MailView:
    """One mail. Raises NotThere."""
    found = mail_views(session, select(Mail, Letter).outerjoin(Letter).where(Mail.id == mail_id))
    if not found:
        raise NotThere
    return found[0]


def unwritten(session: Session, now: datetime) -> list[int]:
    """History entries that are to be answered by a letter and are not yet."""
    return list(
        session.scalars(
            select(HistoryEntry.id)
            .where(
                HistoryEntry.event.in_([str(event) for event in LETTER_AFTER]),
                HistoryEntry.subject.startswith("application:"),  # a test is answered by nobody
                ~select(Letter).where(Letter.entry_id == HistoryEntry.id).exists(),
            )
            .order_by(HistoryEntry.id)
        )
    )


def unnoticed(session: Session, now: datetime) -> list[int]:
    """History entries that are to be told by a notice and are not yet."""
    return list(
        session.scalars(
            select(HistoryEntry.id)
            .where(
                HistoryEntry.event.in_([str(event) for event in NOTICE_AFTER]),
                ~select(Noticed).where(Noticed.entry_id == HistoryEntry.id).exists(),
            )
            .order_by(HistoryEntry.id)
        )
    )


def unrendered(session: Session, now: datetime) -> list[int]:
    """Letters without a PDF."""
    return list(session.scalars(select(Letter.id).where(Letter.pdf.is_(None)).order_by(Letter.id)))


def unsent(session: Session, now: datetime) -> list[int]:
    """Mails that can leave now, or whose lease ran out while they were being sent; under a hold only the latter."""
    ready = ~OPEN_HOLD.exists() & (Mail.letter_id.is_(None) | Letter.pdf.is_not(None))
    waiting = (Mail.delivery == MailState.PENDING) & (Mail.run_after <= now) & ready
    lost = (Mail.delivery == MailState.SENDING) & (Mail.leased_until < now)
    return list(session.scalars(select(Mail.id).outerjoin(Letter).where(or_(waiting, lost)).order_by(Mail.id)))


def mails_of(session: Session, letter_id: int) -> list[int]:
    """The mails that carry a letter."""
    return list(session.scalars(select(Mail.id).where(Mail.letter_id == letter_id).order_by(Mail.id)))


def counts(session: Session) -> dict[str, int]:
    """How many mails there are in each state."""
    rows = session.execute(select(Mail.delivery, func.count()).group_by(Mail.delivery).order_by(Mail.delivery))
    return {state: number for state, number in rows}  # noqa: C416  # a Row is no pair to dict() for mypy


def _letters(session: Session, statement: Select[*tuple[Any, ...]]) -> tuple[LetterView, ...]:
    rows = session.execute(statement).all()
    ids = [row[0].id for row in rows]
    mails: dict[int, list[MailView]] = {letter_id: [] for letter_id in ids}
    found = select(Mail, Letter).join(Letter).where(Mail.letter_id.in_(ids)).order_by(Mail.id)
    for one in mail_views(session, found):
        mails[one.letter_id or 0].append(one)
    return tuple(_view(row[0], row[1], tuple(mails[row[0].id])) for row in rows)


def _view(one: Letter, reference: str, mails: tuple[MailView, ...]) -> LetterView:
    return LetterView(
        one.id, one.reference, LetterKind(one.kind), reference, one.recipient_id, one.language, one.title,
        one.content, one.pdf, one.written_at, one.released_at, one.opened_at, mails,
    )  # fmt: skip


def mail_views(session: Session, statement: Select[*tuple[Any, ...]]) -> tuple[MailView, ...]:
    """The mails of a statement like `MAILS`, as the office sees them."""
    return tuple(
        MailView(
            one.id, one.address, one.language, one.subject, one.body, MailState(one.delivery), one.attempts,
            one.sent_at, one.trouble, one.kind, one.letter_id, letter.reference if letter else "",
            letter is not None and letter.pdf is not None, one.link_id, one.perhaps_twice,
        )
        for one, letter in session.execute(statement)
    )  # fmt: skip
