"""What an association and the office write to each other: seen by these two only, each message once, nothing lost."""

import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from config.settings import Settings
from tests.builders import (
    NOW,
    a_call,
    a_juror,
    a_person,
    an_administrator,
    an_application,
    an_association,
    asked,
    assign,
    done,
    refusal,
    work_off,
)
from workflows.history import entries
from workflows.letters.queries import mailbox
from workflows.lifecycle import Event
from workflows.messages import actions, queries
from workflows.messages.rules import DOCUMENTS_PER_MESSAGE, LONGEST, Side, waiting
from workflows.messages.tables import Message
from workflows.people.tables import Membership
from workflows.permissions import Actor, MemberRole
from workflows.problems import NotThere
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission.queries import view as application
from workflows.submission.tables import Conflict

US, THEM = Side.APPLICANT, Side.OFFICE


def a_file(state: str = "submitted") -> tuple[Actor, Actor, str]:
    """Somebody of an association, an administrator, and the association's file."""
    a_call()
    by = an_association()
    return by[0], an_administrator(), an_application(state, by=by)


def say(who: Actor, reference: str, side: Side, text: str = "Goeiendag.", **more: Any) -> int:
    given = {"seen": 0, "once": text, "now": NOW, **more}
    number: int = done(actions.write, who, reference, side, text, **given)
    return number


def texts(who: Actor, reference: str, side: Side) -> list[str]:
    return [message.text for message in asked(queries.thread, who, reference, side).messages]


def test_both_sides_read_the_same_thread_in_the_order_in_which_it_was_written(settings: Settings) -> None:
    us, office, reference = a_file()
    say(us, reference, US, "Een vraag.")
    say(office, reference, THEM, "Een antwoord.", seen=1)
    assert texts(us, reference, US) == texts(office, reference, THEM) == ["Een vraag.", "Een antwoord."]
    views = asked(queries.thread, us, reference, US).messages
    assert [(view.side, view.author) for view in views] == [(US, us.name), (THEM, "Ada")]


def test_a_form_sent_twice_is_one_message(settings: Settings) -> None:
    us, _, reference = a_file()
    assert [say(us, reference, US, once="x"), say(us, reference, US, once="x")] == [1, 1]
    assert texts(us, reference, US) == ["Goeiendag."]


def test_two_clicks_at_the_same_time_are_one_message(settings: Settings) -> None:
    us, _, reference = a_file()
    clicks = [threading.Thread(target=say, args=(us, reference, US), kwargs={"once": "x"}) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.join()
    assert texts(us, reference, US) == ["Goeiendag."]


def test_a_message_waits_until_it_is_answered_or_needs_no_answer(settings: Settings) -> None:
    us, office, reference = a_file()

    def unanswered() -> int:
        return int(asked(queries.thread, office, reference, THEM).unanswered)

    say(us, reference, US, "een")
    say(us, reference, US, "twee")
    assert unanswered() == 2
    say(office, reference, THEM, "antwoord op een", seen=1)  # written before the second was on the screen
    assert unanswered() == 1
    done(actions.settle, office, reference, 3, now=NOW)
    done(actions.settle, office, reference, 3, now=NOW)
    assert unanswered() == 0
    happened = [entry.event for entry in asked(entries, f"application:{reference}")]
    assert happened.count(Event.SETTLE_MESSAGES) == 1


def test_an_answer_never_settles_what_comes_after_it(settings: Settings) -> None:
    us, office, reference = a_file()
    say(us, reference, US, "een")
    say(office, reference, THEM, "antwoord", seen=99)
    say(us, reference, US, "nog een")
    assert asked(queries.thread, office, reference, THEM).unanswered == 1


def test_each_side_has_its_own_mark_of_what_it_read(settings: Settings) -> None:
    us, office, reference = a_file()
    file = asked(application, reference).id
    say(us, reference, US, "een")
    say(office, reference, THEM, "twee")
    assert (asked(queries.unread, [file], US), asked(queries.unread, [file], THEM)) == ({file: 1}, {file: 1})
    done(actions.see, us, reference, US, 1)  # the second came after the page was shown
    assert asked(queries.unread, [file], US) == {file: 1}
    done(actions.see, us, reference, US, 2)
    assert (asked(queries.unread, [file], US), asked(queries.unread, [file], THEM)) == ({}, {file: 1})


def test_documents_go_with_a_message_and_only_its_two_sides_get_them(settings: Settings) -> None:
    us, office, reference = a_file()
    page = one_page("Statuten")
    say(us, reference, US, documents=[("../statuten.exe", page), ("twee.pdf", one_page("Twee"))])
    first, second = asked(queries.thread, office, reference, THEM).messages[0].documents
    assert (first.name, second.name) == ("statuten.pdf", "twee.pdf")
    assert asked(queries.document, office, reference, THEM, first.token)[1] == page
    with pytest.raises(NotThere):
        asked(queries.document, a_person(), reference, US, first.token)
    with pytest.raises(NotThere):
        asked(queries.document, office, reference, THEM, "x" * 32)


def test_a_message_is_sent_whole_or_not_at_all(settings: Settings) -> None:
    us, _, reference = a_file()
    problem = refusal(
        actions.write, us, reference, US, "Zie bijlage.", [("a.pdf", one_page("A")), ("b.exe", b"MZ" * 40)],
        seen=0, once="x", now=NOW,
    )  # fmt: skip
    assert (problem.code, problem.field, problem.reason.facts["name"]) == (
        "message-document-refused", "documents", "b.exe",
    )  # fmt: skip
    assert texts(us, reference, US) == []


@pytest.mark.parametrize(
    ("text", "documents", "code"),
    [
        (" \n ", 0, "message-empty"),
        ("x" * (LONGEST + 1), 0, "message-too-long"),
        ("x", DOCUMENTS_PER_MESSAGE + 1, "message-documents-too-many"),
    ],
)
def test_what_is_no_message_is_refused_with_its_reason(
    settings: Settings, text: str, documents: int, code: str
) -> None:  # fmt: skip
    us, _, reference = a_file()
    more = [("a.pdf", one_page("A"))] * documents
    assert refusal(actions.write, us, reference, US, text, more, seen=0, once="x", now=NOW).code == code


def test_nobody_else_reads_or_writes(settings: Settings) -> None:
    us, office, reference = a_file("eligible")
    say(us, reference, US)
    juror, stranger = a_juror(), a_person()
    assign(reference, juror)
    another, _ = an_association()
    for who in (juror, stranger, another, Actor()):
        for side in Side:
            with pytest.raises(NotThere):
                asked(queries.thread, who, reference, side)
            with pytest.raises(NotThere):
                say(who, reference, side, once=f"{who.person_id}{side}")
        with pytest.raises(NotThere):
            asked(queries.of_call, who, "small")
    with pytest.raises(NotThere):
        asked(queries.thread, us, reference, THEM)
    with pytest.raises(NotThere):
        asked(queries.thread, office, reference, US)


def test_a_reader_reads_and_does_not_write(settings: Settings) -> None:
    _, office, reference = a_file()
    say(office, reference, THEM, "Voor u.")
    reader = a_person()
    organisation = asked(application, reference).organisation.id
    done(lambda session: session.add(
        Membership(person_id=reader.person_id, organisation_id=organisation, role=MemberRole.READER)
    ))  # fmt: skip
    assert texts(reader, reference, US) == ["Voor u."]
    with pytest.raises(NotThere):
        say(reader, reference, US, once="y")


def test_an_administrator_with_a_conflict_sees_nothing_of_it(settings: Settings) -> None:
    us, office, reference = a_file()
    say(us, reference, US)
    assert [line.reference for line in asked(queries.of_call, office, "small")] == [reference]
    file = asked(application, reference).id
    done(lambda session: session.add(
        Conflict(application_id=file, person_id=office.person_id, reason="buur", declared_at=NOW)
    ))  # fmt: skip
    assert asked(queries.of_call, office, "small") == ()
    with pytest.raises(NotThere):
        asked(queries.thread, office, reference, THEM)
    with pytest.raises(NotThere):
        say(office, reference, THEM, once="z")


def test_the_office_knows_of_a_draft_once_somebody_writes_about_it(settings: Settings) -> None:
    us, office, reference = a_file("draft")
    with pytest.raises(NotThere):
        asked(queries.thread, office, reference, THEM)
    with pytest.raises(NotThere):
        say(office, reference, THEM)
    say(us, reference, US, "Mag een stichting indienen?")
    say(office, reference, THEM, "Ja.", seen=1)
    assert texts(us, reference, US) == ["Mag een stichting indienen?", "Ja."]


def test_what_was_written_about_a_draft_goes_with_it_when_it_is_deleted(settings: Settings) -> None:
    us, office, reference = a_file("draft")
    say(us, reference, US, documents=[("a.pdf", one_page("A"))])
    done(submission.delete, us, reference, now=NOW)
    with pytest.raises(NotThere):
        asked(queries.thread, office, reference, THEM)
    assert asked(lambda session: session.scalars(select(Message)).all()) == []
    work_off()  # and no notice stumbles over it


def test_the_list_of_the_office_begins_with_what_waits(settings: Settings) -> None:
    us, office, first = a_file()
    second = an_application("submitted", by=an_association())
    say(us, first, US, "een")
    say(office, second, THEM, "later")
    lines = asked(queries.of_call, office, "small")
    assert [(line.reference, line.messages, line.unanswered) for line in lines] == [(first, 1, 1), (second, 1, 0)]


def test_a_message_of_the_office_is_mailed_with_its_text_and_without_its_documents(settings: Settings) -> None:
    _, office, reference = a_file()
    work_off()
    before = {mail.id for mail in asked(mailbox)}
    say(office, reference, THEM, "Uw begroting {klopt} niet.", documents=[("a.pdf", one_page("A"))])
    work_off()
    (mail,) = [mail for mail in asked(mailbox) if mail.id not in before]
    assert (mail.kind, mail.subject) == ("message", f"Nieuw bericht over {reference} “Waterpunt”")
    assert "Uw begroting {klopt} niet." in mail.body
    assert f"/applications/{reference}/messages" in mail.body
    assert (mail.has_pdf, "a.pdf" in mail.body) == (False, False)


def test_the_history_says_that_a_message_was_written_and_not_what(settings: Settings) -> None:
    us, _, reference = a_file()
    say(us, reference, US, "Vertrouwelijk.")
    entry = asked(entries, f"application:{reference}")[-1]
    assert (entry.event, sorted(entry.facts)) == (Event.WRITE_TO_OFFICE, ["documents", "message", "text"])
    assert "Vertrouwelijk" not in str(entry.facts)


@given(st.lists(st.sampled_from(list(Side))), st.integers(0, 40))
def test_what_waits_for_one_side_are_the_later_messages_of_the_other(written: list[Side], up_to: int) -> None:
    for side in Side:
        expected = [number for number, writer in enumerate(written, 1) if writer is not side and number > up_to]
        assert waiting(written, side, up_to) == len(expected)
