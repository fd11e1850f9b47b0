"""An association fills in its file and submits it: what is missing, what is late, what is frozen."""

from datetime import date, timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from config.settings import Settings
from tests.builders import (
    ANSWERS,
    CLOSES,
    DAY,
    NOW,
    OPENS,
    a_call,
    a_person,
    an_application,
    an_association,
    asked,
    done,
    refusal,
    terms,
)
from workflows.canonical import canonical, fingerprint
from workflows.history import entries
from workflows.language import LANGUAGES, say
from workflows.lifecycle import ApplicationState, Event
from workflows.people.rules import ApplicantType
from workflows.people.tables import Membership
from workflows.permissions import VISITOR, Action, Actor, MemberRole
from workflows.problems import NotThere, Problems
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission import documents, queries, rules
from workflows.submission.merging import marks
from workflows.submission.tables import Application

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def a_draft(**answers: object) -> tuple[Actor, str]:
    """Somebody with a draft that lacks nothing but what `answers` take away."""
    a_call()
    by = an_association()
    return by[0], an_application("draft", answers, by=by)


def state_of(reference: str) -> ApplicationState:
    found: ApplicationState = asked(queries.view, reference).state
    return found


def with_role(actor: Actor, reference: str, role: MemberRole) -> Actor:
    """A colleague with this role in the organisation of the file."""
    colleague = a_person()

    def join(session: object) -> None:
        organisation = queries.row(session, reference).organisation_id  # type: ignore[arg-type]
        session.add(  # type: ignore[attr-defined]
            Membership(person_id=colleague.person_id, organisation_id=organisation, role=role)
        )

    done(join)
    return colleague


def test_a_submitted_file_gets_a_receipt_and_moves(settings: Settings) -> None:
    actor, reference = a_draft()
    receipt = done(submission.submit, actor, reference, received_at=NOW)
    assert state_of(reference) is ApplicationState.SUBMITTED
    number, check = receipt.number.rsplit("/", 1)
    assert (number, receipt.submission, receipt.received_at) == (f"{reference}/1/{receipt.digest[:8]}", 1, NOW)
    assert (check.isdecimal(), rules.valid_receipt_number(receipt.number)) == (True, True)
    last = asked(entries, f"application:{reference}")[-1]
    assert (last.event, last.at, dict(last.facts)) == (
        Event.SUBMIT, NOW, {"receipt": receipt.number, "digest": receipt.digest},
    )  # fmt: skip


def test_everything_missing_is_listed_at_once_in_the_order_of_the_form(settings: Settings) -> None:
    a_call()
    actor, organisation = an_association()
    reference = done(submission.start, actor, "small", organisation, "nl", now=NOW)
    refused = refusal(submission.submit, actor, reference, received_at=NOW)
    assert isinstance(refused, Problems)
    assert [(problem.code, problem.field) for problem in refused.problems] == [
        ("answer-missing", "title"), ("answer-missing", "summary"), ("answer-missing", "zone"),
        ("answer-missing", "requested"), ("document-missing", "budget"),
    ]  # fmt: skip
    assert [say(refused.problems[4].reason, language) for language in LANGUAGES] == [
        "“Begroting” is nog niet toegevoegd.", "«\u00a0Budget\u00a0» n’est pas encore joint.",
        "“Budget” is not attached yet.",
    ]  # fmt: skip
    assert state_of(reference) is ApplicationState.DRAFT


def test_no_and_zero_are_answers_and_blanks_are_none() -> None:
    call = terms()
    draft = rules.Draft({"title": "", "summary": None, "zone": [], "requested": 0}, (), ApplicantType.ACCREDITED)
    assert [problem.field for problem in rules.missing(call, draft)] == ["title", "summary", "zone", "budget"]
    assert [rules.progress(section, draft) for section in call.sections] == [
        rules.Progress(0, 3), rules.Progress(1, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("type", "requested", "problem"),
    [
        ("other-nonprofit", 12_500_000, "amount-above-ceiling"),
        ("other-nonprofit", 2_500_001, "amount-above-ceiling"),
        ("other-nonprofit", 2_500_000, None),
        ("other-nonprofit", 2_496_000, None),
        ("other-nonprofit", 1_000_000, None),
        ("other-nonprofit", 999_999, "amount-below-floor"),
        ("accredited", 2_500_001, None),
        ("accredited", 12_500_000, None),
        ("accredited", 12_500_001, "amount-above-ceiling"),
        ("accredited", 999_999, "amount-below-floor"),
    ],
)
def test_the_amount_is_bound_by_the_type_of_applicant_bounds_included(
    type: str, requested: int, problem: str | None
) -> None:
    found = rules.wrong(terms(), rules.Draft({**ANSWERS, "requested": requested}, (), ApplicantType(type)))
    assert [(one.code, one.field) for one in found] == ([(problem, "requested")] if problem else [])


def test_an_association_that_is_not_accredited_cannot_submit_for_125000_euro(settings: Settings) -> None:
    actor, reference = a_draft(requested=12_500_000)
    refused = refusal(submission.submit, actor, reference, received_at=NOW)
    assert isinstance(refused, Problems)
    assert [say(problem.reason, "en") for problem in refused.problems] == [
        "You ask for €125,000. For your type of organisation the most in this call is €25,000."
    ]
    done(submission.save_answers, actor, reference, {"requested": 2_500_000}, now=NOW)
    done(submission.submit, actor, reference, received_at=NOW)
    assert state_of(reference) is ApplicationState.SUBMITTED


def test_the_type_is_that_of_the_reference_date_of_the_call(settings: Settings) -> None:
    until_new_year = {"accredited_from": date(2022, 1, 1), "accredited_until": date(2026, 12, 31)}
    from_new_year = {"accredited_from": date(2027, 1, 1)}
    a_call(terms(reference_date=date(2026, 12, 31)))
    a_call(terms(id="next", reference_prefix="N26", reference_date=date(2027, 1, 1)))
    references = {
        (call, name): an_application("draft", by=an_association(**period), call=call)
        for call in ("small", "next") for name, period in (("until", until_new_year), ("from", from_new_year))
    }  # fmt: skip
    assert {key: asked(queries.view, reference).type.value for key, reference in references.items()} == {
        ("small", "until"): "accredited", ("small", "from"): "other-nonprofit",
        ("next", "until"): "other-nonprofit", ("next", "from"): "accredited",
    }  # fmt: skip


def test_a_type_of_applicant_the_call_does_not_invite_cannot_submit() -> None:
    only_accredited = [{"type": "accredited", "floor_cents": 1_000_000, "ceiling_cents": 12_500_000}]
    found = rules.wrong(terms(applicants=only_accredited), rules.Draft(ANSWERS, (), ApplicantType.OTHER_NONPROFIT))
    assert [(one.code, one.field) for one in found] == [("applicant-type-not-invited", None)]


def test_an_end_before_the_start_and_more_than_the_budget_are_wrong() -> None:
    dates = [
        {"id": "starts", "kind": "date", "means": "starts-on", "label": {"nl": "Van", "fr": "Du"}},
        {"id": "ends", "kind": "date", "means": "ends-on", "label": {"nl": "Tot", "fr": "Au"}},
        {"id": "total", "kind": "amount", "means": "total-budget", "label": {"nl": "Begroting", "fr": "Budget"}},
    ]
    small = terms().model_dump(mode="json", exclude_none=True)["sections"]
    call = terms(sections=[*small, {"id": "more", "title": {"nl": "Meer", "fr": "Plus"}, "questions": dates}])
    answers = {**ANSWERS, "starts": "2027-02-01", "ends": "2027-01-31", "total": 1_999_999}
    found = rules.wrong(call, rules.Draft(answers, (), ApplicantType.OTHER_NONPROFIT))
    assert [(one.code, one.field) for one in found] == [
        ("amount-above-budget", "requested"), ("ends-before-start", "ends"),
    ]  # fmt: skip
    one_day = {**answers, "ends": "2027-02-01", "total": 2_000_000}
    assert rules.wrong(call, rules.Draft(one_day, (), ApplicantType.OTHER_NONPROFIT)) == ()


def test_a_second_click_submits_nothing_twice_and_shows_the_receipt(settings: Settings) -> None:
    actor, reference = a_draft()
    receipt = done(submission.submit, actor, reference, received_at=NOW)
    refused = refusal(submission.submit, actor, reference, received_at=NOW + SECOND)
    assert (refused.code, dict(refused.reason.facts)) == (
        "already-submitted", {"received_at": NOW.isoformat(), "receipt": receipt.number},
    )  # fmt: skip
    assert asked(queries.receipts, asked(queries.view, reference).id) == (receipt,)


def test_a_late_submission_is_refused_to_the_second(settings: Settings) -> None:
    actor, reference = a_draft()
    refused = refusal(submission.submit, actor, reference, received_at=CLOSES)
    assert say(refused.reason, "en") == (
        "The call closed on 15 December 2026 at 16:00. What you sent arrived on 15 December 2026 at 16:00 "
        "(Brussels time), so it is late. What you saved before is kept."
    )
    assert asked(queries.view, reference).answers == ANSWERS
    receipt = done(submission.submit, actor, reference, received_at=CLOSES - SECOND)
    assert receipt.received_at == CLOSES - SECOND


def test_a_draft_cannot_be_begun_before_the_call_opens_or_after_it_closed(settings: Settings) -> None:
    a_call()
    actor, organisation = an_association()
    moments = (OPENS - SECOND, CLOSES)
    codes = [refusal(submission.start, actor, "small", organisation, "nl", now=at).code for at in moments]
    assert codes == ["call-not-open", "call-not-open"]
    done(submission.start, actor, "small", organisation, "nl", now=OPENS)


def test_the_evidence_of_a_refused_attempt_is_kept(settings: Settings) -> None:
    actor, reference = a_draft()
    codes = ("deadline-passed", "answer-missing", "answer-missing")
    done(submission.note_refused_submission, actor, reference, codes, received_at=CLOSES)
    last = asked(entries, f"application:{reference}")[-1]
    assert (last.event, last.at, last.actor, last.to_state, dict(last.facts)) == (
        Event.REFUSE_SUBMISSION, CLOSES, actor.name, None, {"problems": ["answer-missing", "deadline-passed"]},
    )  # fmt: skip


def test_a_file_can_be_reopened_and_resubmitted_until_the_deadline(settings: Settings) -> None:
    actor, reference = a_draft()
    first = done(submission.submit, actor, reference, received_at=NOW)
    done(submission.reopen, actor, reference, now=NOW + HOUR)
    done(submission.save_answers, actor, reference, {"title": "Twee waterpunten"}, now=NOW + HOUR)
    second = done(submission.submit, actor, reference, received_at=NOW + 2 * HOUR)
    view = asked(queries.view, reference)
    assert (view.state, view.received_at) == (ApplicationState.SUBMITTED, NOW + 2 * HOUR)
    assert asked(queries.receipts, view.id) == (second, first)
    assert [(one.submission, one.content["answers"]["title"]) for one in (first, second)] == [
        (1, "Waterpunt"), (2, "Twee waterpunten"),
    ]  # fmt: skip
    assert refusal(submission.reopen, actor, reference, now=CLOSES).code == "deadline-passed"


def test_a_withdrawal_needs_a_reason_and_ends_the_file(settings: Settings) -> None:
    actor, reference = a_draft()
    assert refusal(submission.withdraw, actor, reference, "toch niet", now=NOW).code == "move-not-possible"
    done(submission.submit, actor, reference, received_at=NOW)
    without = refusal(submission.withdraw, actor, reference, "  ", now=NOW)
    assert (without.code, without.field) == ("reason-needed", "reason")
    done(submission.withdraw, actor, reference, " toch niet ", now=NOW)
    assert (state_of(reference), asked(entries, f"application:{reference}")[-1].reason) == (
        ApplicationState.WITHDRAWN, "toch niet",
    )  # fmt: skip
    assert refusal(submission.reopen, actor, reference, now=NOW).code == "move-not-possible"


def test_a_submitted_file_takes_no_answers_and_no_documents(settings: Settings) -> None:
    actor, reference = a_draft()
    done(submission.submit, actor, reference, received_at=NOW)
    token = asked(queries.view, reference).attachments[0].token
    page = one_page("Begroting 2")
    assert [
        refusal(submission.save_answers, actor, reference, {"title": "Later"}, now=NOW).code,
        refusal(submission.attach, actor, reference, "budget", "b.pdf", page, now=NOW).code,
        refusal(submission.detach, actor, reference, token, now=NOW).code,
    ] == ["already-submitted"] * 3


def test_a_stranger_finds_nothing_there(settings: Settings) -> None:
    actor, reference = a_draft()
    token = asked(queries.view, reference).attachments[0].token
    page = one_page("x")
    organisation = asked(queries.view, reference).organisation.id
    for stranger in (VISITOR, an_association()[0], a_person()):
        for act in (
            lambda session, who=stranger: submission.start(session, who, "small", organisation, "nl", now=NOW),
            lambda session, who=stranger: submission.save_answers(session, who, reference, {}, now=NOW),
            lambda session, who=stranger: submission.attach(session, who, reference, "budget", "x", page, now=NOW),
            lambda session, who=stranger: submission.detach(session, who, reference, token, now=NOW),
            lambda session, who=stranger: submission.submit(session, who, reference, received_at=NOW),
            lambda session, who=stranger: submission.reopen(session, who, reference, now=NOW),
            lambda session, who=stranger: submission.withdraw(session, who, reference, "x", now=NOW),
            lambda session, who=stranger: queries.own(session, who, reference, Action.READ_OWN_APPLICATION),
            lambda session, who=stranger: submission.note_refused_submission(
                session, who, reference, (), received_at=NOW
            ),
        ):
            with pytest.raises(NotThere):
                done(act)
    with pytest.raises(NotThere):
        done(submission.submit, actor, "S26-9999-99", received_at=NOW)


def test_a_reader_reads_and_an_editor_submits(settings: Settings) -> None:
    actor, reference = a_draft()
    reader = with_role(actor, reference, MemberRole.READER)
    editor = with_role(actor, reference, MemberRole.EDITOR)
    assert asked(queries.own, reader, reference, Action.READ_OWN_APPLICATION).reference == reference
    with pytest.raises(NotThere):
        done(submission.submit, reader, reference, received_at=NOW)
    done(submission.submit, editor, reference, received_at=NOW)
    assert state_of(reference) is ApplicationState.SUBMITTED


def test_a_draft_that_a_colleague_saved_meanwhile_is_not_overwritten(settings: Settings) -> None:
    actor, reference = a_draft()
    seen = marks(["title", "summary"], ANSWERS)
    mine = done(submission.save_answers, actor, reference, {"title": "Mijn titel"}, seen=seen, now=NOW)
    sent = {"title": "Uw titel", "summary": "Uw samenvatting"}
    yours = done(submission.save_answers, actor, reference, sent, seen=seen, now=NOW + HOUR)
    assert (mine.conflicts, yours.conflicts) == ((), ("title",))
    view = asked(queries.view, reference)
    assert (view.answers["title"], view.answers["summary"]) == ("Mijn titel", "Uw samenvatting")
    assert (view.saved_at, view.row_version) == (NOW + HOUR, yours.row_version)


def test_saving_again_and_again_while_somebody_types_is_written_down_once_a_sitting(settings: Settings) -> None:
    actor, reference = a_draft()
    colleague = with_role(actor, reference, MemberRole.EDITOR)
    begun = len(asked(entries, f"application:{reference}"))

    def save(who: Actor, after: timedelta, **answers: str) -> None:
        done(submission.save_answers, who, reference, answers, now=NOW + HOUR + after)

    for second in range(30):
        save(actor, second * SECOND, title=f"Titel {second}")
    save(actor, 31 * SECOND, title="Titel", summary="Nieuw")
    save(colleague, 32 * SECOND, title="Van mij")
    save(actor, 33 * SECOND, title="Toch van mij")
    save(actor, HOUR, title="Een uur later")
    said = [(one.actor, one.facts["questions"]) for one in asked(entries, f"application:{reference}")[begun:]]
    assert said == [
        (actor.name, ["title"]), (actor.name, ["summary"]), (colleague.name, ["title"]), (actor.name, ["title"]),
        (actor.name, ["title"]),
    ]  # fmt: skip


def test_saving_what_is_there_already_writes_nothing(settings: Settings) -> None:
    actor, reference = a_draft()
    before = (asked(queries.view, reference), asked(entries, f"application:{reference}"))
    done(submission.save_answers, actor, reference, {"title": "Waterpunt"}, now=NOW + HOUR)
    assert (asked(queries.view, reference), asked(entries, f"application:{reference}")) == before


def test_a_document_stands_under_a_question_that_asks_for_one_five_at_most(settings: Settings) -> None:
    actor, reference = a_draft()
    page = one_page("Nog een begroting")
    with pytest.raises(NotThere):
        done(submission.attach, actor, reference, "title", "titel.pdf", page, now=NOW)
    with pytest.raises(NotThere):
        done(submission.attach, actor, reference, "unasked", "x.pdf", page, now=NOW)
    for number in range(2, 6):
        content = page if number == 2 else one_page(str(number))
        done(submission.attach, actor, reference, "budget", f"../{number}.exe", content, now=NOW + number * SECOND)
    many = refusal(submission.attach, actor, reference, "budget", "6.pdf", one_page("6"), now=NOW)
    program = refusal(submission.attach, actor, reference, "budget", "6.pdf", b"MZ", now=NOW)
    assert [(one.code, one.field) for one in (many, program)] == [("documents-too-many", "budget")] * 2
    view = asked(queries.view, reference)
    again = done(submission.attach, actor, reference, "budget", "2 bis.pdf", page, now=NOW)
    assert again == view.attachments[1].token
    assert [one.name for one in view.attachments] == ["begroting.pdf", "2.pdf", "3.pdf", "4.pdf", "5.pdf"]
    done(submission.detach, actor, reference, view.attachments[0].token, now=NOW)
    refused = refusal(submission.attach, actor, reference, "budget", "6.pdf", b"MZ", now=NOW)
    assert (refused.code, refused.field) == ("document-kind-refused", "budget")
    assert asked(documents.document, view, view.attachments[1].token) == (view.attachments[1], page)
    with pytest.raises(NotThere):
        done(submission.detach, actor, reference, view.attachments[0].token, now=NOW)


def test_what_was_submitted_is_frozen_and_its_digest_can_be_repeated_by_anybody(settings: Settings) -> None:
    actor, reference = a_draft()
    receipt = done(submission.submit, actor, reference, received_at=NOW)
    view = asked(queries.view, reference)
    page = one_page("Begroting")
    assert receipt.content == {
        "call": "small", "terms_version": 1, "terms": fingerprint(view.terms.model_dump(mode="json")),
        "reference": reference, "submission": 1, "organisation": view.organisation.enterprise_number,
        "language": "nl", "answers": ANSWERS,
        "documents": [
            {"question": "budget", "name": "begroting.pdf", "sha256": sha256(page).hexdigest(), "size": len(page)}
        ],
        "received_at": "2026-11-24T12:00:00+00:00",
        "applicant": {**view.organisation.statement(), "type": "other-nonprofit"},
    }  # fmt: skip
    assert receipt.digest == sha256(canonical(receipt.content).encode()).hexdigest()
    kept = asked(queries.receipts, view.id)[0]
    assert (kept.content, kept.digest) == (receipt.content, receipt.digest)


def test_the_digest_of_a_snapshot_does_not_depend_on_the_order_of_answers() -> None:
    def snapshot(answers: dict[str, object]) -> rules.Snapshot:
        return rules.Snapshot("small", 1, "t", "S26-0001-01", 1, "0407626464", "nl", answers, (), NOW)

    one, other = snapshot({"a": 1, "b": "é"}), snapshot({"b": "é", "a": 1})
    assert one.digest() == other.digest() == "ea571b3ef39bd212ea172aa4fad39a7930609e948d2791255d0c1d86cd50084e"


def test_references_count_within_a_call_and_carry_check_digits(settings: Settings) -> None:
    a_call()
    found = [an_application("draft") for _ in range(3)]
    assert found == [rules.reference("S26", number) for number in (1, 2, 3)]
    assert [rules.valid_reference(reference) for reference in found] == [True, True, True]


@given(st.integers(1, 9999), st.integers(1, 9999), st.sampled_from(["S26", "Z24", "OEF26"]))
def test_a_slip_in_a_reference_is_found(number: int, other: int, prefix: str) -> None:
    reference = rules.reference(prefix, number)
    mistyped = reference.replace(f"{number:04d}-", f"{other:04d}-")
    assert (rules.valid_reference(reference), rules.valid_reference(mistyped)) == (
        True, (other - number) % 97 == 0,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", "S26", "S26-1", "S26-0001", "S26-0001-xx", "-0001-01", "S26-xxxx-01", "a-b-c-d"])
def test_what_is_no_reference_is_none(text: str) -> None:
    assert rules.valid_reference(text) is False


def test_the_database_itself_refuses_a_submitted_file_without_its_instant(settings: Settings) -> None:
    _, reference = a_draft()
    with pytest.raises(IntegrityError, match="submitted_has_instant"):
        done(
            lambda session: session.execute(
                update(Application).where(Application.reference == reference).values(state="submitted")
            )
        )


def test_two_organisations_with_one_name_are_two_applicants(settings: Settings) -> None:
    a_call()
    twins = [an_association(name="ULB Engagée") for _ in range(2)]
    references = [an_application("submitted", by=twin) for twin in twins]
    assert [asked(queries.view, reference).organisation.id for reference in references] == [twin[1] for twin in twins]


def test_the_last_touched_of_my_files_comes_first(settings: Settings) -> None:
    a_call()
    by = an_association()
    first, second = (an_application("draft", by=by, now=NOW + DAY * number) for number in (0, 1))
    done(submission.save_answers, by[0], first, {"title": "Nieuwe titel"}, now=NOW + 2 * DAY)
    mine = [one.reference for one in asked(queries.of_organisations, (by[1],))]
    assert (mine, asked(queries.of_organisations, ())) == ([first, second], ())
