"""A call as it was prepared, shown to the office in the screens of others: with a made-up file, and read-only."""

from dataclasses import replace

from portal.language import language
from portal.work import Session, now
from workflows.calls.queries import CallView, call_view, working_copy
from workflows.calls.readiness import read
from workflows.calls.rules import Stage
from workflows.lifecycle import ApplicationState
from workflows.submission.example import example
from workflows.submission.queries import ApplicationView

PREFIX = "preview-"
"""Begins the reference of a made-up file in addresses; references of files are written in capitals."""


def prepared(session: Session, call_id: str) -> CallView:
    """The call with the terms in preparation, as if it were open. Raises Problem `call-not-ready`, NotThere."""
    found = call_view(session, call_id, now())
    terms = read(working_copy(session, call_id).content)
    return replace(found, terms=terms, stage=Stage.OPEN)


def made_up(call: CallView, state: ApplicationState = ApplicationState.DRAFT) -> ApplicationView:
    """The file of a made-up association in the call, under the address of its preview."""
    written = language() if language() != "en" else "fr"
    return replace(example(call.terms, call.id, written, now(), state), reference=PREFIX + call.id)
