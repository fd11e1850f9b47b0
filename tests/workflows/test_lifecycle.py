"""Every state against every event, on one page: what leads where, and what leads nowhere."""

from collections.abc import Sequence

import pytest

from workflows.lifecycle import ApplicationState, CallState, Event, State, next_state
from workflows.problems import Problem, Reason

CALL = """
         draft      published  decided    closed
publish  published  .          .          .
decide   .          decided    .          .
close    .          .          closed     .
"""

APPLICATION = """
                    draft       submitted   eligible    ineligible  awarded     reserve     refused     withdrawn
submit              submitted   .           .           .           .           .           .           .
bring-in            submitted   .           .           .           .           .           .           .
reopen              .           draft       .           .           .           .           .           .
restore             submitted   .           .           .           .           .           .           .
withdraw            .           withdrawn   withdrawn   .           .           .           .           .
bring-back          .           .           .           .           .           .           .           submitted
admit               .           eligible    .           .           .           .           .           .
declare-ineligible  .           ineligible  .           .           .           .           .           .
award               .           .           awarded     .           .           awarded     .           .
put-on-reserve      .           .           reserve     .           .           .           .           .
refuse              .           .           refused     .           .           .           .           .
decline-award       .           .           .           .           withdrawn   .           .           .
"""

MOVES_OF_A_CALL = (Event.PUBLISH, Event.DECIDE, Event.CLOSE)
MOVES_OF_AN_APPLICATION = (
    Event.SUBMIT, Event.BRING_IN, Event.REOPEN, Event.RESTORE, Event.WITHDRAW, Event.BRING_BACK, Event.ADMIT,
    Event.DECLARE_INELIGIBLE, Event.AWARD, Event.PUT_ON_RESERVE, Event.REFUSE, Event.DECLINE_AWARD,
)  # fmt: skip


def cell(state: State, event: Event) -> str:
    """Where the event leads, a point where it leads nowhere."""
    try:
        return str(next_state(state, event))
    except Problem:
        return "."


def grid(states: Sequence[State], events: Sequence[Event]) -> str:
    """The states across, the events down, as a table of fixed columns."""
    rows = [["", *(str(state) for state in states)]]
    rows += [[str(event), *(cell(state, event) for state in states)] for event in events]
    first = max(len(row[0]) for row in rows) + 2
    width = max(len(text) for row in rows for text in row[1:]) + 2
    lines = (row[0].ljust(first) + "".join(text.ljust(width) for text in row[1:]) for row in rows)
    return "\n".join(["", *(line.rstrip() for line in lines), ""])


def test_a_call_moves_along_this_grid() -> None:
    assert grid(tuple(CallState), MOVES_OF_A_CALL) == CALL


def test_an_application_moves_along_this_grid() -> None:
    assert grid(tuple(ApplicationState), MOVES_OF_AN_APPLICATION) == APPLICATION


def test_every_other_event_moves_nothing_from_any_state() -> None:
    others = {
        CallState: [event for event in Event if event not in MOVES_OF_A_CALL],
        ApplicationState: [event for event in Event if event not in MOVES_OF_AN_APPLICATION],
    }
    assert {cell(state, event) for states, events in others.items() for state in states for event in events} == {"."}


def test_the_draft_of_a_call_is_not_the_draft_of_an_application() -> None:
    drafts = {CallState.DRAFT: 1, ApplicationState.DRAFT: 2}
    assert drafts == {"draft": 2}  # equal as texts, which is how rows hold them
    assert cell(CallState.DRAFT, Event.SUBMIT) == "."
    assert cell(ApplicationState.DRAFT, Event.PUBLISH) == "."


def test_a_move_that_is_not_there_says_from_where_and_by_what() -> None:
    with pytest.raises(Problem) as refused:
        next_state(ApplicationState.REFUSED, Event.AWARD)
    assert refused.value.reason == Reason(
        "move-not-possible", {"state": ApplicationState.REFUSED, "event": Event.AWARD}
    )
