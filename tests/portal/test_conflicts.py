"""Conflict of interest first: a judge declares before opening a file, and who has one sees nothing of it any more."""

import pytest
from flask.testing import FlaskClient

from tests import builders
from tests.builders import asked, refusal
from workflows.calls.terms import Terms
from workflows.history import entries
from workflows.lifecycle import Event
from workflows.permissions import SYSTEM, Actor, Duty, Role
from workflows.problems import NotThere
from workflows.scoring import conflicts, queries

DOORS = [(Role.JUROR, Duty.JURY, "/jury"), (Role.EXPERT, Duty.EXPERT, "/expertise")]


@pytest.fixture(params=DOORS, ids=["jury", "expertise"])
def given(request: pytest.FixtureRequest, client: FlaskClient, settings: object) -> tuple[str, str, FlaskClient]:
    """An undeclared file of a judge: its reference, the judge's door, their browser."""
    role, duty, door = request.param
    builders.a_call()
    judge = builders.a_person(role, language="en")
    reference = builders.an_application("eligible", {"title": "Waterpunt", "summary": "Geheime samenvatting"})
    builders.assign(reference, judge, duty, declared=False)
    return reference, door, builders.sign_in(client, judge)


def events(reference: str) -> list[Event]:
    return [entry.event for entry in asked(entries, f"application:{reference}")]


def test_before_declaring_a_judge_sees_whose_file_it_is_and_nothing_else(given: tuple[str, str, FlaskClient]) -> None:
    reference, door, browser = given
    assert browser.get(f"{door}/{reference}").location == f"{door}/{reference}/conflict"
    page = browser.get(f"{door}/{reference}/conflict").text
    owner = asked(queries.scored_file, reference).application.organisation.name
    assert all(known in page for known in (reference, "Waterpunt", owner))
    assert "Geheime samenvatting" not in page
    token = asked(queries.scored_file, reference).application.attachments[0].token
    assert browser.get(f"{door}/{reference}/documents/{token}").status_code == 404
    assert browser.post(f"{door}/{reference}", data={"do": "draft", "version": "0"}).status_code == 404
    assert "Declare first" in browser.get(f"{door}/").text


def test_declaring_to_have_none_opens_the_file_and_is_noted_once(given: tuple[str, str, FlaskClient]) -> None:
    reference, door, browser = given
    for _click in range(2):
        answer = browser.post(f"{door}/{reference}/conflict", data={"do": "free"})
        assert answer.location == f"{door}/{reference}"
    assert "Geheime samenvatting" in browser.get(f"{door}/{reference}").text
    assert events(reference).count(Event.DECLARE_NO_CONFLICT) == 1


def test_abstaining_takes_the_file_off_the_list_before_it_was_ever_opened(given: tuple[str, str, FlaskClient]) -> None:
    reference, door, browser = given
    assert browser.post(f"{door}/{reference}/conflict", data={"reason": "Mijn zus werkt er."}).location == f"{door}/"
    browser.get(f"{door}/")  # what is told once
    assert reference not in browser.get(f"{door}/").text
    assert browser.get(f"{door}/{reference}/conflict").status_code == 404
    assert browser.post(f"{door}/{reference}/conflict", data={"do": "free"}).status_code == 404
    assert Event.RECUSE not in events(reference)


@pytest.fixture
def office(client: FlaskClient, settings: object) -> FlaskClient:
    builders.a_call()
    return builders.sign_in(client, builders.a_person(Role.ADMINISTRATOR, name="Ada", language="en"))


def recuse(browser: FlaskClient, reference: str, person: Actor, reason: str = "Schoonbroer van de voorzitter.") -> int:
    sent = {"person": str(person.person_id), "reason": reason}
    return browser.post(f"/administration/files/{reference}/recusal", data=sent).status_code


def test_the_office_recuses_a_juror_whose_marks_then_no_longer_count(office: FlaskClient) -> None:
    reference = builders.an_application("scored", marks=(5, 5, 5))
    before = asked(queries.scored_file, reference)
    juror = Actor(before.of(Duty.JURY)[0].person_id, "", frozenset({Role.JUROR}))
    assert before.of(Duty.JURY)[0].person in office.get(f"/administration/files/{reference}/recusal").text
    assert recuse(office, reference, juror) == 302
    assert juror.person_id not in [one.person_id for one in asked(queries.scored_file, reference).reviews]
    assert asked(queries.queue, juror, Duty.JURY) == ()
    said = [entry for entry in asked(entries, f"application:{reference}") if entry.event is Event.RECUSE]
    assert [(one.reason, one.facts["person"]) for one in said] == [("Schoonbroer van de voorzitter.", juror.person_id)]
    assert Event.DECLARE_CONFLICT not in events(reference)


def test_a_recusal_binds_an_administrator_too(office: FlaskClient, settings: object) -> None:
    reference, colleague = builders.an_application("scored"), builders.an_administrator()
    assert recuse(office, reference, colleague) == 302
    with pytest.raises(NotThere):
        builders.done(conflicts.recuse, colleague, reference, colleague.person_id, "x", now=builders.NOW)
    builders.sign_in(office, colleague)
    assert office.get(f"/administration/files/{reference}").status_code == 404
    assert reference not in office.get("/administration/calls/small/scoring").text


def test_a_recusal_wants_a_person_and_a_reason(office: FlaskClient) -> None:
    reference, juror = builders.an_application("scored"), builders.a_juror()
    assert recuse(office, reference, juror) == 422  # not on this panel
    builders.assign(reference, juror)
    assert recuse(office, reference, juror, " ") == 422
    assert Event.RECUSE not in events(reference)
    assert refusal(conflicts.recuse, SYSTEM, reference, juror.person_id, "", now=builders.NOW).code == "reason-needed"


def a_blind_call(**scoring: object) -> None:
    """A call with names of partners asked for and a contact that tells who applies, judged blind if so."""
    content = builders.terms().model_dump(mode="json")
    content["scoring"] |= scoring
    questions = content["sections"][0]["questions"]
    label = {"nl": "Partners", "fr": "Partenaires", "en": "Partners"}
    partners = {"id": "partners", "kind": "short-text", "means": "partners", "required": False, "identifies": True}
    questions[-1] |= {"identifies": True, "readers": ["jury", "expert"]}
    builders.a_call(Terms.model_validate({
        **content, "sections": [
            {**content["sections"][0], "questions": [*questions, {**partners, "max_length": 80, "label": label}]},
            content["sections"][1],
        ],
    }))  # fmt: skip


@pytest.mark.parametrize(("blind", "shown"), [(False, True), (True, False)])
@pytest.mark.usefixtures("settings")
def test_partners_are_named_before_declaring_and_nobody_is_where_files_are_judged_blind(
    client: FlaskClient, blind: bool, shown: bool
) -> None:
    a_blind_call(blind=blind)
    applicant = builders.an_association(name="Vereniging Zichtbaar", city="Elzele")
    answers = {"partners": "Coopérative Lisanga", "contact": "Mevrouw Zichtbaar"}
    reference = builders.an_application("eligible", answers, by=applicant)
    juror, expert = builders.a_juror(), builders.an_expert()
    builders.assign(reference, juror, declared=False)
    builders.assign(reference, expert, Duty.EXPERT, declared=False)
    builders.sign_in(client, juror)
    before = client.get(f"/jury/{reference}/conflict").text
    assert ("Coopérative Lisanga" in before, "Vereniging Zichtbaar" in before) == (shown, shown)
    client.post(f"/jury/{reference}/conflict", data={"do": "free"})
    pages = client.get(f"/jury/{reference}").text + client.get("/jury/").text
    names = ("Vereniging Zichtbaar", "Elzele", "Coopérative Lisanga", "Mevrouw Zichtbaar", "begroting.pdf")
    assert [name in pages for name in names] == [shown] * 5
    token = asked(queries.scored_file, reference).application.attachments[0].token
    saved = client.get(f"/jury/{reference}/documents/{token}").headers["Content-Disposition"]
    assert saved == f"attachment; filename={'begroting.pdf' if shown else 'budget-1.pdf'}"
    builders.sign_in(client, expert)
    assert "Vereniging Zichtbaar" in client.get(f"/expertise/{reference}/conflict").text
