"""The jury deliberates: what it agrees on counts, the panel is closed, and then nothing changes."""

import hashlib
import json
from datetime import date

import pytest

from tests import builders
from tests.builders import NOW, asked, done, refusal
from workflows.allocation.agenda import agenda
from workflows.calls.terms import Terms
from workflows.database import reading, transaction
from workflows.history import entries
from workflows.lifecycle import Event
from workflows.permissions import SYSTEM, Actor, Duty
from workflows.problems import NotThere
from workflows.scoring import actions, conflicts, deliberating, meeting
from workflows.scoring.actions import NewReview
from workflows.scoring.deliberating import NewDeliberation, NewMeeting
from workflows.scoring.queries import panel, scored_file
from workflows.submission.queries import row
from workflows.submission.tables import Conflict

pytestmark = pytest.mark.usefixtures("settings")

NOTHING = NewDeliberation("", frozenset(), {}, "", "", 0)


def a_scored_file(marks: tuple[int, int, int] = (4, 3, 3)) -> tuple[Actor, str, frozenset[int]]:
    """An administrator, a scored file of the small call, and its jury."""
    builders.a_call()
    reference = builders.an_application("scored", marks=marks)
    with reading() as session:
        return builders.an_administrator(), reference, frozenset(one.id for one in panel(session, "small", Duty.JURY))


def met(clerk: Actor, present: frozenset[int], seen: int = 0) -> None:
    new = NewMeeting(date(2026, 12, 20), "Brussel", present, "Vlot verlopen.", seen)
    done(deliberating.record_meeting, clerk, "small", new, now=NOW)


def closed() -> tuple[Actor, str, frozenset[int]]:
    clerk, reference, jury = a_scored_file()
    met(clerk, jury)
    done(deliberating.close_panel, clerk, "small", now=NOW)
    return clerk, reference, jury


def test_a_mark_agreed_on_stands_in_the_place_of_the_mean_and_the_marks_stay() -> None:
    clerk, reference, _ = a_scored_file((4, 3, 3))
    before = asked(scored_file, reference)
    new = NewDeliberation("", frozenset(), {"relevance": 5}, "Samen herlezen.", "", 0)
    done(deliberating.deliberate, clerk, reference, new, now=NOW)
    after = asked(scored_file, reference)
    # 3 x 4 + 2 x 3 + 1 x 3 = 21 of 30; with 5 in the place of 4 it is 24 of 30
    assert (before.score, after.score, after.score_of_reviews) == (7000, 8000, 7000)
    assert after.reviews == before.reviews


def test_a_mark_agreed_on_needs_a_reason_and_lies_on_the_scale() -> None:
    clerk, reference, _ = a_scored_file()
    no_reason = NewDeliberation("", frozenset(), {"relevance": 5}, " ", "", 0)
    too_much = NewDeliberation("", frozenset(), {"relevance": 6}, "Beter.", "", 0)
    problems = [refusal(deliberating.deliberate, clerk, reference, new, now=NOW) for new in (no_reason, too_much)]
    assert [problem.code for problem in problems] == ["agreed-reason-missing", "mark-out-of-scale"]


def test_only_jurors_attend_or_leave() -> None:
    clerk, reference, _ = a_scored_file()
    stranger = frozenset({clerk.person_id or 0})
    new = NewDeliberation("", stranger, {}, "", "", 0)
    assert refusal(deliberating.deliberate, clerk, reference, new, now=NOW).code == "not-a-judge"
    meeting_of_strangers = NewMeeting(None, "", stranger, "", 0)
    assert refusal(deliberating.record_meeting, clerk, "small", meeting_of_strangers, now=NOW).code == "not-a-judge"


def test_who_has_a_known_conflict_has_left_without_being_ticked() -> None:
    _, reference, jury = a_scored_file()
    juror = Actor(min(jury), roles=builders.a_juror().roles)
    done(conflicts.declare_conflict, juror, reference, Duty.JURY, "Mijn zus werkt er.", now=NOW)
    assert asked(meeting.deliberation_of, reference).left == {min(jury)}


def test_two_who_write_at_once_do_not_overwrite_each_other() -> None:
    clerk, reference, jury = a_scored_file()
    done(deliberating.deliberate, clerk, reference, NOTHING, now=NOW)
    met(clerk, jury)
    assert refusal(deliberating.deliberate, clerk, reference, NOTHING, now=NOW).code == "changed-meanwhile"
    again = NewMeeting(None, "", frozenset(), "", 0)
    assert refusal(deliberating.record_meeting, clerk, "small", again, now=NOW).code == "changed-meanwhile"


def test_a_panel_closes_only_after_a_meeting_with_more_than_half_of_its_jurors() -> None:
    clerk, _, jury = a_scored_file()
    assert refusal(deliberating.close_panel, clerk, "small", now=NOW).code == "meeting-missing"
    met(clerk, frozenset({min(jury)}))
    few = refusal(deliberating.close_panel, clerk, "small", now=NOW)
    assert (few.code, few.reason.facts) == ("quorum-not-reached", {"present": 1, "quorum": 2})
    met(clerk, jury, seen=1)
    done(deliberating.close_panel, clerk, "small", now=NOW)
    assert asked(meeting.panel_closed, "small")


def test_a_panel_with_reviews_to_come_does_not_close() -> None:
    clerk, reference, jury = a_scored_file()
    late = builders.a_juror()
    builders.assign(reference, late)
    met(clerk, jury | {late.person_id or 0})
    problem = refusal(deliberating.close_panel, clerk, "small", now=NOW)
    assert (problem.code, problem.reason.facts["references"]) == ("panel-not-ready", [reference])


def test_after_the_closing_no_assignment_mark_or_remark_changes() -> None:
    clerk, reference, jury = closed()
    juror = Actor(min(jury), roles=builders.a_juror().roles)
    another = builders.a_juror()
    review = NewReview({"relevance": 1, "feasibility": 1}, {})
    other_meeting = NewMeeting(None, "", frozenset(), "", 1)
    refused = [
        refusal(actions.appoint, SYSTEM, "small", another.person_id or 0, Duty.JURY, now=NOW),
        refusal(actions.assign, clerk, reference, min(jury), Duty.JURY, now=NOW),
        refusal(actions.unassign, clerk, reference, min(jury), Duty.JURY, now=NOW),
        refusal(actions.save_review, juror, reference, Duty.JURY, review, submit=False, now=NOW),
        refusal(actions.record_remark, clerk, reference, "Iets anders.", now=NOW),
        refusal(deliberating.deliberate, clerk, reference, NOTHING, now=NOW),
        refusal(deliberating.record_meeting, clerk, "small", other_meeting, now=NOW),
        refusal(deliberating.close_panel, clerk, "small", now=NOW),
    ]
    assert [problem.code for problem in refused] == ["panel-closed"] * 8


def test_the_record_is_frozen_with_its_hash_and_holds_every_mark() -> None:
    _, reference, jury = closed()
    found = asked(meeting.closing, "small", 1)
    assert hashlib.sha256(found.record.encode()).hexdigest() == found.record_sha256
    content = json.loads(found.record)
    (file,) = content["files"]
    assert (file["reference"], file["score"], len(content["present"])) == (reference, 7000, len(jury))
    assert [review["marks"] for review in file["reviews"]] == [
        {"relevance": 4, "feasibility": 3}, {"relevance": 4, "feasibility": 3}, {"soundness": 3},
    ]  # fmt: skip


def test_reopening_needs_a_reason_is_written_down_and_keeps_the_first_record() -> None:
    clerk, reference, _ = closed()
    assert refusal(deliberating.reopen_panel, clerk, "small", " ", now=NOW).code == "reason-needed"
    first = asked(meeting.closing, "small", 1).record
    done(deliberating.reopen_panel, clerk, "small", "Een punt was fout getikt.", now=NOW)
    done(actions.record_remark, clerk, reference, "Iets anders.", now=NOW)
    done(deliberating.close_panel, clerk, "small", now=NOW)
    second, kept = asked(meeting.closings, "small")
    assert (kept.record, kept.reopened_reason) == (first, "Een punt was fout getikt.")
    assert json.loads(second.record)["files"][0]["remark"] == "Iets anders."
    (entry,) = [one for one in asked(entries, "call:small") if one.event is Event.REOPEN_PANEL]
    assert (entry.actor, entry.reason) == (clerk.name, "Een punt was fout getikt.")


def test_an_open_panel_is_not_reopened() -> None:
    clerk, _, _ = a_scored_file()
    assert refusal(deliberating.reopen_panel, clerk, "small", "Zomaar.", now=NOW).code == "panel-open"


def test_a_decided_call_keeps_its_panel_closed() -> None:
    clerk, _, _ = closed()
    builders.decide(clerk)
    assert refusal(deliberating.reopen_panel, clerk, "small", "Te laat.", now=NOW).code == "panel-decided"


def test_who_has_a_conflict_in_the_call_leads_no_meeting_of_it() -> None:
    clerk, reference, jury = a_scored_file()
    with transaction() as session:
        session.add(
            Conflict(application_id=row(session, reference).id, person_id=clerk.person_id, reason="", declared_at=NOW)
        )
    for act in (
        lambda: met(clerk, jury),
        lambda: done(deliberating.deliberate, clerk, reference, NOTHING, now=NOW),
        lambda: done(deliberating.close_panel, clerk, "small", now=NOW),
        lambda: done(deliberating.reopen_panel, clerk, "small", "Zomaar.", now=NOW),
    ):
        with pytest.raises(NotThere):
            act()


def test_the_agenda_holds_files_near_the_pass_mark_and_those_asked_for() -> None:
    clerk, near, _ = a_scored_file((3, 3, 3))  # 6000, the pass mark itself
    fine = builders.an_application("scored", marks=(5, 5, 5))
    found = [(item.found.application.reference, [one.code for one in item.reasons]) for item in asked(agenda, "small")]
    assert found == [(near, ["near-pass-mark"]), (fine, [])]
    done(deliberating.deliberate, clerk, fine, NewDeliberation("Te mooi?", frozenset(), {}, "", "", 0), now=NOW)
    assert [item.reasons[0].code for item in asked(agenda, "small")] == ["near-pass-mark", "discussion-asked"]


@pytest.mark.parametrize(("gap", "codes"), [(None, []), (6000, []), (5999, ["marks-far-apart"])])
def test_the_gap_the_call_sets_sends_a_file_to_discussion(gap: int | None, codes: list[str]) -> None:
    content = builders.terms().model_dump(mode="json")
    content["scoring"] |= {"gap_hundredths": gap, "pass_mark_hundredths": 0}
    builders.a_call(Terms.model_validate(content))
    reference = builders.an_application("scored", marks=(4, 4, 4))
    low = builders.a_juror()
    builders.assign(reference, low)
    new = NewReview({"relevance": 1, "feasibility": 1}, {})
    done(actions.save_review, low, reference, Duty.JURY, new, submit=True, now=NOW)
    (item,) = asked(agenda, "small")
    assert (item.spread, [one.code for one in item.reasons]) == (6000, codes)
