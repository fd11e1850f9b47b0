"""The administrator's door: a call from its terms to its closing, and what is refused on the way."""

import hashlib
import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

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
    assign,
    decide,
    score,
    sign_in,
    terms,
    without_token,
    work_off,
)
from tests.conftest import Clock
from workflows.allocation.queries import board, decision
from workflows.calls.queries import call_view
from workflows.calls.rules import read_terms, write_terms
from workflows.database import reading, transaction
from workflows.eligibility import actions as eligibility
from workflows.eligibility.queries import screening
from workflows.history import HistoryEntry, entries
from workflows.letters import queries as letters
from workflows.lifecycle import ApplicationState, CallState, Event
from workflows.people.tables import Membership
from workflows.permissions import SYSTEM, Actor, Duty, MemberRole, Role
from workflows.scoring import actions as scoring
from workflows.scoring.actions import NewReview
from workflows.scoring.queries import remark_of, scored, scored_file
from workflows.submission.queries import view

HOUSE = "/administration"
JUDGING = CLOSES + 10 * DAY


@pytest.fixture
def ada(client: FlaskClient) -> Actor:
    """The administrator whose browser `client` is."""
    found = an_administrator()
    sign_in(client, found)
    client.get("/?language=en")
    return found


def state_of(reference: str) -> ApplicationState:
    with reading() as session:
        return view(session, reference).state


def screened(reference: str) -> str:
    """The submitted file, with its automatic verdict."""
    with transaction() as session:
        eligibility.screen(session, SYSTEM, reference, now=NOW)
    return reference


def join(actor: Actor, organisation: int) -> None:
    """Make the person a member of the organisation."""
    with transaction() as session:
        session.add(Membership(person_id=actor.person_id, organisation_id=organisation, role=MemberRole.READER))


def draft_review(reference: str, juror: Actor, comment: str) -> None:
    """A review that its juror has saved and not submitted."""
    new = NewReview({"relevance": 1}, {"relevance": comment})
    with transaction() as session:
        scoring.save_review(session, juror, reference, Duty.JURY, new, submit=False, now=NOW)


def hidden(page: str, name: str) -> list[str]:
    """The values of hidden fields with this name."""
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(HOUSE + address)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def said(client: FlaskClient, address: str, data: dict[str, Any] | None = None, status: int = 200) -> str:
    """The page at which a post ends."""
    answer = client.post(HOUSE + address, data=data or {}, follow_redirects=True)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


# who may enter


def test_every_screen_is_not_there_for_whoever_is_no_administrator(app: Flask, client: FlaskClient) -> None:
    a_call()
    reference = an_application("eligible")
    sign_in(client, a_juror())
    names = {"call_id": "small", "reference": reference, "duty": "jury", "token": "x"}
    values = {**names, "person_id": 1, "number": 0, "letter_id": 1, "organisation_id": 1, "accreditation_id": 1}
    values |= {"account_id": 1, "invitation_id": 1, "role": "juror", "part": "criteria", "spot": "criteria.0"}
    values |= {"kind": "csv", "step": "government", "line_id": 1, "period_id": 1, "spoken": "nl", "scenario_id": 1}
    values |= {"mail_id": 1}
    screens = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("administrator.")]
    assert len(screens) >= 41
    for rule in screens:
        with app.test_request_context():
            address = app.url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
        method = "POST" if "GET" not in (rule.methods or ()) else "GET"
        assert client.open(address, method=method).status_code == 404, rule.endpoint


def test_a_visitor_is_sent_to_the_sign_in(client: FlaskClient) -> None:
    answer = client.get(HOUSE + "/")
    assert (answer.status_code, answer.location) == (302, "/sign-in?next=/administration/")


def test_an_administrator_with_a_conflict_finds_the_file_nowhere(client: FlaskClient) -> None:
    a_call()
    both, organisation = an_association()
    ada = an_administrator()
    own = an_application("eligible", by=(both, organisation))
    other = an_application("eligible")
    join(ada, organisation)
    sign_in(client, ada)
    unknown = page(client, "/files/S26-9999-00", 404)
    assert without_token(page(client, f"/files/{own}", 404)) == without_token(unknown.replace("S26-9999-00", own))
    page(client, f"/files/{own}/scoring", 404)
    page(client, f"/files/{own}/assignment", 404)
    page(client, f"/files/{other}")
    for screen in ("screening", "assignment", "scoring"):
        shown = page(client, f"/calls/small/{screen}")
        assert (own in shown, other in shown) == (False, True), screen
    for screen in ("allocation", "letters", "history", "results"):  # the decision as a whole is not theirs
        page(client, f"/calls/small/{screen}", 404)


def test_a_draft_is_not_there_for_the_office(client: FlaskClient, ada: Actor) -> None:
    a_call()
    draft = an_application("draft")
    page(client, f"/files/{draft}", 404)
    assert draft not in page(client, "/calls/small/screening")


# the call


def test_the_home_says_what_must_be_done_now(client: FlaskClient, ada: Actor, clock: Clock) -> None:
    a_call()
    screened(an_application("submitted"))
    an_application("eligible")
    assert "to screen" not in page(client, "/")  # while the call is open an association may still take its file back
    clock.now = JUDGING
    shown = page(client, "/")
    assert "1 file to screen" in shown
    assert "1 file without enough jurors" in shown
    assert "1 file without an expert" in shown


def test_a_draft_call_is_published_and_a_second_click_says_so(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    assert "Publish the call" in page(client, "/calls/small/setup")
    assert "The call is published" in said(client, "/calls/small/publish")
    assert "This did not work" in said(client, "/calls/small/publish")
    with reading() as session:
        assert call_view(session, "small", NOW).state is CallState.PUBLISHED


def test_the_exported_file_is_read_back_as_the_same_call(client: FlaskClient, ada: Actor) -> None:
    found = a_call()
    answer = client.get(HOUSE + "/calls/small/terms.toml")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="small.toml"'
    assert read_terms(answer.get_data(as_text=True), "small.toml") == read_terms(write_terms(found), "small.toml")


def test_a_call_file_is_imported_as_a_new_call(client: FlaskClient, ada: Actor) -> None:
    said(client, "/import", {"text": write_terms(terms(id="fresh"))})
    with reading() as session:
        assert call_view(session, "fresh", NOW).state is CallState.DRAFT


def test_a_wrong_call_file_is_refused_line_by_line_and_its_text_is_kept(client: FlaskClient, ada: Actor) -> None:
    text = write_terms(terms()).replace("pass_mark_hundredths = 6000", 'pass_mark_hundredths = "sixty"\nhurdle = 1')
    shown = said(client, "/import", {"text": text}, 422)
    complaints = re.findall(r'<a href="#text">([^<]*)</a>', shown)
    assert [one.split(" (")[0] for one in complaints] == [
        "call.toml: scoring.pass_mark_hundredths: Input should be a valid integer",
        "call.toml: scoring.hurdle: unknown key, expected one of "
        "blind, extremes_explained, gap_hundredths, jurors_per_application, jury_due_at, opinion_due_at, "
        "opinion_required, pass_mark_hundredths, quorum",
    ]
    assert "hurdle = 1" in shown


def test_an_uploaded_file_is_read_and_one_that_is_no_text_is_refused_by_its_name(
    client: FlaskClient, ada: Actor
) -> None:
    shown = said(client, "/import", {"file": (BytesIO(b"id = \xff"), "scan.toml")}, 422)
    assert re.findall(r'<a href="#text">([^<]*)</a>', shown) == ["scan.toml: expected text in UTF-8, byte 5 is none"]
    said(client, "/import", {"file": (BytesIO(write_terms(terms(id="fresh")).encode()), "fresh.toml")})
    with reading() as session:
        assert call_view(session, "fresh", NOW).version == 1


def test_published_terms_change_only_with_a_reason_and_nothing_typed_is_lost(client: FlaskClient, ada: Actor) -> None:
    a_call()
    changed = write_terms(terms(year=2027))
    shown = said(client, "/import", {"text": changed}, 422)
    assert "year = 2027" in shown
    assert 'id="reason-error"' in shown
    said(client, "/import", {"text": changed, "reason": "verkeerd jaar"})
    with reading() as session:
        call, last = call_view(session, "small", NOW), entries(session, "call:small")[-1]
    assert (call.version, call.terms.year) == (2, 2027)
    assert (last.event, last.reason) == (Event.CHANGE_CALL, "verkeerd jaar")


# screening


def test_the_clean_files_are_admitted_in_one_go_and_the_others_say_why_not(client: FlaskClient, ada: Actor) -> None:
    a_call()
    clean, second = (screened(an_application("submitted")) for _ in range(2))
    unclear = screened(an_application("submitted", by=an_association(legal_form="scrl")))
    shown = page(client, "/calls/small/screening/clean")
    ticks = re.findall(r'name="file" id="[^"]*" value="([^"]*)"', shown)
    assert [tick.split()[0] for tick in ticks] == [clean, second]
    assert unclear in page(client, "/calls/small/screening?show=person")
    assert clean not in page(client, "/calls/small/screening?show=person")
    shown = said(client, "/calls/small/screening/clean", {"file": [*ticks, unclear]})
    assert "2 files were declared eligible." in shown
    assert f"{unclear} is left out." in shown
    states = [state_of(one) for one in (clean, second, unclear)]
    assert states == [ApplicationState.ELIGIBLE, ApplicationState.ELIGIBLE, ApplicationState.SUBMITTED]
    shown = said(client, "/calls/small/screening/clean", {"file": ticks})
    assert ("2 files were eligible already." in shown, "declared eligible." in shown) == (True, False)
    assert "Nothing was ticked." in said(client, "/calls/small/screening/clean")


def test_a_verdict_by_hand_needs_a_reason_and_keeps_what_was_chosen(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = screened(an_application("submitted"))
    address = f"/files/{reference}/conditions/1"
    shown = said(client, address, {"condition-1-ok": "no", "condition-1-reason": " "}, 422)
    assert re.search(r'name="condition-1-ok"[^>]*value="no"[^>]*checked', shown)
    assert 'href="#condition-1-reason"' in shown  # the summary at the top leads to the field
    shown = said(client, address, {"condition-1-reason": "buiten de zone"}, 422)
    assert "buiten de zone" in shown
    said(client, address, {"condition-1-ok": "no", "condition-1-reason": "buiten de zone"})
    with reading() as session:
        check = screening(session, reference).checks[1]
    assert (check.ok, check.overruled_reason) == (False, "buiten de zone")


def test_a_condition_that_is_not_there_cannot_be_judged(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = screened(an_application("submitted"))
    data = {"condition-9-ok": "no", "condition-9-reason": "x"}
    assert client.post(f"{HOUSE}/files/{reference}/conditions/9", data=data).status_code == 404
    assert client.post(f"{HOUSE}/files/{reference}/conditions/9").status_code == 404


def test_a_file_is_declared_ineligible_once_however_often_it_is_clicked(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = screened(an_application("submitted"))
    said(client, f"/files/{reference}/conditions/2", {"condition-2-ok": "no", "condition-2-reason": "te duur"})
    for _ in range(2):
        shown = said(client, f"/files/{reference}/decision", {"decision": "ineligible"})
        assert "The file is declared ineligible" in shown
    with reading() as session:
        events = [entry.event for entry in entries(session, f"application:{reference}")]
    assert events.count(Event.DECLARE_INELIGIBLE) == 1


def test_a_document_of_the_file_is_handed_over_as_it_came_in(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = an_application("submitted")
    link = re.search(rf'href="({HOUSE}/files/{reference}/documents/[^"]+)"', page(client, f"/files/{reference}"))
    assert link
    answer = client.get(link[1])
    with reading() as session:
        attached = view(session, reference).attachments[0]
    assert hashlib.sha256(answer.data).hexdigest() == attached.sha256
    assert answer.headers["Content-Disposition"] == "attachment; filename=begroting.pdf"
    assert client.get(link[1] + "x").status_code == 404


# assignment


def test_what_was_suggested_on_the_screen_is_what_is_assigned(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = an_application("eligible")
    people = [a_juror() for _ in range(3)]
    chosen = {"person": [str(one.person_id) for one in people]}
    assert "3 persons were appointed." in said(client, "/calls/small/panel/jury", chosen)
    assert "was on the panel already" in said(client, "/calls/small/panel/jury", chosen)
    assert "Nothing was ticked." in said(client, "/calls/small/panel/jury")
    shown = page(client, "/calls/small/assignment/suggestion/jury")
    pairs = hidden(shown, "shown")
    with reading() as session:
        suggested = scoring.suggest(session, ada, "small").pairs
    assert pairs == [f"{reference}|{person}" for _, person in suggested]
    assert "2 assignments were made." in said(client, "/calls/small/assignment/suggestion/jury", {"pair": pairs})
    with reading() as session:
        given = {review.person_id for review in scored_file(session, reference).of(Duty.JURY)}
    assert (given, len(given)) == ({person for _, person in suggested}, 2)
    assert "Nothing to suggest" in page(client, "/calls/small/assignment/suggestion/jury")


def test_a_suggestion_says_which_file_falls_short(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = an_application("eligible")
    said(client, "/calls/small/panel/jury", {"person": str(a_juror().person_id)})
    shown = page(client, "/calls/small/assignment/suggestion/jury")
    assert f"Too few jurors for these files (Dutch; 1): {reference}." in shown
    assert hidden(shown, "shown")[0].startswith(reference)


def test_pairs_that_were_kept_stay_and_one_that_was_not_is_not_suggested_again(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = an_application("eligible")
    people = [f"{reference}|{a_juror().person_id}" for _ in range(3)]
    said(client, "/calls/small/panel/jury", {"person": [one.split("|")[1] for one in people]})
    shown = hidden(page(client, "/calls/small/assignment/suggestion/jury"), "shown")
    kept, unwanted = shown
    again = {"pair": kept, "shown": shown, "again": "yes"}
    (other,) = set(people) - set(shown)
    page_again = said(client, "/calls/small/assignment/suggestion/jury", again)
    assert set(hidden(page_again, "shown")) == {kept, other}
    assert hidden(page_again, "refused") == [unwanted]
    with reading() as session:
        assert scored_file(session, reference).reviews == ()


def test_a_suggestion_that_is_out_of_date_is_refused_with_the_files_that_changed(
    client: FlaskClient, ada: Actor
) -> None:
    a_call()
    reference = an_application("eligible")
    first, *others = (a_juror() for _ in range(3))
    said(client, "/calls/small/panel/jury", {"person": [str(one.person_id) for one in (first, *others)]})
    shown = page(client, "/calls/small/assignment/suggestion/jury")
    assign(reference, first)
    form = {"pair": hidden(shown, "shown"), "seen": hidden(shown, "seen")}
    told = said(client, "/calls/small/assignment/suggestion/jury", form)
    assert f"Meanwhile files were given or taken back: {reference}. Nothing was assigned." in told
    with reading() as session:
        assert [review.person_id for review in scored_file(session, reference).reviews] == [first.person_id]


def test_somebody_outside_the_panel_is_never_assigned(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = an_application("eligible")
    stranger = a_person()
    shown = said(client, "/calls/small/assignment/suggestion/jury", {"pair": f"{reference}|{stranger.person_id}"})
    assert "Nothing was assigned." in shown
    assert "This did not work" in said(client, f"/files/{reference}/assignment/jury/{stranger.person_id}")


def test_an_expert_is_given_and_taken_back_by_hand(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = an_application("eligible")
    expert = an_expert()
    said(client, "/calls/small/panel/expert", {"person": str(expert.person_id)})
    said(client, f"/files/{reference}/assignment/expert/{expert.person_id}")
    with reading() as session:
        assert [one.person_id for one in scored_file(session, reference).of(Duty.EXPERT)] == [expert.person_id]
    said(client, f"/files/{reference}/assignment/expert/{expert.person_id}/back")
    with reading() as session:
        assert scored_file(session, reference).of(Duty.EXPERT) == ()


# scoring


def test_the_scoring_screen_counts_each_juror_and_shows_the_score(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = an_application("scored", marks=(5, 4, 3))
    waiting = an_application("eligible")
    juror = a_juror()
    assign(waiting, juror)
    shown = page(client, "/calls/small/scoring")
    with reading() as session:
        found = {one.application.reference: one.score for one in scored(session, "small")}
    assert found == {reference: 8667, waiting: None}  # (3*5 + 2*4 + 1*3) of 30 points
    assert "86.67" in shown
    assert re.search(rf"{juror.name}</span> <span[^>]*>0 of 1<", shown)


def test_the_remark_of_the_jury_is_kept_and_a_clash_shows_both(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = an_application("eligible")
    address = f"/files/{reference}/scoring"
    said(client, address, {"text": "Sterk dossier.", "seen": ""})
    shown = said(client, address, {"text": "Zwak dossier.", "seen": ""}, 409)
    assert "Sterk dossier." in shown
    assert "Zwak dossier." in shown
    assert hidden(shown, "seen") == ["Sterk dossier."]
    said(client, address, {"text": "Zwak dossier.", "seen": "Sterk dossier."})
    with reading() as session:
        assert remark_of(session, view(session, reference).id) == "Zwak dossier."


def test_a_juror_s_private_draft_is_not_shown(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference, juror = an_application("eligible"), a_juror()
    assign(reference, juror)
    draft_review(reference, juror, "nog niet af")
    shown = page(client, f"/files/{reference}/scoring")
    assert ("nog niet af" in shown, "not in yet" in shown) == (False, True)


# allocation and what follows


def test_the_board_decides_what_was_seen_and_a_second_click_changes_nothing(
    client: FlaskClient, ada: Actor, clock: Clock
) -> None:
    a_call()
    funded, low = an_application("scored"), an_application("scored", marks=(1, 1, 1))
    clock.now = JUDGING
    shown = page(client, "/calls/small/allocation")
    assert "Below the pass mark" in shown
    assert "Needs: Government" in shown
    form = {name: hidden(shown, name)[0] for name in ("fingerprint", "seen_at")}
    for _ in range(2):
        assert "As it was decided, read from the record." in said(client, "/calls/small/allocation", form)
    assert (state_of(funded), state_of(low)) == (ApplicationState.AWARDED, ApplicationState.REFUSED)
    record = client.get(HOUSE + "/calls/small/allocation/record.json").data
    with reading() as session:
        kept, digest = decision(session, "small").record, decision(session, "small").record_sha256
    assert record.decode() == kept
    assert hashlib.sha256(record).hexdigest() == digest


def test_another_budget_is_tried_on_the_board_and_decides_nothing(
    client: FlaskClient, ada: Actor, clock: Clock
) -> None:
    a_call()
    an_application("scored")
    second = an_application("scored", {"requested": 2_500_000}, marks=(4, 4, 4))
    clock.now, address = JUDGING, "/calls/small/allocation"
    shown = page(client, address)
    assert ("Tried, not decided" in shown, "The price of the rule" in shown) == (False, True)
    shown = page(client, address + "?percent=-30")
    told = shown[shown.index("Tried, not decided") :].split("</section>")[0]
    assert "0 files enter, 1 leaves, 0 get another amount" in told
    assert re.findall(r"Leaves:? *(S26-[\d-]+)", told) == [second]
    assert hidden(shown, "fingerprint") == []  # what is only tried cannot be signed
    assert "Tried, not decided" in page(client, address + "?rule=pro-rata&envelope_total=10000&pass_mark=50.5")
    assert hidden(page(client, address + "?language=en&percent=0"), "fingerprint") != []
    assert "Give a whole number from" in page(client, address + "?percent=-101", 422)


def test_two_administrators_sign_and_one_alone_is_told_that_a_colleague_must(
    client: FlaskClient, app: Flask, ada: Actor, clock: Clock
) -> None:
    a_call(terms(allocation={**terms().allocation.model_dump(mode="json"), "second_signature": True}))
    an_application("scored")
    clock.now, address = JUDGING, "/calls/small/allocation"
    shown = page(client, address)
    form = {name: hidden(shown, name)[0] for name in ("fingerprint", "seen_at")}
    assert "You signed this allocation." in said(client, address, form)
    assert "You have signed this allocation already." in said(client, address, form, 409)
    assert "Take my signature back" in page(client, address)
    other = sign_in(app.test_client(), a_person(Role.ADMINISTRATOR))
    other.get("/?language=en")
    shown = page(other, address)
    assert "Ada signed exactly this on" in shown
    score(an_application("eligible"), (5, 5, 5), now=JUDGING + timedelta(minutes=1))
    clock.now = JUDGING + timedelta(minutes=2)
    assert "The signature of Ada lapsed" in said(other, address, form, 409)
    for who in (client, other):
        shown = page(who, address)
        form = {name: hidden(shown, name)[0] for name in ("fingerprint", "seen_at")}
        shown = said(who, address, form)
    assert "As it was decided, read from the record." in shown


def test_a_preview_that_went_stale_is_refused_with_what_changed_and_a_fresh_one(
    client: FlaskClient, ada: Actor, clock: Clock
) -> None:
    a_call()
    an_application("scored")
    late = an_application("eligible")
    clock.now = JUDGING
    shown = page(client, "/calls/small/allocation")
    with reading() as session:
        before = board(session, "small").fingerprint
    score(late, (5, 5, 5), now=JUDGING + timedelta(minutes=1))
    clock.now = JUDGING + timedelta(minutes=2)
    form = {"fingerprint": before, "seen_at": JUDGING.isoformat()}
    assert hidden(shown, "fingerprint") == []  # a file was not scored: nothing could be decided from that page
    shown = said(client, "/calls/small/allocation", form, 409)
    notice = shown[shown.index("Since you opened the page something changed in:") :]
    assert re.findall(r'href="/administration/files/([^"/]+)"', notice)[0] == late
    with reading() as session:
        assert hidden(shown, "fingerprint") == [board(session, "small").fingerprint]
    assert state_of(late) is ApplicationState.ELIGIBLE


def test_what_stands_in_the_way_is_named_and_nothing_can_be_decided(
    client: FlaskClient, ada: Actor, clock: Clock
) -> None:
    a_call()
    unscreened, unready = screened(an_application("submitted")), an_application("eligible")
    an_application("scored")
    assert "The call has not closed yet." in page(client, "/calls/small/allocation")
    clock.now = JUDGING
    shown = page(client, "/calls/small/allocation")
    waiting = shown[shown.index("What still stands in the way") :].split("</ul>")[0]
    assert re.findall(r'href="/administration/files/([^"]+)"', waiting) == [unscreened, f"{unready}/scoring"]
    assert "Decide this allocation" not in shown


def test_held_letters_are_released_as_the_set_that_was_seen_and_then_the_call_closes(
    client: FlaskClient, ada: Actor, clock: Clock
) -> None:
    a_call()
    reference = an_application("scored")
    decide(ada, now=JUDGING)
    clock.now = JUDGING + DAY
    assert "1 letter is being written" in page(client, "/")
    work_off()
    shown = page(client, "/calls/small/letters")
    digest = hidden(shown, "digest")[0]
    assert "cannot be closed yet" in said(client, "/calls/small/close")
    assert "This did not work" in said(client, "/calls/small/letters", {"digest": "0" * 64})
    assert "1 letter was released." in said(client, "/calls/small/letters", {"digest": digest})
    assert "This did not work" in said(client, "/calls/small/letters", {"digest": digest})
    with reading() as session:
        found = [(one.application, str(one.kind), one.released_at is None) for one in letters.of_call(session, "small")]
    assert found == [(reference, "receipt", False), (reference, "award", False)]
    assert "The call is closed." in said(client, "/calls/small/close")


def test_a_letter_is_looked_at_before_it_leaves(client: FlaskClient, ada: Actor) -> None:
    a_call()
    reference = an_application("ineligible")
    work_off()
    with reading() as session:
        letter = letters.of_call(session, "small", held_only=True)[0]
    shown = page(client, f"/letters/{letter.id}")
    assert "Niet ontvankelijk" in shown
    assert "verkeerde plaats" in shown
    pdf = client.get(f"{HOUSE}/letters/{letter.id}/letter.pdf")
    assert (pdf.mimetype, pdf.data[:5]) == ("application/pdf", b"%PDF-")
    assert hashlib.sha256(pdf.data).hexdigest() == letter.pdf
    assert reference in pdf.headers["Content-Disposition"]


def test_the_history_says_that_the_chain_is_intact_and_where_it_was_broken(client: FlaskClient, ada: Actor) -> None:
    a_call()
    an_application("eligible")
    assert "The chain is intact" in page(client, "/calls/small/history")
    with transaction() as session:
        forged = session.query(HistoryEntry).filter_by(chain="call:small", position=3).one()
        forged.reason = "vervalst"
    shown = page(client, "/calls/small/history")
    assert "Entry 3 was changed" in shown
    assert "The chain is intact" not in shown


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_every_screen_of_a_decided_call_opens_in_each_language(
    client: FlaskClient, ada: Actor, clock: Clock, language: str
) -> None:
    a_call()
    an_application("scored")
    decide(ada, now=JUDGING)
    work_off()
    clock.now = JUDGING + DAY
    client.get(f"/?language={language}")
    screens = ("screening", "assignment", "panel", "scoring", "allocation", "letters", "results", "history")
    for address in ("/", "/calls/small", *(f"/calls/small/{screen}" for screen in screens)):
        assert f'<html lang="{language}">' in page(client, address)
