"""What an association does: begin, fill in in pieces, attach, check, submit, and read its letters."""

import io
import re
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.builders import (
    ANSWERS,
    CLOSES,
    DAY,
    NOW,
    a_call,
    an_administrator,
    an_application,
    an_association,
    decide,
    sign_in,
    work_off,
)
from tests.conftest import Clock
from workflows import tasks
from workflows.database import reading, transaction
from workflows.history import entries
from workflows.letters import queries as letters
from workflows.lifecycle import ApplicationState
from workflows.money import show_amount
from workflows.people.tables import Membership
from workflows.permissions import Actor, MemberRole
from workflows.replay.paper import one_page
from workflows.submission import actions as submission
from workflows.submission import queries as applications
from workflows.submission.queries import ApplicationView

PDF = one_page("Begroting")
By = tuple[Actor, int]


@pytest.fixture
def by() -> By:
    a_call()
    return an_association()


@pytest.fixture
def own(client: FlaskClient, by: By) -> FlaskClient:
    """The browser of somebody of the association, reading English."""
    sign_in(client, by[0]).get("/?language=en")
    return client


def stored(reference: str) -> ApplicationView:
    with reading() as session:
        return applications.view(session, reference)


def names(reference: str) -> list[str]:
    """The names of a file's documents."""
    return sorted(one.name for one in stored(reference).attachments)


def field(page: str, name: str) -> str:
    """The value of a hidden or one-line field of a page."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    assert tag is not None
    value = re.search(r'value="([^"]*)"', tag[0])
    return value[1] if value else ""


def save(client: FlaskClient, reference: str, section: str, then: str = "next", **answers: Any) -> TestResponse:
    """Send a section as its page would: with the version it was shown in."""
    address = f"/applications/{reference}/sections/{section}"
    page = client.get(address).get_data(as_text=True)
    seen = {"_mark": field(page, "_mark")}
    return client.post(address, data={**seen, **answers, "_then": then}, content_type="multipart/form-data")


def document(content: bytes = PDF, name: str = "begroting.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def errors(answer: TestResponse) -> dict[str, str]:
    """The sentences under the fields of a page, by field."""
    page = answer.get_data(as_text=True)
    found = re.findall(r'<p id="([\w-]+)-error" class="govuk-error-message">\s*(.*?)\s*</p>', page, re.S)
    return {name: re.sub(r"<.*?>[^<]*</span>|\s+", " ", said).strip() for name, said in found}


# Beginning


def test_an_association_begins_an_application_in_the_language_it_chooses(own: FlaskClient, by: By) -> None:
    assert own.get("/applications/start/small").status_code == 200
    answer = own.post("/applications/start/small", data={"organisation": by[1], "language": "fr"})
    reference = answer.headers["Location"].split("/")[-1]
    assert stored(reference).language == "fr"
    assert "Application without a title yet" in own.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_second_click_on_begin_leads_to_the_same_draft(own: FlaskClient, by: By) -> None:
    chosen = {"organisation": by[1], "language": "nl"}
    first = own.post("/applications/start/small", data=chosen)
    assert own.post("/applications/start/small", data=chosen).headers["Location"] == first.headers["Location"]


def test_nobody_begins_for_an_organisation_that_is_not_theirs(own: FlaskClient) -> None:
    _stranger, organisation = an_association()
    answer = own.post("/applications/start/small", data={"organisation": organisation, "language": "nl"})
    assert answer.status_code == 422
    with reading() as session:
        assert applications.of_call(session, "small") == ()


def test_a_closed_call_cannot_be_begun_and_says_when_it_was_open(own: FlaskClient, by: By, clock: Clock) -> None:
    clock.now = CLOSES
    answer = own.post("/applications/start/small", data={"organisation": by[1], "language": "nl"})
    assert answer.status_code == 422
    assert "This call is not open. Applications are taken from" in answer.get_data(as_text=True)


# Answering


def test_a_section_saves_partial_answers_and_leads_to_the_next(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by, answers={"title": "", "summary": ""})
    answer = save(own, reference, "project", title="Nieuwe titel", zone="OPT", places=["WEST-BANK", "GAZA"])
    assert answer.headers["Location"] == f"/applications/{reference}/sections/means"
    found = stored(reference).answers
    assert [found[name] for name in ("title", "zone", "places")] == ["Nieuwe titel", "OPT", ["WEST-BANK", "GAZA"]]


@pytest.mark.parametrize(
    ("language", "typed", "cents"),
    [("nl", "18.500", 1_850_000), ("fr", "€ 18 500,50", 1_850_050), ("en", "18500.00", 1_850_000)],
)
def test_an_amount_is_read_as_people_type_it_and_shown_back(
    own: FlaskClient, by: By, language: str, typed: str, cents: int
) -> None:
    reference = an_application(by=by)
    own.get(f"/?language={language}")
    answer = save(own, reference, "means", requested=typed, then="stay")
    assert stored(reference).requested == cents
    assert show_amount(cents, language) in own.get(answer.headers["Location"]).get_data(as_text=True)


def test_an_ambiguous_amount_is_asked_back_while_the_rest_is_saved(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    answer = save(
        own, reference, "means", requested="18.500", budget=[document(name="tweede.pdf", content=one_page("2"))]
    )
    assert answer.status_code == 422
    assert errors(answer) == {
        "requested": "“18.500” can mean €18.50 or €18,500. Write the amount in full, with two decimals."
    }
    assert field(answer.get_data(as_text=True), "requested") == "18.500"
    assert stored(reference).requested == ANSWERS["requested"]
    assert names(reference) == ["begroting.pdf", "tweede.pdf"]


def test_an_amount_over_the_ceiling_is_said_under_its_field(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    answer = save(own, reference, "means", requested="25,000.01")
    assert errors(answer) == {
        "requested": "You ask for €25,000.01. For your type of organisation the most in this call is €25,000."
    }


def test_a_text_too_long_is_refused_and_stays_on_the_screen_while_the_rest_is_saved(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    long = "x" * 501
    answer = save(own, reference, "project", title="Andere titel", summary=long)
    assert answer.status_code == 422
    assert list(errors(answer)) == ["summary"]
    assert long in answer.get_data(as_text=True)
    assert (stored(reference).title, stored(reference).answers["summary"]) == ("Andere titel", ANSWERS["summary"])


def test_a_new_line_counts_as_one_character_however_the_browser_sends_it(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    assert save(own, reference, "project", summary="x" * 249 + "\r\n" + "x" * 250).status_code == 302
    assert len(stored(reference).answers["summary"]) == 500


def test_two_windows_on_one_section_see_both_texts(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    address = f"/applications/{reference}/sections/project"
    seen = {"_mark": field(own.get(address).get_data(as_text=True), "_mark")}
    save(own, reference, "project", title="Van een collega")
    answer = own.post(address, data={**seen, "title": "Van mij"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert re.findall(r"<div><h3>.*?</h3><p>(.*?)</p></div>", page) == [
        "Van <mark>mij</mark>", "Van <mark>een collega</mark>",
    ]  # fmt: skip
    assert field(page, "title") == "Van mij"
    assert stored(reference).title == "Van een collega"
    again = {"_mark": field(page, "_mark")}
    assert own.post(address, data={**again, "title": "Van ons samen"}).status_code == 302
    assert stored(reference).title == "Van ons samen"


def test_the_other_text_can_be_taken_instead_of_ones_own(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    address = f"/applications/{reference}/sections/project"
    seen = {"_mark": field(own.get(address).get_data(as_text=True), "_mark")}
    save(own, reference, "project", title="Van een collega")
    page = own.post(address, data={**seen, "title": "Van mij"}).get_data(as_text=True)
    taking = {"_mark": field(page, "_mark"), "title": "Van mij", "summary": "Samen", "_take": "title"}
    assert own.post(address, data=taking).status_code == 302
    assert (stored(reference).title, stored(reference).answers["summary"]) == ("Van een collega", "Samen")


def test_two_people_on_different_questions_of_one_section_both_keep_what_they_typed(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    address = f"/applications/{reference}/sections/project"
    seen = {"_mark": field(own.get(address).get_data(as_text=True), "_mark")}
    save(own, reference, "project", title="Van een collega", summary=ANSWERS["summary"])
    answer = own.post(address, data={**seen, "title": ANSWERS["title"], "summary": "Van mij"})
    assert answer.status_code == 302
    assert (stored(reference).title, stored(reference).answers["summary"]) == ("Van een collega", "Van mij")


def test_two_people_in_two_sections_do_not_disturb_each_other(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    address = f"/applications/{reference}/sections/project"
    seen = {"_mark": field(own.get(address).get_data(as_text=True), "_mark")}
    save(own, reference, "means", requested="15,000.00")
    assert own.post(address, data={**seen, "title": "Van mij"}).status_code == 302
    assert (stored(reference).title, stored(reference).requested) == ("Van mij", 1_500_000)


# Documents


def test_documents_are_attached_listed_and_removed_on_the_same_form(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    save(own, reference, "means", budget=[document(one_page("1"), "een.pdf"), document(one_page("2"), "twee.pdf")])
    page = own.get(f"/applications/{reference}/sections/means").get_data(as_text=True)
    assert sorted(re.findall(r">(\w+\.pdf)</a>", page)) == ["begroting.pdf", "een.pdf", "twee.pdf"]
    first = next(one for one in stored(reference).attachments if one.name == "een.pdf")
    save(own, reference, "means", _remove=first.token)
    assert names(reference) == ["begroting.pdf", "twee.pdf"]
    assert save(own, reference, "means", _remove=first.token).status_code == 302  # a second click


def test_the_same_document_sent_twice_is_there_once(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    save(own, reference, "means", budget=[document(name="nogmaals.pdf")])
    assert names(reference) == ["begroting.pdf"]


def test_a_refused_document_is_named_and_costs_the_others_nothing(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    settings = own.application.config["SETTINGS"]
    own.application.config["SETTINGS"] = settings.model_copy(update={"upload_limit": 100_000})
    large = document(b"%PDF-" + b"x" * 100_000, "groot.pdf")
    sent = [document(b"tekst", "nep.pdf"), document(one_page("1"), "echt.pdf"), large]
    answer = save(own, reference, "means", requested="12,000.00", budget=sent)
    assert answer.status_code == 422
    said = errors(answer)["budget"]
    assert said.startswith("nep.pdf: We do not take this kind of file")
    assert said.endswith("groot.pdf is larger than 100 kB.")
    assert names(reference) == ["begroting.pdf", "echt.pdf"]
    assert stored(reference).requested == 1_200_000


def test_a_sixth_document_under_a_question_is_refused(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    answer = save(own, reference, "means", budget=[document(one_page(str(n)), f"{n}.pdf") for n in range(5)])
    assert errors(answer) == {"budget": "4.pdf: One question takes at most 5 documents. Remove one first."}
    assert len(stored(reference).attachments) == 5


def test_a_document_is_downloaded_and_never_opened_by_the_browser(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    answer = own.get(f"/applications/{reference}/documents/{stored(reference).attachments[0].token}")
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"] == "attachment; filename=begroting.pdf"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


# Checking and submitting


def test_what_is_missing_is_listed_once_each_a_link_to_its_field(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by, answers={"title": "", "requested": None})
    page = own.get(f"/applications/{reference}/check").get_data(as_text=True)
    links = re.findall(rf'<a href="/applications/{reference}/sections/([\w#-]+)">“(.*?)” is not filled in yet', page)
    assert links == [("project#title", "Title"), ("means#requested", "Amount requested")]


def test_a_refusal_is_foreseen_before_submission(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by, answers={"zone": "OPT", "places": ["GAZA"]})
    page = own.get(f"/applications/{reference}/check").get_data(as_text=True)
    assert "As it stands, this application will be refused because" in page
    assert "The project plans activities in: Gaza Strip." in page


def test_submitting_gives_a_receipt_with_the_fingerprint_of_every_document(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    answer = own.post(f"/applications/{reference}/submit", data={"declaration": "y"})
    assert answer.headers["Location"] == f"/applications/{reference}/receipt"
    page = own.get(answer.headers["Location"]).get_data(as_text=True)
    with reading() as session:
        (receipt,) = applications.receipts(session, stored(reference).id)
    for told in (receipt.number, receipt.digest, stored(reference).attachments[0].sha256, "24 November 2026 at 13:00"):
        assert told in page
    assert "Receipt as PDF" not in page
    work_off()
    assert "Receipt as PDF" in own.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_second_click_on_submit_shows_the_receipt_and_submits_nothing(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    own.post(f"/applications/{reference}/submit", data={"declaration": "y"})
    answer = own.post(f"/applications/{reference}/submit", data={"declaration": "y"}, follow_redirects=True)
    assert answer.request.path == f"/applications/{reference}/receipt"
    assert "was already submitted on 24 November 2026 at 13:00. Receipt:" in answer.get_data(as_text=True)
    with reading() as session:
        assert len(applications.receipts(session, stored(reference).id)) == 1


def test_nothing_is_submitted_without_the_declaration(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    answer = own.post(f"/applications/{reference}/submit", data={})
    assert (answer.status_code, errors(answer)) == (422, {"declaration": "Tick the declaration to submit."})
    assert stored(reference).state is ApplicationState.DRAFT


def test_a_refused_submission_is_kept_as_evidence(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by, answers={"title": "", "requested": 9_000_000})
    answer = own.post(f"/applications/{reference}/submit", data={"declaration": "y"})
    assert answer.status_code == 422
    assert refusals(reference) == [["amount-above-ceiling", "answer-missing"]]


def test_a_submission_at_the_closing_second_is_late_and_one_before_is_on_time(
    own: FlaskClient, by: By, clock: Clock
) -> None:
    late, punctual = an_application(by=by), an_application(by=by)
    clock.now = CLOSES
    answer = own.post(f"/applications/{late}/submit", data={"declaration": "y"})
    assert answer.status_code == 422
    assert "The call closed on 15 December 2026 at 16:00." in answer.get_data(as_text=True)
    assert refusals(late) == [["deadline-passed"]]
    clock.now = CLOSES - DAY / 86_400
    assert own.post(f"/applications/{punctual}/submit", data={"declaration": "y"}).status_code == 302


def refusals(reference: str) -> list[list[str]]:
    """The problems of every refused attempt in the history."""
    with reading() as session:
        found = entries(session, f"application:{reference}")
    return [entry.facts["problems"] for entry in found if entry.event == "refuse-submission"]


# After


def test_a_submitted_file_is_taken_back_and_submitted_again_before_the_deadline(own: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    own.post(f"/applications/{reference}/reopen")
    save(own, reference, "project", title="Betere titel")
    own.post(f"/applications/{reference}/submit", data={"declaration": "y"})
    with reading() as session:
        assert [one.submission for one in applications.receipts(session, stored(reference).id)] == [2, 1]


def test_a_file_is_not_taken_back_after_the_deadline(own: FlaskClient, by: By, clock: Clock) -> None:
    reference = an_application("submitted", by=by)
    clock.now = CLOSES
    own.post(f"/applications/{reference}/reopen")
    assert stored(reference).state is ApplicationState.SUBMITTED


def test_withdrawing_needs_a_reason(own: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    answer = own.post(f"/applications/{reference}/withdraw", data={"reason": " "})
    assert (answer.status_code, errors(answer)) == (422, {"reason": "Give a reason: it is kept with the file."})
    own.post(f"/applications/{reference}/withdraw", data={"reason": "Geen partner meer."})
    assert stored(reference).state is ApplicationState.WITHDRAWN


def test_an_old_window_on_a_submitted_file_leads_back_to_the_file_with_a_sentence(own: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    same = {"title": ANSWERS["title"], "summary": ANSWERS["summary"], "zone": "KIN"}
    answer = own.post(f"/applications/{reference}/sections/project", data=same)
    assert answer.headers["Location"] == f"/applications/{reference}"
    page = own.get(answer.headers["Location"]).get_data(as_text=True)
    assert "was already submitted on 24 November 2026" in page
    assert "What you typed in this window is not kept" not in page


@pytest.mark.parametrize(
    ("state", "at", "said"),
    [
        ("submitted", NOW, "This application was already submitted on 24 November 2026"),
        ("withdrawn", NOW, "This application was already submitted on 24 November 2026"),
        ("draft", CLOSES, "The call closed on 15 December 2026 at 16:00."),
    ],
)
def test_what_is_sent_too_late_is_shown_on_the_page_of_the_file_to_be_copied(
    own: FlaskClient, by: By, clock: Clock, state: str, at: datetime, said: str
) -> None:
    reference = an_application(state, by=by)
    clock.now = at
    typed = {"title": "Te laat getypt", "summary": "Regel een\nRegel twee " + "x" * 500, "zone": "OPT"}
    answer = own.post(f"/applications/{reference}/sections/project", data=typed)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, said in page) == (409, True)
    for shown in ("Te laat getypt", "Occupied Palestinian territories", "Regel een<br>", "Regel twee " + "x" * 500):
        assert shown in page
    assert re.findall(r"<form[^>]*sections", page) == []
    assert stored(reference).answers == {**ANSWERS, "places": []}
    late = {"budget": document(name="te laat.pdf"), "requested": "eigenlijk meer"}
    page = own.post(f"/applications/{reference}/sections/means", data=late).get_data(as_text=True)
    assert ("te laat.pdf" in page, "eigenlijk meer" in page) == (True, True)
    assert names(reference) == ["begroting.pdf"]


def test_a_decision_shows_once_its_letter_was_released_not_before(own: FlaskClient, by: By, clock: Clock) -> None:
    reference = an_application("scored", by=by)
    decide(an_administrator())
    work_off()
    clock.now = CLOSES + 31 * DAY
    assert stored(reference).state is ApplicationState.AWARDED
    for page in ("/applications/", f"/applications/{reference}"):
        answer = own.get(page).get_data(as_text=True)
        assert ("Being assessed" in answer, "Grant awarded" in answer) == (True, False)
    with reading() as session:
        (held,) = letters.of_call(session, "small", held_only=True)
    assert own.get(f"/applications/{reference}/letters/{held.id}").status_code == 404
    assert own.get(f"/applications/{reference}/letters/{held.id}.pdf").status_code == 404


def test_a_letter_is_read_and_its_first_opening_written_down(own: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    work_off()
    with reading() as session:
        (letter,) = letters.released_to(session, by[0], reference)
    address = f"/applications/{reference}/letters/{letter.id}"
    assert "Read the letter" in own.get("/applications/").get_data(as_text=True)
    assert letter.title in own.get(address).get_data(as_text=True)
    assert own.get(f"{address}.pdf").data.startswith(b"%PDF")
    assert "Read the letter" not in own.get("/applications/").get_data(as_text=True)
    with reading() as session:
        assert letters.letter(session, letter.id).opened_at == NOW


@pytest.mark.parametrize("address", ["{}", "{}.pdf"])
def test_only_who_gets_a_letter_has_opened_it(own: FlaskClient, by: By, address: str) -> None:
    reference = an_application("submitted", by=by)
    work_off()
    with reading() as session:
        (letter,) = letters.released_to(session, by[0], reference)
    page = address.format(f"/applications/{reference}/letters/{letter.id}")

    def opened() -> datetime | None:
        with reading() as session:
            return letters.letter(session, letter.id).opened_at

    assert (own.head(page).status_code, opened()) == (200, None)
    for header in ("Sec-Purpose", "Purpose", "X-Moz"):
        assert (own.get(page, headers={header: "prefetch;prerender"}).status_code, opened()) == (503, None)
    sign_in(own, an_administrator())
    assert (own.get(page).status_code, opened()) == (404, None)
    assert own.get(f"/administration/letters/{letter.id}").status_code == 200
    assert (own.get(f"/administration/letters/{letter.id}/letter.pdf").status_code, opened()) == (200, None)
    sign_in(own, by[0])
    assert (own.get(page).status_code, opened()) == (200, NOW)


def test_a_letter_whose_pdf_is_not_made_yet_is_not_opened_by_asking_for_it(own: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    with reading() as session:
        (entry_id,) = letters.unwritten(session, NOW)
    tasks.write_letter(entry_id)
    with reading() as session:
        (letter,) = letters.released_to(session, by[0], reference)
    assert own.get(f"/applications/{reference}/letters/{letter.id}.pdf").status_code == 404
    with reading() as session:
        assert letters.letter(session, letter.id).opened_at is None


def test_a_stranger_gets_the_same_answer_as_for_what_does_not_exist(client: FlaskClient, by: By) -> None:
    reference = an_application("submitted", by=by)
    draft = an_application(by=by)
    work_off()
    token = stored(reference).attachments[0].token
    with reading() as session:
        (letter,) = letters.released_to(session, by[0], reference)
    sign_in(client, an_association()[0])
    looks = (
        "",
        "/check",
        "/receipt",
        "/sections/project",
        f"/documents/{token}",
        f"/letters/{letter.id}",
        f"/letters/{letter.id}.pdf",
    )
    acts = ("/submit", "/reopen", "/withdraw", "/sections/project")
    sent = {"declaration": "y", "reason": "x", "title": "x"}
    for path in looks:
        theirs, nobodys = client.get(f"/applications/{reference}{path}"), client.get(f"/applications/S26-9999-00{path}")
        assert (theirs.status_code, nobodys.status_code) == (404, 404)
        assert main(theirs) == main(nobodys)
    for path in acts:
        assert client.post(f"/applications/{draft}{path}", data=sent).status_code == 404
    assert client.get(f"/applications/organisations/{by[1]}").status_code == 404


def main(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).split("<main", 1)[1]


def test_a_document_is_not_reached_through_a_file_of_ones_own(own: FlaskClient, by: By) -> None:
    mine, theirs = an_application(by=by), an_application()
    token = stored(theirs).attachments[0].token
    assert own.get(f"/applications/{mine}/documents/{token}").status_code == 404


def test_a_reader_reads_and_changes_nothing(client: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    reader, _own = an_association()
    with transaction() as session:
        session.add(Membership(person_id=reader.person_id, organisation_id=by[1], role=MemberRole.READER))
    sign_in(client, reader).get("/?language=en")
    page = client.get(f"/applications/{reference}/check")
    assert (page.status_code, "Submit the application" in page.get_data(as_text=True)) == (200, False)
    assert client.get(f"/applications/{reference}/sections/project").status_code == 404
    assert client.post(f"/applications/{reference}/submit", data={"declaration": "y"}).status_code == 404


# Organisations


def test_the_home_page_says_what_to_do_now_and_the_next_deadline(own: FlaskClient, by: By, clock: Clock) -> None:
    an_application(by=by)
    clock.now = CLOSES - 3 * DAY
    page = own.get("/applications/").get_data(as_text=True)
    for told in ("Check and submit “Waterpunt”", "Next deadline", "15 December 2026 at 16:00", "in 3 days"):
        assert told in page


def test_a_draft_in_a_closed_call_says_that_it_came_too_late(own: FlaskClient, by: By, clock: Clock) -> None:
    reference = an_application(by=by)
    clock.now = CLOSES
    assert "was not submitted before the call closed" in own.get(f"/applications/{reference}").get_data(as_text=True)
    assert own.get(f"/applications/{reference}/sections/project").status_code == 302


@pytest.mark.parametrize("section", ["project", "means"])
def test_every_kind_of_question_is_shown_with_its_stored_answer(own: FlaskClient, by: By, section: str) -> None:
    reference = an_application(by=by)
    page = own.get(f"/applications/{reference}/sections/{section}").get_data(as_text=True)
    wanted = {"project": ['value="Waterpunt"', "Een waterpunt voor de wijk.", 'value="KIN" checked'],
              "means": ['value="20,000.00"', "Saved as €20,000.", "begroting.pdf"]}[section]  # fmt: skip
    assert [told for told in wanted if told in page] == wanted


def test_a_draft_that_was_submitted_meanwhile_by_a_colleague_is_shown_not_edited(own: FlaskClient, by: By) -> None:
    reference = an_application(by=by)
    with transaction() as session:
        submission.submit(session, by[0], reference, received_at=NOW)
    answer = own.get(f"/applications/{reference}/sections/project")
    assert answer.headers["Location"] == f"/applications/{reference}"
