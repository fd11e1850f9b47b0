"""What may be asked for after a submission, until when, and what may be changed in answer. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows.calls.form import Question
from workflows.lifecycle import ApplicationState
from workflows.problems import Problem, Problems

LONGEST = 3000
"""Characters of the explanation."""


class RequestState(StrEnum):
    """Where a request stands; that it expired follows from the clock."""

    OPEN = "open"
    ANSWERED = "answered"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True)
class Facts:
    """What the standing of a request follows from. `of_submission` is the submission it is about, `last_submission`
    the last one of the file."""

    due_at: datetime
    answered_at: datetime | None
    withdrawn_at: datetime | None
    of_submission: int
    last_submission: int


def state(facts: Facts, now: datetime) -> RequestState:
    """Where a request stands at this instant; an answer is in time where it arrives before `due_at`.

    A file that was submitted anew by itself, as a later deadline of its call allows, has overtaken the request.
    """
    if facts.withdrawn_at is not None:
        return RequestState.WITHDRAWN
    if facts.answered_at is not None:
        return RequestState.ANSWERED
    if facts.of_submission != facts.last_submission:
        return RequestState.OVERTAKEN
    return RequestState.OPEN if now < facts.due_at else RequestState.EXPIRED


def editable_questions(
    questions: Collection[str], request: RequestState, file: ApplicationState
) -> frozenset[str]:  # fmt: skip
    """The questions of a submitted file that may be answered anew: those asked for, while that is open."""
    open_now = request is RequestState.OPEN and file is ApplicationState.SUBMITTED
    return frozenset(questions) if open_now else frozenset()


def with_those_they_bring(asked: Collection[str], form: Iterable[Question]) -> frozenset[str]:
    """The questions asked for and those of the form that are asked because of an answer to one of them: whoever changes
    the one must be able to answer the other. The form names a condition after the question it looks at."""
    found = set(asked)
    for question in form:
        if question.only_if is not None and question.only_if.question in found:
            found.add(question.id)
    return frozenset(found)


def check_request(
    asked: Iterable[str], known: Collection[str], explanation: str, due_at: datetime, now: datetime
) -> None:  # fmt: skip
    """Raise Problems with everything that is wrong with a request: it names no question of the form, it explains
    nothing or too much, its deadline has passed."""
    found: list[Problem] = []
    wanted = set(asked)
    if not wanted or not wanted <= set(known):
        found.append(Problem("completion-names-nothing", field="questions"))
    if not explanation.strip():
        found.append(Problem("completion-unexplained", field="explanation"))
    elif len(explanation) > LONGEST:
        found.append(Problem("text-too-long", field="explanation", most=LONGEST, given=len(explanation)))
    if due_at <= now:
        found.append(Problem("completion-due-passed", field="due_on", due_at=due_at.isoformat()))
    if found:
        raise Problems(tuple(found))


def closed(request: RequestState, due_at: datetime) -> Problem:
    """Why a request takes no answer any more."""
    return Problem(f"completion-{request}", due_at=due_at.isoformat())
