"""Acting on a call in preparation: the copy in work, taking it over, publishing, extending, trying it."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from config.settings import Settings
from tests.builders import (
    ANSWERS,
    CLOSES,
    DAY,
    NOW,
    OPENS,
    a_call,
    a_juror,
    a_person,
    an_administrator,
    an_application,
    an_association,
    asked,
    done,
    refusal,
    terms,
    work_off,
)  # fmt: skip
from workflows.calls import actions as calls
from workflows.calls import preparing
from workflows.calls.copying import NewEdition
from workflows.calls.queries import call_view, public_changes, terms_of, working_copy
from workflows.calls.rules import Stage
from workflows.calls.shape import put
from workflows.eligibility import queries as eligibility
from workflows.history import entries
from workflows.letters import queries as letters
from workflows.letters.application import document_of
from workflows.letters.blocks import Letterhead
from workflows.letters.verification import as_proof, by_file, by_number
from workflows.lifecycle import ApplicationState, Event
from workflows.people.rules import ApplicantType
from workflows.permissions import SYSTEM, VISITOR, Action, Actor, MemberRole, Role
from workflows.problems import NotThere, Problem
from workflows.publication.queries import results
from workflows.replay.paper import one_page
from workflows.scoring.queries import scored
from workflows.submission import actions as submission
from workflows.submission.queries import clerk_relation, of_call, own, own_relation, receipts, row, trials_of, view
from workflows.submission.trying import start_test

pytestmark = pytest.mark.usefixtures("settings")
ADA = Actor(7, "Ada", frozenset({Role.ADMINISTRATOR}))


def edited(spot: tuple[Any, ...], value: Any, *, actor: Actor = ADA) -> str:
    """The mark of the copy in work of the small call, with this value put in."""
    copy = asked(working_copy, "small")
    content = put(copy.content, spot, value)
    done(preparing.keep, actor, "small", content, seen=copy.row_version, part="test", now=NOW)
    return str(asked(working_copy, "small").mark)


def take_over(mark: str, reason: str = "", now: datetime = NOW) -> Any:
    return done(preparing.take_over, ADA, "small", seen=mark, reason=reason, now=now)


# the copy in work


def test_what_is_kept_holds_for_nobody() -> None:
    a_call()
    edited(("criteria", 0, "weight"), 9)
    assert asked(terms_of, "small").criteria[0].weight == 3
    assert asked(working_copy, "small").content["criteria"][0]["weight"] == 9


def test_content_that_makes_no_call_is_kept_all_the_same() -> None:
    a_call()
    edited(("closes_at",), None)
    assert asked(working_copy, "small").content["closes_at"] is None


def test_the_second_of_two_tabs_overwrites_nothing() -> None:
    a_call()
    seen = asked(working_copy, "small")
    edited(("year",), 2027)
    problem = refusal(preparing.keep, ADA, "small", seen.content, seen=seen.row_version, part="x", now=NOW)
    assert (problem.code, problem.reason.facts) == ("working-copy-changed", {"by": "Ada"})
    assert asked(working_copy, "small").content["year"] == 2027


def test_keeping_the_same_writes_nothing() -> None:
    a_call()
    copy = asked(working_copy, "small")
    done(preparing.keep, ADA, "small", copy.content, seen=0, part="x", now=NOW)
    assert asked(working_copy, "small").row_version == 0
    assert [one.event for one in asked(entries, "call:small")] == [Event.IMPORT_CALL, Event.PUBLISH]


def test_a_copy_thrown_away_leaves_the_terms_as_they_were() -> None:
    a_call()
    edited(("year",), 2027)
    done(preparing.discard, ADA, "small", now=NOW)
    assert (asked(working_copy, "small").content["year"], asked(terms_of, "small").year) == (2026, 2026)


# taking over


def test_in_preparation_the_copy_is_taken_over_freely() -> None:
    a_call(published=False)
    assert take_over(edited(("criteria", 0, "weight"), 9)) == 2
    assert asked(terms_of, "small").criteria[0].weight == 9
    assert asked(working_copy, "small").row_version == 0


def test_once_published_it_needs_a_reason_and_the_history_says_what_changed() -> None:
    a_call()
    mark = edited(("envelopes", 0, "amount_cents"), 7_000_000)
    assert refusal(preparing.take_over, ADA, "small", seen=mark, reason=" ", now=NOW).code == "reason-needed"
    take_over(mark, "Extra geld")
    last = asked(entries, "call:small")[-1]
    assert (last.event, last.reason, last.facts["substantial"]) == (Event.CHANGE_CALL, "Extra geld", True)
    assert [(one["key"], one["after"]["nl"]) for one in last.facts["changes"]] == [
        ("envelopes.total.amount_cents", "€\u00a070.000")
    ]


def test_everybody_may_know_of_a_substantial_change_after_publication_and_of_no_other() -> None:
    a_call(published=False)
    take_over(edited(("criteria", 0, "weight"), 9))
    done(calls.publish, SYSTEM, "small", now=OPENS - DAY)
    take_over(edited(("summary", "nl"), "Beter gezegd."), "taal")
    assert asked(public_changes, "small") == ()
    take_over(edited(("criteria", 0, "weight"), 8), "vergissing")
    (change,) = asked(public_changes, "small")
    assert (change.reason, [one["key"] for one in change.changes]) == ("vergissing", ["criteria.relevance.weight"])


def test_a_copy_that_is_no_longer_what_was_shown_is_not_taken_over() -> None:
    a_call()
    mark = edited(("year",), 2027)
    edited(("year",), 2028)
    assert refusal(preparing.take_over, ADA, "small", seen=mark, reason="x", now=NOW).code == "working-copy-changed"


def test_a_file_imported_meanwhile_makes_the_copy_another_than_was_shown() -> None:
    a_call()
    mark = edited(("year",), 2027)
    done(calls.import_call, SYSTEM, terms(chosen_by_us=[]), now=NOW, reason="bestand")
    assert refusal(preparing.take_over, ADA, "small", seen=mark, reason="x", now=NOW).code == "working-copy-changed"


def test_a_copy_that_makes_no_call_is_not_taken_over() -> None:
    a_call()
    for spot, value in ((("closes_at",), None), (("letters", "award", "subject", "nl"), "{niets}")):
        mark = edited(spot, value)
        assert refusal(preparing.take_over, ADA, "small", seen=mark, reason="x", now=NOW).code == "call-not-ready"
        done(preparing.discard, ADA, "small", now=NOW)


def test_publishing_takes_over_what_was_prepared() -> None:
    a_call(published=False)
    mark = edited(("criteria", 0, "weight"), 9)
    done(preparing.publish, ADA, "small", seen=mark, now=OPENS - DAY)
    view_now = asked(call_view, "small", NOW)
    assert (view_now.stage, view_now.terms.criteria[0].weight) == (Stage.OPEN, 9)


def test_a_call_with_something_wrong_is_not_published_and_nothing_of_it_is_taken_over() -> None:
    a_call(published=False)
    mark = edited(("conditions", 0, "kind"), "answered-yes")
    assert refusal(preparing.publish, ADA, "small", seen=mark, now=NOW).code == "call-not-ready"
    assert (asked(call_view, "small", NOW).stage, asked(call_view, "small", NOW).version) == (Stage.DRAFT, 1)
    assert refusal(preparing.publish, ADA, "small", seen=mark, now=CLOSES).code == "call-not-ready"


def test_a_decided_call_is_not_edited() -> None:
    a_call()
    done(lambda session: setattr(calls.locked(session, "small"), "state", "decided"))
    problem = refusal(preparing.keep, ADA, "small", {}, seen=0, part="x", now=NOW)
    assert problem.code == "call-decided"


# a new call


def test_a_new_call_is_in_preparation_and_complete() -> None:
    a_call()
    plan = NewEdition("small-2027", 2027, "S27", (OPENS + 364 * DAY).date())
    assert done(preparing.begin, ADA, terms(), plan, now=NOW) == "small-2027"
    found = asked(call_view, "small-2027", NOW)
    assert (found.stage, found.version, found.terms.closes) == (Stage.DRAFT, 1, CLOSES + 364 * DAY)


@pytest.mark.parametrize(
    ("plan", "code", "field"),
    [
        (NewEdition("small", 2027, "S27", OPENS.date()), "call-id-taken", "id"),
        (NewEdition("Klein 2027", 2027, "S27", OPENS.date()), "call-id-wrong", "id"),
        (NewEdition("new", 2027, "s27", OPENS.date()), "prefix-wrong", "reference_prefix"),
        (NewEdition("new", 2027, "S26", OPENS.date()), "prefix-taken", "reference_prefix"),
        (NewEdition("new", 27, "S27", OPENS.date()), "year-wrong", "year"),
    ],
)
def test_a_plan_that_makes_no_call_is_refused_on_its_field(plan: NewEdition, code: str, field: str) -> None:
    a_call()
    problem = refusal(preparing.begin, ADA, terms(), plan, now=NOW)
    assert (problem.code, problem.field) == (code, field)


# extending

WEEK_LATER = datetime(2026, 12, 22, 16, 0)  # noqa: DTZ001  # Brussels wall-clock time, as it is typed


def test_an_extension_is_a_version_and_an_event_of_its_own() -> None:
    a_call()
    assert done(preparing.extend, ADA, "small", WEEK_LATER, "Staking bij de post", now=NOW) == 2
    last = asked(entries, "call:small")[-1]
    assert (last.event, last.reason) == (Event.EXTEND_DEADLINE, "Staking bij de post")
    assert last.facts["after"] == "2026-12-22T16:00:00+01:00"
    assert asked(terms_of, "small").closes == CLOSES + 7 * DAY
    (change,) = asked(public_changes, "small")
    assert (change.closes_before, change.closes_after) == ("2026-12-15T16:00:00+01:00", "2026-12-22T16:00:00+01:00")


def test_a_draft_that_missed_the_old_deadline_goes_on() -> None:
    a_call()
    by = an_association()
    reference = an_application(by=by)
    late = CLOSES + DAY
    assert refusal(submission.submit, by[0], reference, received_at=late).code == "deadline-passed"
    done(preparing.extend, ADA, "small", WEEK_LATER, "storing", now=late)
    done(submission.submit, by[0], reference, received_at=late + timedelta(minutes=1))
    assert asked(view, reference).state is ApplicationState.SUBMITTED


def test_the_copy_in_work_follows_the_extension() -> None:
    a_call()
    edited(("year",), 2027)
    done(preparing.extend, ADA, "small", WEEK_LATER, "storing", now=NOW)
    take_over(asked(working_copy, "small").mark, "jaar")
    assert (asked(terms_of, "small").closes, asked(terms_of, "small").year) == (CLOSES + 7 * DAY, 2027)


def test_an_extension_is_later_in_the_future_and_has_a_reason() -> None:
    a_call()
    sooner = WEEK_LATER - timedelta(days=8)
    skipped = datetime(2027, 3, 28, 2, 30)  # noqa: DTZ001  # wall-clock time, as it is typed
    found = [
        refusal(preparing.extend, ADA, "small", skipped, "x", now=NOW).code,
        refusal(preparing.extend, ADA, "small", sooner, "x", now=NOW).code,
        refusal(preparing.extend, ADA, "small", WEEK_LATER, "x", now=CLOSES + 9 * DAY).code,
        refusal(preparing.extend, ADA, "small", WEEK_LATER, "  ", now=NOW).code,
    ]
    assert found == ["hour-skipped", "extension-not-later", "extension-passed", "reason-needed"]


def test_once_a_file_was_judged_the_deadline_stands() -> None:
    a_call()
    an_application("eligible")
    problem = refusal(preparing.extend, ADA, "small", WEEK_LATER, "x", now=CLOSES + DAY)
    assert problem.code == "extension-too-late"


def test_a_call_in_preparation_has_no_deadline_to_extend() -> None:
    a_call(published=False)
    assert refusal(preparing.extend, ADA, "small", WEEK_LATER, "x", now=NOW).code == "extension-too-late"


# trying it


def a_test(actor: Actor, type: ApplicantType = ApplicantType.OTHER_NONPROFIT) -> str:
    """The reference of a test application, filled in and submitted, of the small call in preparation."""
    reference = str(done(start_test, actor, "small", type, "nl", now=NOW))
    done(submission.save_answers, actor, reference, ANSWERS, now=NOW)
    done(submission.attach, actor, reference, "budget", "begroting.pdf", one_page("Begroting"), now=NOW)
    done(submission.submit, actor, reference, received_at=NOW)
    return reference


def test_a_test_is_submitted_before_publication_and_counts_nowhere(settings: Settings) -> None:
    a_call(published=False)
    reference = a_test(an_administrator())
    assert (reference, asked(view, reference).state) == ("S26T-0001-31", ApplicationState.SUBMITTED)
    assert (asked(of_call, "small"), asked(eligibility.unscreened, NOW), asked(letters.unwritten, NOW)) == ((), [], [])
    assert [one.reference for one in asked(trials_of, "small")] == [reference]
    done(calls.publish, SYSTEM, "small", now=NOW)
    work_off(NOW)
    assert (asked(scored, "small"), asked(letters.of_call, "small"), asked(results, "small", NOW).awards) == (
        (),
        (),
        (),
    )
    assert asked(view, reference).state is ApplicationState.SUBMITTED


def test_a_test_proves_nothing(settings: Settings) -> None:
    a_call(published=False)
    reference = a_test(an_administrator())
    (receipt,) = asked(lambda session: receipts(session, view(session, reference).id))
    file = json.dumps(as_proof(receipt)).encode()
    with pytest.raises(Problem, match="proof-unknown"):
        asked(by_file, file)
    with pytest.raises(Problem, match="receipt-mistyped"):  # no real number has a T
        asked(by_number, receipt.number)
    assert asked(document_of, reference, 1, Letterhead("Dienst", ())).title == f"TEST, geen bewijs: {reference}"


def test_a_test_takes_no_number_of_a_real_file() -> None:
    a_call(published=False)
    ada = an_administrator()
    assert [a_test(ada), a_test(ada)] == ["S26T-0001-31", "S26T-0002-32"]
    done(calls.publish, SYSTEM, "small", now=NOW)
    assert asked(view, an_application()).number == 1


def test_once_the_call_is_published_a_test_stands_still() -> None:
    a_call(published=False)
    reference = str(done(start_test, ADA, "small", ApplicantType.ACCREDITED, "fr", now=NOW))
    assert asked(view, reference).type is ApplicantType.ACCREDITED
    done(calls.publish, SYSTEM, "small", now=NOW)
    assert refusal(submission.save_answers, ADA, reference, {"title": "x"}, now=NOW).code == "deadline-passed"
    real = an_administrator()
    assert refusal(submission.submit, real, reference, received_at=NOW).code == "deadline-passed"
    assert refusal(start_test, ADA, "small", ApplicantType.ANY, "nl", now=NOW).code == "test-not-possible"


def test_a_test_is_the_offices_to_fill_in_and_nobodys_to_handle() -> None:
    a_call(published=False)
    reference = a_test(an_administrator())
    strangers = (a_juror(), a_person(), VISITOR)

    def relations(session: Any) -> tuple[Any, ...]:
        application = row(session, reference)
        roles = [own_relation(session, who, application).member for who in (ADA, *strangers)]
        return roles, [clerk_relation(session, who, application).conflicted for who in (ADA, SYSTEM)]

    assert asked(relations) == ([MemberRole.OWNER, None, None, None], [True, True])
    with pytest.raises(NotThere):
        asked(own, a_person(), reference, Action.READ_OWN_APPLICATION)


# who is told


def test_everybody_with_a_draft_is_told_of_a_substantial_change_and_of_an_extension(settings: Settings) -> None:
    a_call()
    by = an_association("fr")
    reference = an_application(by=by, language="fr")
    an_application("submitted")
    take_over(edited(("summary", "nl"), "Beter gezegd."), "taal")
    take_over(edited(("envelopes", 0, "amount_cents"), 7_000_000), "Plus d’argent")
    done(preparing.extend, ADA, "small", WEEK_LATER, "Grève", now=NOW)
    work_off(NOW)
    every = [mail for mail in asked(letters.mailbox) if mail.kind in ("call-changed", "deadline-extended")]
    told = [mail for mail in every if mail.language == "fr"]
    assert [mail.subject for mail in told] == [
        "Petit appel : ouvert jusqu’au 22 décembre 2026 à 16 h 00", "Petit appel : l’appel est modifié",
    ]  # fmt: skip
    assert [mail.kind for mail in every if mail not in told] == ["deadline-extended"]  # who had submitted
    assert f"/applications/{reference}" in told[0].body
    assert "- Enveloppes › Total › Montant\u00a0: 60\u202f000\u00a0€ → 70\u202f000\u00a0€" in told[1].body
    assert "Plus d’argent" in told[1].body


# who may


@pytest.mark.parametrize("who", [VISITOR, Actor(5, "Jan", frozenset({Role.JUROR})), Actor(6, "Els")])
def test_nobody_but_the_administrator_prepares_a_call(who: Actor) -> None:
    a_call(published=False)
    tried: list[tuple[Any, ...]] = [
        (preparing.keep, "small", {}, {"seen": 0, "part": "x"}),
        (preparing.discard, "small", {}),
        (preparing.take_over, "small", {"seen": "1-0"}),
        (preparing.publish, "small", {"seen": "1-0"}),
        (preparing.extend, "small", WEEK_LATER, "x", {}),
        (preparing.begin, terms(), NewEdition("new", 2027, "S27", OPENS.date()), {}),
        (start_test, "small", ApplicantType.ANY, "nl", {}),
    ]
    for act, *given, named in tried:
        with pytest.raises(NotThere):
            done(act, who, *given, **named, now=NOW)


def test_an_administrator_is_one() -> None:
    a_call(published=False)
    edited(("year",), 2027, actor=an_administrator())
    assert asked(working_copy, "small").content["year"] == 2027
