"""Reminders by the clock, each once; mails about changes of a call; the list of the office."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    OPENS,
    a_call,
    an_administrator,
    an_application,
    an_association,
    asked,
    done,
    terms,
    work_off,
)
from workflows.calls import actions as calls
from workflows.calls.queries import deadline_known_since
from workflows.calls.tables import Call
from workflows.completion import actions as completion
from workflows.history import entries, record
from workflows.letters.queries import mailbox
from workflows.lifecycle import Event
from workflows.messages import actions as messages
from workflows.messages.rules import Side
from workflows.people.queries import person_view
from workflows.permissions import SYSTEM, Actor
from workflows.problems import NotThere
from workflows.reminders import actions, queries
from workflows.reminders.rules import draft_reminder, report_mark, request_reminder
from workflows.submission import actions as submission
from workflows.submission.queries import view
from workflows.submission.tables import Conflict

HOUR = timedelta(hours=1)
AFTER = CLOSES + DAY


def mails(kind: str) -> list[Any]:
    """The notices of this kind, the oldest first."""
    return [mail for mail in reversed(asked(mailbox)) if mail.kind == kind]


def reminded(reference: str) -> list[int]:
    """How many days before the deadline the draft was reminded, each time."""
    return [
        entry.facts["days"] for entry in asked(entries, f"application:{reference}")
        if entry.event is Event.REMIND_DRAFT
    ]  # fmt: skip


def test_an_unfinished_draft_is_reminded_a_week_and_a_day_before_the_deadline_each_once(settings: Settings) -> None:
    a_call()
    by = an_association("fr")
    reference = an_application("draft", by=by, language="fr")
    told = []
    for at in (CLOSES - 7 * DAY - HOUR, CLOSES - 7 * DAY, CLOSES - 6 * DAY, CLOSES - DAY, CLOSES - HOUR, CLOSES):
        work_off(at)
        told.append(reminded(reference))
    assert told == [[], [7], [7], [7, 1], [7, 1], [7, 1]]
    first, second = mails("draft-reminder")
    assert first.subject == second.subject == f"Pas encore introduite : {reference} “Waterpunt”"
    assert "15 décembre 2026" in first.body


def test_what_was_submitted_is_not_reminded_not_even_when_it_was_taken_back(settings: Settings) -> None:
    a_call()
    by = an_association()
    reference = an_application("submitted", by=by)
    done(submission.reopen, by[0], reference, now=NOW)
    work_off(CLOSES - 7 * DAY)
    assert (reminded(reference), mails("draft-reminder")) == ([], [])


def test_many_workers_remind_once(settings: Settings) -> None:
    a_call()
    reference = an_application("draft")
    at = CLOSES - 7 * DAY
    workers = [
        threading.Thread(target=done, args=(actions.remind_draft, SYSTEM, reference), kwargs={"now": at})
        for _ in range(5)
    ]  # fmt: skip
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert reminded(reference) == [7]


def test_a_moved_deadline_brings_new_reminders_and_repeats_no_old_one(settings: Settings) -> None:
    a_call()
    reference = an_application("draft")
    work_off(CLOSES - 7 * DAY)
    later = terms(closes_at=datetime(2026, 12, 31, 16))  # noqa: DTZ001  # on the clocks of Brussels
    done(calls.import_call, SYSTEM, later, now=CLOSES - 2 * DAY, reason="Storing.")
    assert asked(deadline_known_since, "small") == CLOSES - 2 * DAY
    told = []
    for at in (CLOSES - DAY, later.closes - 7 * DAY, later.closes - 5 * DAY, later.closes - DAY):
        work_off(at)
        told.append(reminded(reference))
    assert told == [[7], [7, 7], [7, 7], [7, 7, 1]]


def test_a_change_that_leaves_the_deadline_leaves_the_reminders(settings: Settings) -> None:
    a_call()
    reference = an_application("draft")
    work_off(CLOSES - 7 * DAY)
    done(calls.import_call, SYSTEM, terms(organisers=["Iemand anders"]), now=CLOSES - 6 * DAY, reason="Naam.")
    work_off(CLOSES - 5 * DAY)
    assert (asked(deadline_known_since, "small"), reminded(reference)) == (OPENS - DAY, [7])


def test_only_the_system_reminds(settings: Settings) -> None:
    a_call()
    reference = an_application("draft")
    for who in (an_administrator(), Actor()):
        with pytest.raises(NotThere):
            done(actions.remind_draft, who, reference, now=CLOSES - DAY)
        with pytest.raises(NotThere):
            done(actions.report, who, "small", now=CLOSES)


@pytest.mark.parametrize(
    ("known", "started", "before", "days"),
    [
        (30 * DAY, 20 * DAY, 7 * DAY, 7),
        (30 * DAY, 20 * DAY, 7 * DAY + HOUR, None),
        (30 * DAY, 20 * DAY, 2 * DAY, 7),  # late, for whatever reason, and still of use
        (30 * DAY, 20 * DAY, DAY, 1),
        (30 * DAY, 6 * DAY, 5 * DAY, None),  # begun after the mark
        (6 * DAY, 6 * DAY, 5 * DAY, None),  # opened after the mark
        (6 * DAY, 5 * DAY, DAY, 1),
        (30 * DAY, HOUR, HOUR / 2, None),
        (30 * DAY, 20 * DAY, timedelta(0), None),
    ],
)
def test_a_mark_counts_for_who_was_there_before_it(
    known: timedelta, started: timedelta, before: timedelta, days: int | None
) -> None:
    assert draft_reminder(CLOSES, CLOSES - known, CLOSES - started, CLOSES - before) == days


def test_a_week_before_is_the_same_hour_in_brussels_across_the_change_of_summer_time() -> None:
    closes = datetime(2026, 10, 28, 15, tzinfo=UTC)  # 16:00, in winter time since the 25th
    mark = datetime(2026, 10, 21, 14, tzinfo=UTC)  # 16:00, in summer time
    long_ago = closes - 60 * DAY
    assert draft_reminder(closes, long_ago, long_ago, mark) == 7
    assert draft_reminder(closes, long_ago, long_ago, mark - timedelta(seconds=1)) is None


INSTANTS = st.integers(-20 * 24, 20 * 24).map(lambda hours: CLOSES + hours * HOUR)


@given(INSTANTS, INSTANTS, st.lists(INSTANTS, min_size=1, max_size=30))
def test_nobody_is_reminded_twice_of_one_mark_after_the_deadline_or_of_what_lay_behind_them(
    known: datetime, started: datetime, ticks: list[datetime]
) -> None:
    told: list[int] = []
    for now in sorted(ticks):
        days = draft_reminder(CLOSES, known, started, now)
        if days is not None:
            assert CLOSES - days * DAY <= now < CLOSES
            assert max(known, started) <= CLOSES - days * DAY
            told += [days] if days not in told else []
    assert told in ([], [7], [1], [7, 1])


def a_request(due: datetime) -> tuple[Actor, Actor, str]:
    a_call()
    by = an_association()
    office, reference = an_administrator(), an_application("submitted", by=by)
    done(completion.ask, office, reference, ["summary"], "Onvolledig.", due, now=AFTER)
    return by[0], office, reference


def test_a_request_is_brought_to_mind_once_the_day_before_it_ends(settings: Settings) -> None:
    due = AFTER + 14 * DAY
    a_request(due)
    told = []
    for at in (due - 2 * DAY, due - DAY, due - HOUR, due):
        work_off(at)
        told.append(len(mails("completion-reminder")))
    assert told == [0, 1, 1, 1]


def test_a_request_of_a_few_hours_and_one_that_is_answered_are_not_brought_to_mind(settings: Settings) -> None:
    assert not request_reminder(AFTER + 5 * HOUR, AFTER, AFTER + 4 * HOUR)
    due = AFTER + 14 * DAY
    us, _, reference = a_request(due)
    done(completion.save, us, reference, 1, {"summary": "Volledig."}, now=AFTER)
    done(completion.answer, us, reference, 1, received_at=AFTER)
    work_off(due - HOUR)
    assert mails("completion-reminder") == []


THURSDAY = datetime(2026, 12, 17, 14, tzinfo=UTC)  # 15:00


@pytest.mark.parametrize(
    ("now", "mark"),
    [
        (THURSDAY, datetime(2026, 12, 17, 7, tzinfo=UTC)),
        (datetime(2026, 12, 17, 6, 59, tzinfo=UTC), datetime(2026, 12, 16, 7, tzinfo=UTC)),
        (datetime(2026, 12, 20, 14, tzinfo=UTC), datetime(2026, 12, 18, 7, tzinfo=UTC)),  # Sunday: Friday's
        (datetime(2026, 12, 21, 6, tzinfo=UTC), datetime(2026, 12, 18, 7, tzinfo=UTC)),  # before Monday's
        (datetime(2026, 7, 14, 6, tzinfo=UTC), datetime(2026, 7, 14, 6, tzinfo=UTC)),  # in summer time
    ],
)
def test_the_office_gets_its_list_at_eight_on_working_days(now: datetime, mark: datetime) -> None:
    assert report_mark(now) == mark


def test_the_office_gets_one_list_of_what_waits_not_a_mail_each(settings: Settings) -> None:
    us, office, reference = a_request(AFTER + 14 * DAY)
    done(completion.save, us, reference, 1, {"summary": "Volledig."}, now=AFTER)
    done(completion.answer, us, reference, 1, received_at=THURSDAY)
    for number in range(3):
        done(messages.write, us, reference, Side.APPLICANT, f"Vraag {number}", seen=0, once=str(number), now=THURSDAY)
    other = an_association()
    second = an_application("submitted", by=other)
    done(messages.write, other[0], second, Side.APPLICANT, "Dank u.", seen=0, once="x", now=THURSDAY)
    done(messages.settle, office, second, 1, now=THURSDAY)
    work_off(THURSDAY + HOUR)
    assert mails("report") == []
    work_off(THURSDAY + DAY)
    work_off(THURSDAY + DAY)
    (mail,) = mails("report")
    name = asked(view, reference).organisation.name
    listed = [line for line in mail.body.splitlines() if line.startswith("- ")]
    assert (mail.address, mail.subject) == (
        asked(person_view, office.person_id).email, "Te beantwoorden: Kleine oproep",
    )  # fmt: skip
    assert listed == [
        f"- {reference}, {name}: nog te beantwoorden berichten: 3", f"- {reference}, {name}: aanvulling ontvangen",
    ]  # fmt: skip
    done(messages.write, us, reference, Side.APPLICANT, "Nog een", seen=0, once="9", now=THURSDAY + DAY)
    work_off(THURSDAY + DAY + HOUR)
    assert len(mails("report")) == 1
    work_off(THURSDAY + 4 * DAY)
    assert [line for line in mails("report")[1].body.splitlines() if line.startswith("- ")] == [
        f"- {reference}, {name}: nog te beantwoorden berichten: 4"
    ]


def test_the_list_leaves_out_the_files_that_are_closed_to_its_reader(settings: Settings) -> None:
    us, office, reference = a_request(AFTER + 14 * DAY)
    colleague = an_administrator()
    done(messages.write, us, reference, Side.APPLICANT, "Vraag", seen=0, once="x", now=THURSDAY)
    file = asked(view, reference).id
    done(lambda session: session.add(
        Conflict(application_id=file, person_id=office.person_id, reason="buur", declared_at=NOW)
    ))  # fmt: skip
    work_off(THURSDAY + DAY)
    assert [mail.address for mail in mails("report")] == [asked(person_view, colleague.person_id).email]


def test_a_call_of_which_nothing_came_in_has_no_list(settings: Settings) -> None:
    a_call()
    an_application("submitted")
    an_administrator()
    work_off(THURSDAY)
    assert (asked(queries.calls_to_report, THURSDAY), mails("report")) == ([], [])


CHANGE = {
    "key": "criteria.relevance.weight", "substantial": True,
    "what": {"nl": "Relevantie › Gewicht", "fr": "Pertinence › Pondération", "en": "Relevance › Weight"},
    "before": {"nl": "3", "fr": "3", "en": "3"}, "after": {"nl": "4", "fr": "4", "en": "4"},
}  # fmt: skip


def happens_to_the_call(event: Event, reason: str, **facts: Any) -> None:
    """What the preparation of a call writes down when its terms change."""
    done(
        lambda session: record(
            session, session.get_one(Call, "small"), event, actor=SYSTEM, now=NOW, reason=reason, facts=facts
        )
    )


def addresses(kind: str) -> list[str]:
    return sorted(mail.address for mail in mails(kind))


def the_address(who: Actor) -> str:
    return str(asked(person_view, who.person_id).email)


def test_a_substantial_change_is_told_to_everybody_with_a_draft_in_their_language(settings: Settings) -> None:
    a_call()
    dutch, french = an_association("nl"), an_association("fr")
    for by, state in ((dutch, "draft"), (dutch, "draft"), (french, "draft"), (an_association(), "submitted")):
        an_application(state, by=by)
    small = {**CHANGE, "substantial": False, "what": {"nl": "Kleur", "fr": "Couleur", "en": "Colour"}}
    happens_to_the_call(Event.CHANGE_CALL, "Beslissing van de jury.", changes=[CHANGE, small], substantial=True)
    work_off(NOW)
    assert addresses("call-changed") == sorted([the_address(dutch[0]), the_address(french[0])])
    in_french = next(mail for mail in mails("call-changed") if mail.language == "fr")
    assert in_french.subject == "Petit appel : l’appel est modifié"
    assert "- Pertinence › Pondération\u00a0: 3 → 4" in in_french.body
    assert ("Beslissing van de jury." in in_french.body, "Couleur" in in_french.body) == (True, False)


def test_a_change_of_no_weight_is_told_to_nobody(settings: Settings) -> None:
    a_call()
    an_application("draft")
    happens_to_the_call(Event.CHANGE_CALL, "Tikfout.", changes=[{**CHANGE, "substantial": False}])
    happens_to_the_call(Event.CHANGE_CALL, "Van voor er facts waren.")
    work_off(NOW)
    assert mails("call-changed") == []


def test_a_later_deadline_is_told_to_all_who_had_submitted_too(settings: Settings) -> None:
    a_call()
    draft, submitted, gone = an_association("nl"), an_association("fr"), an_association()
    for by, state in ((draft, "draft"), (submitted, "submitted"), (gone, "withdrawn")):
        an_application(state, by=by)
    after = CLOSES + 7 * DAY
    happens_to_the_call(
        Event.EXTEND_DEADLINE, "Storing.", before=CLOSES.isoformat(), after=after.isoformat(), substantial=True
    )
    work_off(NOW)
    assert addresses("deadline-extended") == sorted([the_address(draft[0]), the_address(submitted[0])])
    dutch = next(mail for mail in mails("deadline-extended") if mail.language == "nl")
    assert "niet op 15 december 2026 om 16:00 maar op 22 december 2026 om 16:00" in dutch.body
