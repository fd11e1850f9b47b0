"""The history is a chain: whatever is done to it afterwards is found, at the first entry that is not right."""

from typing import Any

import pytest
from sqlalchemy import delete, select, update

from config.settings import Settings
from tests.builders import NOW, a_call, an_administrator, an_application, asked, decide, done, refusal
from workflows.calls.tables import Call
from workflows.database import reading, transaction
from workflows.history import (
    BEGINNING,
    HistoryEntry,
    chain_entries,
    chains,
    digest,
    entries,
    first_broken,
    move,
    record,
)
from workflows.lifecycle import ApplicationState, Event
from workflows.permissions import SYSTEM, Actor
from workflows.submission.tables import Application

CHAIN = "call:small"


@pytest.fixture
def five_entries(settings: Settings) -> None:
    """A chain of five: imported, published, a draft, its answers, its document."""
    a_call()
    an_application()
    assert [entry.event for entry in reversed(asked(chain_entries, CHAIN))] == [
        Event.IMPORT_CALL, Event.PUBLISH, Event.START_DRAFT, Event.SAVE_ANSWERS, Event.ATTACH,
    ]  # fmt: skip


def change(position: int, /, **values: Any) -> None:
    """Change an entry behind the back of the programme."""
    with transaction() as session:
        entry = (HistoryEntry.chain == CHAIN) & (HistoryEntry.position == position)
        session.execute(update(HistoryEntry).where(entry).values(**values))


def remove(position: int) -> None:
    with transaction() as session:
        entry = (HistoryEntry.chain == CHAIN) & (HistoryEntry.position == position)
        session.execute(delete(HistoryEntry).where(entry))


def broken() -> tuple[int, Event] | None:
    """Where the chain is first broken."""
    with reading() as session:
        found = first_broken(session, CHAIN)
        return (found.position, Event(found.event)) if found else None


def test_an_untouched_chain_is_whole(five_entries: None) -> None:
    assert asked(chains) == ["call:small", "house"]
    assert {chain: asked(first_broken, chain) for chain in asked(chains)} == {"call:small": None, "house": None}


@pytest.mark.parametrize(
    "values",
    [
        {"at": NOW}, {"actor_id": 7}, {"actor": "Iemand"}, {"event": "detach"}, {"subject": "application:S26-0002-01"},
        {"from_state": "decided"}, {"to_state": "awarded"}, {"reason": "omdat"}, {"facts": {"questions": []}},
        {"previous": BEGINNING}, {"digest": "f" * 64},
    ],
    ids=lambda values: next(iter(values)),
)  # fmt: skip
def test_a_change_to_any_part_of_an_entry_is_found_at_that_entry(five_entries: None, values: dict[str, Any]) -> None:
    change(2, **values)
    assert broken() == (2, Event(values.get("event", "publish")))


def test_a_changed_entry_with_a_fresh_digest_is_found_at_its_successor(five_entries: None) -> None:
    with transaction() as session:
        entry = session.scalars(select(HistoryEntry).where(HistoryEntry.chain == CHAIN).offset(1)).first()
        assert entry is not None
        entry.actor = "Iemand anders"
        entry.digest = digest(entry)
    assert broken() == (3, Event.START_DRAFT)


@pytest.mark.parametrize(("position", "found"), [(1, (2, Event.PUBLISH)), (3, (4, Event.SAVE_ANSWERS))])
def test_a_deleted_entry_is_found_at_the_one_that_lost_its_predecessor(
    five_entries: None, position: int, found: tuple[int, Event]
) -> None:
    remove(position)
    assert broken() == found


def test_a_deleted_entry_whose_place_was_closed_up_is_found_too(five_entries: None) -> None:
    remove(3)
    change(4, position=3)
    change(5, position=4)
    assert broken() == (3, Event.SAVE_ANSWERS)


def test_a_gap_in_the_positions_is_found_even_under_a_fresh_digest(five_entries: None) -> None:
    with transaction() as session:
        last = session.scalars(select(HistoryEntry).where(HistoryEntry.chain == CHAIN).offset(4)).one()
        last.position = 6
        last.digest = digest(last)
    assert broken() == (6, Event.ATTACH)


def test_two_swapped_entries_are_found_at_the_first(five_entries: None) -> None:
    change(3, position=0)
    change(4, position=3)
    change(0, position=4)
    assert broken() == (3, Event.SAVE_ANSWERS)


def test_an_inserted_entry_is_found_at_the_one_it_pushed_on(five_entries: None) -> None:
    for position in (5, 4, 3):
        change(position, position=position + 1)
    with transaction() as session:
        before = session.scalars(select(HistoryEntry).where(HistoryEntry.position == 2)).first()
        assert before is not None
        forged = HistoryEntry(
            chain=CHAIN, position=3, at=NOW, actor_id=None, actor="", event="save-answers",
            subject="application:S26-0001-01", from_state=None, to_state=None, reason="", facts={},
            previous=before.digest,
        )  # fmt: skip
        forged.digest = digest(forged)
        session.add(forged)
    assert broken() == (4, Event.START_DRAFT)


def test_one_chain_does_not_break_another(five_entries: None) -> None:
    change(1, actor="Iemand")
    assert asked(first_broken, "house") is None


def test_the_states_in_the_rows_are_those_the_moves_in_the_history_lead_to(settings: Settings) -> None:
    a_call()
    administrator = an_administrator()
    for state in ("draft", "submitted", "withdrawn", "ineligible"):
        if state != "submitted":
            an_application(state)
    an_application("scored")
    an_application("scored", marks=(1, 1, 1))
    decide(administrator)
    last: dict[str, str] = {}
    for entry in reversed(asked(chain_entries, CHAIN)):
        if entry.to_state:
            assert entry.from_state == last.get(entry.subject, "draft")
            last[entry.subject] = entry.to_state
    with transaction() as session:
        rows = [*session.scalars(select(Call)), *session.scalars(select(Application))]
        assert {row.subject: row.state for row in rows if row.state != "draft"} == last
    assert sorted(last.values()) == ["awarded", "decided", "ineligible", "refused", "withdrawn"]


def test_recording_an_event_changes_no_state_even_if_the_event_is_a_move(settings: Settings) -> None:
    a_call()
    reference = an_application("submitted")
    with transaction() as session:
        application = session.scalars(select(Application)).one()
        entry = record(session, application, Event.ADMIT, actor=SYSTEM, now=NOW)
        assert (application.state, entry.from_state, entry.to_state) == (ApplicationState.SUBMITTED, None, None)
    assert [entry.event for entry in asked(entries, f"application:{reference}")][-1] == Event.ADMIT


def test_a_move_writes_who_when_from_where_to_where_and_why(settings: Settings) -> None:
    a_call()
    reference = an_application("submitted")
    actor = Actor(None, "Ada")
    with transaction() as session:
        application = session.scalars(select(Application)).one()
        move(session, application, Event.WITHDRAW, actor=actor, now=NOW, reason="toch niet", facts={"by": "post"})
    last = asked(entries, f"application:{reference}")[-1]
    assert (last.actor, last.at, last.event, last.from_state, last.to_state, last.reason, last.facts) == (
        "Ada", NOW, Event.WITHDRAW, "submitted", "withdrawn", "toch niet", {"by": "post"},
    )  # fmt: skip


def test_a_refused_move_leaves_neither_state_nor_entry(settings: Settings) -> None:
    a_call()
    reference = an_application("submitted")
    before = asked(entries, f"application:{reference}")

    def award(session: Any) -> None:
        move(session, session.scalars(select(Application)).one(), Event.AWARD, actor=SYSTEM, now=NOW)

    assert refusal(award).code == "move-not-possible"
    assert asked(entries, f"application:{reference}") == before


def test_nothing_of_a_rolled_back_transaction_stays_in_the_chain(settings: Settings) -> None:
    a_call()
    an_application()

    def write_and_fail(session: Any) -> None:
        record(session, session.scalars(select(Call)).one(), Event.APPOINT, actor=SYSTEM, now=NOW)
        raise ZeroDivisionError

    before = len(asked(chain_entries, CHAIN))
    with pytest.raises(ZeroDivisionError):
        done(write_and_fail)
    assert (len(asked(chain_entries, CHAIN)), asked(first_broken, CHAIN)) == (before, None)
