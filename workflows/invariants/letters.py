"""The checks of letters, mails and documents, entered beside the others."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.canonical import fingerprint
from workflows.files import store
from workflows.files.tables import Document
from workflows.history import HistoryEntry
from workflows.invariants.checks import check, gaps
from workflows.letters.blocks import from_json
from workflows.letters.rules import LETTER_AFTER
from workflows.letters.tables import Letter, Mail, MailState, Noticed
from workflows.lifecycle import Event
from workflows.submission.tables import Application

DOCUMENTS = "Every document is in the store, with its own hash"


@check("Letters are numbered without gaps in each year")
def _numbers(session: Session) -> Iterator[str]:
    numbers: dict[int, list[int]] = defaultdict(list)
    for year, number in session.execute(select(Letter.year, Letter.number)):
        numbers[year].append(number)
    for year, given in sorted(numbers.items()):
        for missing in gaps(given):
            yield f"letter {year}/{missing:04d} is missing"


@check("Every letter answers its event, once, and is as it was released")
def _letters(session: Session) -> Iterator[str]:
    released = {
        entry.facts["letter"]: entry.facts["content"]
        for entry in session.scalars(select(HistoryEntry).where(HistoryEntry.event == Event.RELEASE_LETTER))
    }
    answered: Counter[int] = Counter()
    found = (
        select(Letter, HistoryEntry, Application)
        .join(HistoryEntry, HistoryEntry.id == Letter.entry_id)
        .join(Application, Application.id == Letter.application_id)
        .order_by(Letter.year, Letter.number)
    )
    for letter, entry, application in session.execute(found):
        answered[letter.entry_id] += 1
        if LETTER_AFTER.get(Event(entry.event)) != letter.kind or entry.subject != application.subject:
            yield f"letter {letter.reference}: is no answer to {entry.event} of {entry.subject}"
        if answered[letter.entry_id] > 1:
            yield f"letter {letter.reference}: is a second answer to {entry.event} of {entry.subject}"
        if released.get(letter.reference, fingerprint(letter.content)) != fingerprint(letter.content):
            yield f"letter {letter.reference}: its text was changed after its release"
        try:
            from_json(letter.content)
        except (ValueError, KeyError, TypeError):
            yield f"letter {letter.reference}: its text cannot be read"


@check("Nothing left that nobody released, and every mail is in one state")
def _mails(session: Session) -> Iterator[str]:
    early = select(Mail.id, Letter).join(Letter, Letter.id == Mail.letter_id).where(Letter.released_at.is_(None))
    for mail_id, letter in session.execute(early):
        yield f"mail {mail_id}: carries letter {letter.reference}, which is not released"
    for one in session.scalars(select(Mail)):
        if one.delivery not in set(MailState):
            yield f"mail {one.id}: is in no state, but {one.delivery!r}"
        elif (one.delivery == MailState.SENT) != (one.sent_at is not None) and not one.perhaps_twice:
            yield f"mail {one.id}: is {one.delivery}, sent at {one.sent_at}"
        elif one.delivery == MailState.SENDING and (one.leased_until is None or one.fence < 1):
            yield f"mail {one.id}: is being sent by nobody"


@check("Every notice that was written is there")
def _notices(session: Session) -> Iterator[str]:
    written = (
        select(Mail.entry_id, func.count().label("number")).where(Mail.letter_id.is_(None)).group_by(Mail.entry_id)
    ).subquery()
    found = select(Noticed.entry_id, Noticed.mails, func.coalesce(written.c.number, 0)).outerjoin(
        written, written.c.entry_id == Noticed.entry_id
    )
    for entry_id, said, there in session.execute(found):
        if said != there:
            yield f"entry {entry_id} of the history: {said} notices were written, {there} are there"


@check(DOCUMENTS)
def _documents(session: Session) -> Iterator[str]:
    for one in session.scalars(select(Document).order_by(Document.sha256)):
        try:
            content = store.get(one.sha256)
        except OSError:
            yield f"document {one.sha256}: is not in the store"
        except ValueError:
            yield f"document {one.sha256}: is damaged"
        else:
            if len(content) != one.size:
                yield f"document {one.sha256}: has {len(content)} bytes, {one.size} were noted"
