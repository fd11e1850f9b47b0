"""All background work: thin tasks that take an id, call one action, and are safe to run twice.

DUE pairs each task with the query that finds its ids: Celery queues them, the embedded loop calls them.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from workflows import troubles, worker
from workflows.database import reading, transaction
from workflows.eligibility import actions as eligibility
from workflows.eligibility import queries as eligibility_queries
from workflows.letters import actions as letters
from workflows.letters import mailing
from workflows.letters import queries as letters_queries
from workflows.letters.mailing import Office
from workflows.letters.pdf import to_pdf
from workflows.letters.transport import Transport
from workflows.permissions import SYSTEM
from workflows.reminders import actions as reminders
from workflows.reminders import queries as reminders_queries
from workflows.submission import actions as submission
from workflows.submission import reopening
from workflows.worker import celery, queue

log = logging.getLogger(__name__)

MOST_QUEUED = 1000
"""Tasks on the broker above which a sweep adds none: the next one will."""

_office: Office | None = None
_transport: Transport | None = None


def equip(office: Office, transport: Transport) -> None:
    """Say in whose name letters are written and by which way mail leaves."""
    global _office, _transport
    _office, _transport = office, transport


def utcnow() -> datetime:
    """The clock of background work."""
    return datetime.now(UTC)


@celery.task(name="restore")
def restore(reference: str) -> None:
    """Let the last submission of a file count that was reopened and not submitted again in time."""
    with transaction() as session:
        submission.restore(session, SYSTEM, reference, now=utcnow())


@celery.task(name="remind_draft")
def remind_draft(reference: str) -> None:
    """Remind the people of an unfinished draft of its deadline."""
    with transaction() as session:
        reminders.remind_draft(session, SYSTEM, reference, now=utcnow())


@celery.task(name="remind_request")
def remind_request(named: str) -> None:
    """Bring to mind a request (`reference/number`) that waits for its answer."""
    reference, number = named.rsplit("/", 1)
    with transaction() as session:
        reminders.remind_request(session, SYSTEM, reference, int(number), now=utcnow())


@celery.task(name="report")
def report(call_id: str) -> None:
    """Give the office the list of what came in for a call."""
    with transaction() as session:
        reminders.report(session, SYSTEM, call_id, now=utcnow())


@celery.task(name="screen")
def screen(reference: str) -> None:
    """Judge the conditions of eligibility of a submitted file."""
    with transaction() as session:
        eligibility.screen(session, SYSTEM, reference, now=utcnow())


@celery.task(name="write_letter")
def write_letter(entry_id: int) -> None:
    """Write the letter that answers a history entry."""
    with transaction() as session:
        letter_id = letters.write(session, entry_id, office())
    if letter_id is not None:
        queue("render_letter", letter_id)  # on a broker the next step need not wait for a tick


@celery.task(name="notify")
def notify(entry_id: int) -> None:
    """Write the mails that tell of a history entry."""
    with transaction() as session:
        mails = letters.notify(session, entry_id, office())
    for mail_id in mails:
        queue("send_mail", mail_id)


@celery.task(name="render_letter")
def render_letter(letter_id: int) -> None:
    """Make the PDF of a letter, and of the application a receipt is of, outside any transaction, and keep them."""
    with reading() as session:
        content = letters_queries.letter(session, letter_id).content
        application = letters.unrendered_application(session, letter_id, office())
    pdf = letters.pdf_of(content)
    submitted = to_pdf(application[2]) if application else b""
    with transaction() as session:
        if application:
            letters.keep_application(session, application[0], application[1], submitted, now=utcnow())
        letters.render(session, letter_id, pdf, now=utcnow())
        mails = letters_queries.mails_of(session, letter_id)
    for mail_id in mails:
        queue("send_mail", mail_id)


@celery.task(name="send_mail")
def send_mail(mail_id: int) -> None:
    """Send a mail: claim it, hand it over outside any transaction, write down what became of it."""
    with transaction() as session:
        claimed = mailing.claim(session, mail_id, office(), now=utcnow())
    if claimed is None:
        return
    fence, message = claimed
    trouble = mailing.send(transport(), message)
    with transaction() as session:
        mailing.settle(session, mail_id, fence, trouble, now=utcnow())


DUE: tuple[tuple[Any, Callable[[Session, datetime], Sequence[str | int]]], ...] = (
    (restore, reopening.unrestored),
    (screen, eligibility_queries.unscreened),
    (remind_draft, reminders_queries.drafts_to_remind),
    (remind_request, reminders_queries.requests_to_remind),
    (report, reminders_queries.calls_to_report),
    (write_letter, letters_queries.unwritten),
    (notify, letters_queries.unnoticed),
    (render_letter, letters_queries.unrendered),
    (send_mail, letters_queries.unsent),
)


def due(task: Any, find: Callable[[Session, datetime], Sequence[str | int]]) -> Sequence[str | int]:
    """The ids one task should run for now; what failed before waits longer each time."""
    with reading() as session:
        found, before = find(session, utcnow()), troubles.waiting(session, task.name, utcnow())
    done = [about for about in before if about not in {str(one) for one in found}]
    if done:
        with transaction() as session:
            troubles.forget(session, task.name, done)
    return [one for one in found if not before.get(str(one), False)]


@celery.task(name="sweep")
def sweep() -> None:
    """Queue whatever is due; run by beat and at every nudge. What is queued already is not queued again on top."""
    worker.pulse()
    if worker.backlog() > MOST_QUEUED:
        return
    for task, find in DUE:
        for found in due(task, find):
            task.delay(found)


def work_off() -> int:
    """Do whatever is due here and now, in its order; returns how many tasks succeeded.

    A task that fails is written down and left for a later round; the others go on. Letters have their numbers before
    they are rendered, and most of that work is done outside Python: so two are rendered at a time.
    """
    done = 0
    for task, find in DUE:
        found = due(task, find)
        side_by_side = task is render_letter and len(found) > 1
        done += sum((_renderers.map if side_by_side else map)(partial(_succeeds, task), found))
    return done


def _succeeds(task: Any, about: str | int) -> bool:
    """Do it; whether it went well. What did not is written down as trouble."""
    with suppress(Exception):
        task(about)
        return True
    return False


_renderers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="render")


def note_trouble(task: str, about: str | int, error: Exception) -> None:
    """Write down that a task failed, so that it waits longer each time. Where not even that can be done, it is tried
    again at the next tick."""
    try:
        with transaction() as session:
            troubles.failed(session, task, about, error, now=utcnow())
    except Exception:
        log.exception("%s(%r): its failure could not be written down", task, about)


worker.tell_troubles(note_trouble)


def office() -> Office:
    """Who writes. Raises RuntimeError before `equip`."""
    if _office is None:
        raise RuntimeError("no office is set: call workflows.tasks.equip first")
    return _office


def transport() -> Transport:
    """How mail leaves. Raises RuntimeError before `equip`."""
    if _transport is None:
        raise RuntimeError("no transport is set: call workflows.tasks.equip first")
    return _transport
