"""How a call stands: the figures, the time line, and what must be done now."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.administrator import words
from portal.language import language
from portal.work import Session, actor
from workflows.calls.queries import CallView
from workflows.calls.rules import Stage
from workflows.history import entries
from workflows.language import show_day
from workflows.letters import queries as letters
from workflows.letters.queries import LetterView
from workflows.letters.rules import LetterKind
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.messages import queries as messages
from workflows.permissions import Duty
from workflows.scoring.queries import JUDGED, Scored, scored
from workflows.submission.queries import ApplicationView, conflicted_files, of_call

ANSWERED = {
    ApplicationState.INELIGIBLE: LetterKind.INELIGIBLE,
    ApplicationState.AWARDED: LetterKind.AWARD,
    ApplicationState.RESERVE: LetterKind.RESERVE,
    ApplicationState.REFUSED: LetterKind.REFUSAL,
}


@dataclass(frozen=True)
class Standing:
    """The figures of a call. `unwritten` counts decisions whose letter the background work has not written yet."""

    drafts: int
    received: int
    to_screen: int
    eligible: int
    scored: int
    awarded: int
    without_jurors: int
    without_expert: int
    reviews_missing: int
    without_remark: int
    held: int
    unwritten: int
    unanswered: int


def standing(session: Session, call: CallView) -> Standing:
    """Count how a call stands, for this request's administrator: a file of a conflict of interest counts nowhere."""
    hidden = conflicted_files(session, actor(), call.id)
    files = [found for found in of_call(session, call.id) if found.reference not in hidden]
    states = Counter(found.state for found in files)
    drafts = sum(found.state is ApplicationState.DRAFT and not found.reopened for found in files)
    judged = [found for found in _judged(session, call) if found.application.reference not in hidden]
    written = [letter for letter in letters.of_call(session, call.id) if letter.application not in hidden]
    return Standing(
        drafts=drafts,
        received=len(files) - drafts,
        to_screen=states[ApplicationState.SUBMITTED],
        eligible=sum(states[state] for state in JUDGED),
        scored=sum(found.ready for found in judged) if judged else sum(states[state] for state in JUDGED[1:]),
        awarded=states[ApplicationState.AWARDED],
        without_jurors=sum(lacks_jurors(found) for found in judged),
        without_expert=sum(lacks_expert(found) for found in judged),
        reviews_missing=sum(len(found.waiting) for found in judged),
        without_remark=sum(found.ready and not found.remark for found in judged),
        held=sum(letter.released_at is None for letter in written),
        unanswered=sum(line.unanswered for line in messages.of_call(session, actor(), call.id)),
        unwritten=_unwritten(files, written),
    )  # fmt: skip


def everybody_told(session: Session, call_id: str) -> bool:
    """Whether every decision has its letter and none is held, whoever asks."""
    written = letters.of_call(session, call_id)
    return not (any(letter.released_at is None for letter in written) or _unwritten(of_call(session, call_id), written))


def _unwritten(files: Iterable[ApplicationView], written: Sequence[LetterView]) -> int:
    told = {(letter.application, letter.kind) for letter in written}
    return sum((found.reference, ANSWERED[found.state]) not in told for found in files if found.state in ANSWERED)


def _judged(session: Session, call: CallView) -> tuple[Scored, ...]:
    return scored(session, call.id) if call.state is CallState.PUBLISHED else ()


def lacks_jurors(found: Scored) -> bool:
    """Whether a file has fewer jurors than the call wants."""
    return len(found.of(Duty.JURY)) < found.application.terms.scoring.jurors_per_application


def lacks_expert(found: Scored) -> bool:
    """Whether a file needs a technical opinion and nobody was asked for it."""
    return found.application.terms.scoring.opinion_required and not found.of(Duty.EXPERT)


def time_line(session: Session, call: CallView) -> list[dict[str, str]]:
    """The stages of a call with their dates, for the stage line."""
    done = {entry.event: entry.at for entry in entries(session, f"call:{call.id}")}
    dates = {
        Stage.ANNOUNCED: done.get(Event.PUBLISH),
        Stage.OPEN: call.terms.opens,
        Stage.ASSESSMENT: call.terms.closes,
        Stage.DECIDED: done.get(Event.DECIDE),
        Stage.CLOSED: done.get(Event.CLOSE),
    }
    order = list(Stage)
    found = []
    for stage in order if call.stage is Stage.DRAFT else order[1:]:
        place = order.index(stage) - order.index(call.stage)
        date = dates.get(stage)
        found.append({
            "text": words.stage(stage),
            "state": "done" if place < 0 else "todo" if place else "current",
            "date": show_day(date.date(), language()) if date else "",
        })  # fmt: skip
    return found


def to_do(call: CallView, now: Standing) -> list[dict[str, Any]]:
    """What must be done now, each with the screen on which it is done."""
    found: list[dict[str, Any]] = []

    def add(screen: str, number: int, title: str, tone: str = "warn", **query: str) -> None:
        if number:
            href = url_for(f"administrator.{screen}", call_id=call.id, **query)
            found.append({"title": title, "href": href, "tone": tone})

    add("setup", call.stage is Stage.DRAFT, _("Check the terms and publish the call"))
    n = now.to_screen if call.stage is Stage.ASSESSMENT else 0  # an open call may still take its files back
    add("screening", n, ngettext("%(num)d file to screen", "%(num)d files to screen", n))
    n = now.unanswered
    add("messages", n, ngettext("%(num)d unanswered message", "%(num)d unanswered messages", n))
    n = now.without_jurors
    add("assignment", n, ngettext("%(num)d file without enough jurors", "%(num)d files without enough jurors", n))
    n = now.without_expert
    add("assignment", n, ngettext("%(num)d file without an expert", "%(num)d files without an expert", n))
    n = now.reviews_missing
    add("scoring", n, ngettext("%(num)d review still to come", "%(num)d reviews still to come", n))
    if call.stage is Stage.ASSESSMENT and now.eligible and not (now.to_screen or now.eligible - now.scored):
        add("allocation", 1, _("Everything is scored: preview and decide the allocation"), "info")
    n = now.unwritten
    add("letters", n, ngettext("%(num)d letter is being written", "%(num)d letters are being written", n), "info")
    n = now.held
    held = ngettext("%(num)d letter held until you release it", "%(num)d letters held until you release them", n)
    add("letters", n, held)
    if call.stage is Stage.DECIDED and not (now.held or now.unwritten):
        add("call", 1, _("Every applicant was told: the call can be closed"), "info")
    return found
