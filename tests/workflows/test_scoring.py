"""Marks become a score by a formula anybody can repeat; who may mark, and whose marks count."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    a_call,
    a_juror,
    a_person,
    an_administrator,
    an_application,
    an_association,
    an_expert,
    asked,
    assign,
    decide,
    done,
    refusal,
    score,
    terms,
)
from workflows.history import entries
from workflows.lifecycle import Event
from workflows.people import actions as people
from workflows.people.tables import Membership
from workflows.permissions import SYSTEM, VISITOR, Actor, Duty, MemberRole, Role
from workflows.problems import NotThere, Problem
from workflows.scoring import actions as scoring
from workflows.scoring import conflicts, queries, rules
from workflows.scoring.actions import NewReview
from workflows.scoring.rules import Advice, Marks
from workflows.submission.queries import view

FOURS = NewReview({"relevance": 4, "feasibility": 4}, {})
OPINION = NewReview({"soundness": 4}, {}, "Degelijk.", Advice.FAVOURABLE)
AFTER = CLOSES + DAY


def jury(*marks: tuple[int, int]) -> list[Marks]:
    return [{"relevance": relevance, "feasibility": feasibility} for relevance, feasibility in marks]


def save(judge: Actor, reference: str, new: NewReview = FOURS, duty: Duty = Duty.JURY, *, submit: bool = True) -> None:
    done(scoring.save_review, judge, reference, duty, new, submit=submit, now=NOW)


def a_judged_file(**answers: object) -> tuple[str, Actor]:
    """An eligible file in a call, and a juror it was given to."""
    a_call()
    reference, juror = an_application("eligible", answers), a_juror()
    assign(reference, juror)
    return reference, juror


# The formula


@pytest.mark.parametrize(
    ("given", "expert", "points"),
    [
        ([(5, 5), (5, 5)], 5, 10_000),
        ([(0, 0), (0, 0)], 0, 0),
        ([(4, 4), (4, 4)], 4, 8000),
        ([(5, 4), (4, 4)], 4, 8500),  # (3 x 4.5 + 2 x 4 + 1 x 4) / 30 = 25.5 / 30
        ([(5, 4), (4, 4), (4, 4)], 4, 8333),  # (3 x 13/3 + 8 + 4) / 30 = 25 / 30 = 0.83333…
        ([(5, 4), (5, 4), (4, 4)], 4, 8667),  # (3 x 14/3 + 8 + 4) / 30 = 26 / 30 = 0.86666…
        ([(1, 0)], 0, 1000),
    ],
)
def test_the_score_is_the_weighted_mean_as_a_share_of_the_most_possible(
    given: list[tuple[int, int]], expert: int, points: int
) -> None:
    assert rules.score(terms(), {Duty.JURY: jury(*given), Duty.EXPERT: [{"soundness": expert}]}) == points


def test_one_half_of_a_hundredth_is_rounded_up() -> None:
    assert [rules.round_half_up(Fraction(number, 4)) for number in (0, 1, 2, 3, 4, 5, 6)] == [0, 0, 1, 1, 1, 1, 2]
    halves = {"id": "one", "weight": 1, "points": 20_000, "judged_by": "expert", "name": {"nl": "A", "fr": "A"}}
    call = terms(criteria=[halves])
    assert [rules.score(call, {Duty.EXPERT: [{"one": mark}]}) for mark in (0, 1, 2, 3)] == [0, 1, 1, 2]


def test_without_a_mark_on_a_criterion_that_counts_there_is_no_score() -> None:
    full = {Duty.JURY: jury((4, 4)), Duty.EXPERT: [{"soundness": 4}]}
    assert rules.score(terms(), full) == 8000
    assert rules.score(terms(), {Duty.JURY: full[Duty.JURY]}) is None
    assert rules.score(terms(), {Duty.EXPERT: full[Duty.EXPERT]}) is None
    assert rules.score(terms(), {}) is None


def test_a_criterion_without_weight_may_lack_marks_and_counts_for_nothing() -> None:
    criteria = [one.model_dump(mode="json", exclude_none=True) for one in terms().criteria]
    call = terms(criteria=[*criteria[:2], {**criteria[2], "weight": 0}])
    assert rules.score(call, {Duty.JURY: jury((5, 4))}) == 9200
    assert rules.score(call, {Duty.JURY: jury((5, 4)), Duty.EXPERT: [{"soundness": 0}]}) == 9200


def test_a_juror_marks_nothing_that_the_expert_judges() -> None:
    both = [{**marks, "soundness": 0} for marks in jury((4, 4))]
    assert rules.score(terms(), {Duty.JURY: both, Duty.EXPERT: [{"soundness": 4}]}) == 8000


marks_of_a_jury = st.lists(st.tuples(*[st.integers(0, 5)] * 2), min_size=1, max_size=5)


@given(marks_of_a_jury, st.lists(st.integers(0, 5), min_size=1, max_size=3))
def test_the_score_equals_the_naive_computation_with_fractions(given: list[tuple[int, int]], expert: list[int]) -> None:
    relevance = Fraction(sum(one for one, _ in given), len(given))
    feasibility = Fraction(sum(one for _, one in given), len(given))
    soundness = Fraction(sum(expert), len(expert))
    exact = (3 * relevance + 2 * feasibility + soundness) / (3 * 5 + 2 * 5 + 5) * 10_000
    found = rules.score(terms(), {Duty.JURY: jury(*given), Duty.EXPERT: [{"soundness": mark} for mark in expert]})
    assert found == int(exact + Fraction(1, 2))


@given(marks_of_a_jury, st.randoms())
def test_the_order_of_the_jurors_changes_nothing(given: list[tuple[int, int]], chance: object) -> None:
    other = list(given)
    chance.shuffle(other)  # type: ignore[attr-defined]
    expert = [{"soundness": 3}]
    assert rules.score(terms(), {Duty.JURY: jury(*given), Duty.EXPERT: expert}) == rules.score(
        terms(), {Duty.JURY: jury(*other), Duty.EXPERT: expert}
    )


@pytest.mark.parametrize(
    ("marks", "all_wanted", "refused"),
    [
        ({"relevance": 4, "feasibility": 0}, True, None),
        ({"relevance": 5}, False, None),
        ({}, False, None),
        ({"relevance": 5}, True, ("mark-missing", "feasibility")),
        ({"relevance": 6, "feasibility": 4}, True, ("mark-out-of-scale", "relevance")),
        ({"relevance": 5, "feasibility": -1}, False, ("mark-out-of-scale", "feasibility")),
    ],
)
def test_marks_are_whole_points_within_the_scale(marks: Marks, all_wanted: bool, refused: object) -> None:
    criteria = terms().criteria_of(Duty.JURY)
    try:
        rules.check_marks(criteria, marks, all_wanted=all_wanted)
    except Problem as problem:
        found = (problem.code, problem.field)
    else:
        found = None
    assert found == refused


# The suggested assignment


def test_the_office_gets_a_suggestion_for_the_eligible_files_of_a_call(settings: Settings) -> None:
    a_call()
    french, dutch = an_application("eligible", language="fr"), an_application("eligible", language="nl")
    an_application("submitted")
    bilingual, dutch_only = a_person(Role.JUROR), a_person(Role.JUROR, speaks=("nl",))
    for juror in (bilingual, dutch_only):
        done(scoring.appoint, SYSTEM, "small", juror.person_id, Duty.JURY, now=NOW)
    found = asked(scoring.suggest, an_administrator(), "small")
    assert found.pairs == (
        (french, bilingual.person_id), *sorted((dutch, juror.person_id) for juror in (bilingual, dutch_only)),
    )  # fmt: skip
    assert found.short == ((french, 1),)
    assert [(one.code, one.facts["references"], one.facts["people"]) for one in found.reasons] == [
        ("jury-lacks-jurors", [french], [bilingual.person_id]),
    ]  # fmt: skip
    with pytest.raises(NotThere):
        asked(scoring.suggest, bilingual, "small")


def test_a_pair_that_is_sent_twice_is_assigned_once_and_files_of_two_calls_are_no_suggestion(
    settings: Settings,
) -> None:
    a_call()
    a_call(terms(id="other", reference_prefix="O26"))
    ada, juror = an_administrator(), a_juror()
    mine, elsewhere = an_application("eligible"), an_application("eligible", call="other")
    for call in ("small", "other"):
        done(scoring.appoint, ada, call, juror.person_id, Duty.JURY, now=NOW)
    pair = (mine, juror.person_id or 0)
    with pytest.raises(NotThere):
        done(scoring.assign_all, ada, [pair, (elsewhere, pair[1])], Duty.JURY, {}, now=NOW)
    done(scoring.assign_all, ada, [pair, pair], Duty.JURY, {mine: []}, now=NOW)
    assert [entry.event for entry in asked(entries, f"application:{mine}")].count(Event.ASSIGN) == 1


def test_a_suggestion_goes_around_what_is_assigned_and_fills_the_seat_of_who_has_a_conflict(settings: Settings) -> None:
    a_call()
    references = [an_application("eligible") for _ in range(3)]
    jurors = [a_juror() for _ in range(4)]
    for juror in jurors:
        done(scoring.appoint, SYSTEM, "small", juror.person_id, Duty.JURY, now=NOW)
    assign(references[0], jurors[0])
    assign(references[0], jurors[1])
    assign(references[1], jurors[0])
    done(conflicts.declare_conflict, jurors[1], references[0], Duty.JURY, "Mijn zus werkt er.", now=NOW)
    found = asked(scoring.suggest, SYSTEM, "small")
    kept = [(references[0], jurors[0].person_id), (references[1], jurors[0].person_id)]
    after = [*kept, *found.pairs]
    assert (found.short, found.reasons, len(set(after))) == ((), (), 6)
    assert Counter(reference for reference, _ in after) == dict.fromkeys(references, 2)
    assert (references[0], jurors[1].person_id) not in after
    assert sorted(found.loads.values()) == [1, 2, 2, 2]


# Who may


def test_a_file_is_given_only_to_somebody_on_the_panel_in_that_duty(settings: Settings) -> None:
    a_call()
    reference, juror = an_application("eligible"), a_juror()
    assert refusal(scoring.appoint, SYSTEM, "small", juror.person_id, Duty.EXPERT, now=NOW).code == "not-a-judge"
    assert refusal(scoring.assign, SYSTEM, reference, juror.person_id, Duty.JURY, now=NOW).code == "not-a-judge"
    assign(reference, juror, declared=False)
    assign(reference, juror, declared=False)
    assert [entry.event for entry in asked(entries, f"application:{reference}")][-2:] == [Event.ADMIT, Event.ASSIGN]
    assert [item.reference for item in asked(queries.queue, juror, Duty.JURY)] == [reference]
    assert asked(queries.queue, juror, Duty.EXPERT) == ()


def test_a_file_that_is_not_eligible_is_given_to_nobody(settings: Settings) -> None:
    a_call()
    juror = a_juror()
    done(scoring.appoint, SYSTEM, "small", juror.person_id, Duty.JURY, now=NOW)
    for state in ("draft", "submitted", "ineligible", "withdrawn"):
        refused = refusal(scoring.assign, SYSTEM, an_application(state), juror.person_id, Duty.JURY, now=NOW)
        assert refused.code == "not-eligible-yet"


def test_who_was_not_given_the_file_finds_nothing_there(settings: Settings) -> None:
    reference, juror = a_judged_file()
    expert = an_expert()
    assign(reference, expert, Duty.EXPERT)
    for who, duty in (
        (a_juror(), Duty.JURY), (expert, Duty.JURY), (juror, Duty.EXPERT), (an_administrator(), Duty.JURY),
        (VISITOR, Duty.JURY),
    ):  # fmt: skip
        with pytest.raises(NotThere):
            save(who, reference, FOURS if duty is Duty.JURY else OPINION, duty)
        with pytest.raises(NotThere):
            asked(queries.assigned_file, who, reference, duty)


def test_a_judge_sees_the_answers_meant_for_them_and_no_others(settings: Settings) -> None:
    reference, juror = a_judged_file(contact="ada@example.org")
    seen, own = asked(queries.assigned_file, juror, reference, Duty.JURY)
    assert sorted(seen.answers) == ["places", "requested", "summary", "title", "zone"]
    assert [question.id for question in seen.terms.questions()] == [
        "title", "summary", "zone", "places", "requested", "budget",
    ]  # fmt: skip
    assert (own.marks, own.submitted_at, own.row_version) == ({}, None, 0)


def test_a_juror_on_the_board_of_the_applicant_gets_no_file_of_it(settings: Settings) -> None:
    a_call()
    board_member, organisation = an_association()
    done(people.give_role, board_member.person_id, Role.JUROR, actor=SYSTEM, now=NOW)
    reference = an_application("eligible", by=(board_member, organisation))
    done(scoring.appoint, SYSTEM, "small", board_member.person_id, Duty.JURY, now=NOW)
    refused = refusal(scoring.assign, SYSTEM, reference, board_member.person_id, Duty.JURY, now=NOW)
    assert (refused.code, dict(refused.reason.facts)) == ("conflict-known", {"reference": reference})
    assert asked(scoring.suggest, SYSTEM, "small").pairs == ()


def test_who_joins_the_applicant_after_marking_loses_the_file_and_the_marks(settings: Settings) -> None:
    reference, juror = a_judged_file()
    save(juror, reference)
    organisation = asked(view, reference).organisation.id
    done(
        lambda session: session.add(
            Membership(person_id=juror.person_id, organisation_id=organisation, role=MemberRole.READER)
        )
    )
    assert (asked(queries.scored_file, reference).reviews, asked(queries.queue, juror, Duty.JURY)) == ((), ())


def test_a_declared_conflict_hides_the_file_and_drops_the_marks(settings: Settings) -> None:
    reference, juror = a_judged_file()
    other, expert = a_juror(), an_expert()
    assign(reference, other)
    assign(reference, expert, Duty.EXPERT)
    save(juror, reference, NewReview({"relevance": 0, "feasibility": 0}, {}))
    save(other, reference)
    save(expert, reference, OPINION, Duty.EXPERT)
    assert asked(queries.scored_file, reference).score == 4667
    without = refusal(conflicts.declare_conflict, juror, reference, Duty.JURY, " ", now=NOW)
    assert (without.code, without.field) == ("reason-needed", "reason")
    done(conflicts.declare_conflict, juror, reference, Duty.JURY, "Mijn zus werkt er.", now=NOW)
    done(conflicts.declare_conflict, juror, reference, Duty.JURY, "Nog eens.", now=NOW)
    assert asked(queries.scored_file, reference).score == 8000
    assert asked(queries.queue, juror, Duty.JURY) == ()
    for act in (
        lambda session: queries.assigned_file(session, juror, reference, Duty.JURY),
        lambda session: scoring.save_review(session, juror, reference, Duty.JURY, FOURS, submit=False, now=NOW),
    ):
        with pytest.raises(NotThere):
            done(act)
    history = asked(entries, f"application:{reference}")
    declared = [entry.reason for entry in history if entry.event is Event.DECLARE_CONFLICT]
    assert declared == ["Mijn zus werkt er."]


# Writing a review


def test_a_draft_is_private_and_does_not_count(settings: Settings) -> None:
    reference, juror = a_judged_file()
    save(juror, reference, NewReview({"relevance": 5}, {"relevance": "sterk"}), submit=False)
    found = asked(queries.scored_file, reference)
    assert (found.score, [one.person_id for one in found.waiting], found.ready) == (None, [juror.person_id], False)
    own = asked(queries.assigned_file, juror, reference, Duty.JURY)[1]
    assert (own.marks, own.comments, own.submitted_at) == ({"relevance": 5}, {"relevance": "sterk"}, None)
    for word in ("relevance", "sterk"):
        assert [word in str(entry.facts) for entry in asked(entries, f"application:{reference}")].count(True) == 0


def test_a_review_is_submitted_once_and_stays_as_it_is(settings: Settings) -> None:
    reference, juror = a_judged_file()
    save(juror, reference)
    again = refusal(scoring.save_review, juror, reference, Duty.JURY, FOURS, submit=True, now=NOW)
    draft = refusal(scoring.save_review, juror, reference, Duty.JURY, FOURS, submit=False, now=NOW)
    assert [(one.code, dict(one.reason.facts)) for one in (again, draft)] == [
        ("review-submitted", {"at": NOW.isoformat()})
    ] * 2


def test_a_review_saved_in_two_windows_keeps_the_first(settings: Settings) -> None:
    reference, juror = a_judged_file()
    done(scoring.save_review, juror, reference, Duty.JURY, FOURS, submit=False, seen_version=0, now=NOW)
    fives = NewReview({"relevance": 5, "feasibility": 5}, {})
    stale = refusal(scoring.save_review, juror, reference, Duty.JURY, fives, submit=True, seen_version=0, now=NOW)
    assert stale.code == "review-changed-elsewhere"
    own = asked(queries.assigned_file, juror, reference, Duty.JURY)[1]
    assert own.marks == {"relevance": 4, "feasibility": 4}
    done(scoring.save_review, juror, reference, Duty.JURY, fives, submit=True, seen_version=own.row_version, now=NOW)


@pytest.mark.parametrize(
    ("new", "refused"),
    [
        (NewReview({}, {}, "Degelijk.", Advice.FAVOURABLE), ("mark-missing", "soundness")),
        (NewReview({"soundness": 4}, {}, "  ", Advice.FAVOURABLE), ("opinion-text-missing", "text")),
        (NewReview({"soundness": 4}, {}, "Degelijk."), ("advice-missing", "advice")),
    ],
)
def test_a_technical_opinion_has_a_mark_a_text_and_an_advice(
    settings: Settings, new: NewReview, refused: tuple[str, str]
) -> None:
    a_call()
    reference, expert = an_application("eligible"), an_expert()
    assign(reference, expert, Duty.EXPERT)
    found = refusal(scoring.save_review, expert, reference, Duty.EXPERT, new, submit=True, now=NOW)
    assert (found.code, found.field) == refused
    save(expert, reference, new, Duty.EXPERT, submit=False)


def test_a_file_without_its_technical_opinion_cannot_be_ranked_where_the_call_asks_for_one(settings: Settings) -> None:
    criteria = [one.model_dump(mode="json", exclude_none=True) for one in terms().criteria]
    without_weight = [*criteria[:2], {**criteria[2], "weight": 0}]
    a_call(terms(criteria=without_weight))
    reference, juror = an_application("eligible"), a_juror()
    assign(reference, juror)
    save(juror, reference)
    found = asked(queries.scored_file, reference)
    assert (found.score, found.missing_opinion, found.ready) == (8000, True, False)


def test_a_review_that_is_begun_cannot_be_taken_back(settings: Settings) -> None:
    reference, juror = a_judged_file()
    other = a_juror()
    assign(reference, other)
    done(scoring.unassign, SYSTEM, reference, other.person_id, Duty.JURY, now=NOW)
    save(juror, reference, NewReview({}, {}), submit=False)
    assert refusal(scoring.unassign, SYSTEM, reference, juror.person_id, Duty.JURY, now=NOW).code == "review-begun"
    with pytest.raises(NotThere):
        done(scoring.unassign, SYSTEM, reference, other.person_id, Duty.JURY, now=NOW)
    assert [one.person_id for one in asked(queries.scored_file, reference).reviews] == [juror.person_id]


def test_the_remark_of_the_jury_is_written_down_when_it_changes(settings: Settings) -> None:
    a_call()
    reference = an_application("eligible")
    for text in ("Goed.", "Goed.", " Zeer goed. "):
        done(scoring.record_remark, SYSTEM, reference, text, now=NOW)
    assert asked(queries.scored_file, reference).remark == "Zeer goed."
    events = [entry.event for entry in asked(entries, f"application:{reference}")]
    assert events.count(Event.RECORD_REMARK) == 2
    with pytest.raises(NotThere):
        done(scoring.record_remark, a_juror(), reference, "Zeer goed.", now=NOW)


def test_nothing_of_the_jury_changes_once_the_file_is_decided(settings: Settings) -> None:
    a_call()
    reference, late = an_application("eligible"), a_juror()
    score(reference, (4, 4, 4))
    assign(reference, late)
    save(late, reference)
    slow = an_application("scored")
    decide(an_administrator())
    assert [
        refusal(scoring.save_review, late, reference, Duty.JURY, FOURS, submit=True, now=AFTER).code,
        refusal(scoring.assign, SYSTEM, slow, late.person_id, Duty.JURY, now=AFTER).code,
        refusal(scoring.record_remark, SYSTEM, slow, "Toch niet.", now=AFTER).code,
    ] == ["scoring-closed", "not-eligible-yet", "not-eligible-yet"]


def test_the_queue_shows_what_is_to_be_done_before_what_is_done(settings: Settings) -> None:
    a_call()
    juror, by = a_juror(), an_association()
    first, second, third = (an_application("eligible", by=by) for _ in range(3))
    for reference in (first, second, third):
        assign(reference, juror)
    save(juror, first)
    assert [(item.reference, item.open) for item in asked(queries.queue, juror, Duty.JURY)] == [
        (second, True), (third, True), (first, True),
    ]  # fmt: skip
