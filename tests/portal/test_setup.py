"""The preparation of a call on the screens: every setting can be put in, nothing typed is lost, lists obey."""

import html
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.administrator.setup_form import MARK, Screen, SettingsForm
from portal.administrator.setup_parts import PARTS, address, names, screen_of
from tests.builders import (
    CLOSES,
    NOW,
    a_call,
    a_juror,
    an_administrator,
    an_application,
    an_association,
    asked,
    done,
    sign_in,
    terms,
)  # fmt: skip
from tests.conftest import Clock
from workflows.calls import actions as calls
from workflows.calls import preparing
from workflows.calls.form import Question
from workflows.calls.queries import call_view, terms_of, working_copy
from workflows.calls.rules import Stage
from workflows.calls.shape import Input, models, put, settings
from workflows.calls.terms import Terms
from workflows.permissions import Actor
from workflows.submission.queries import of_call, trials_of

SETUP = "/administration/calls/small/setup"


@pytest.fixture
def ada(client: FlaskClient) -> Actor:
    """The administrator whose browser `client` is."""
    found = an_administrator()
    sign_in(client, found)
    client.get("/?language=en")
    return found


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, path
    return html.unescape(answer.get_data(as_text=True))


def typed(shown: str) -> dict[str, Any]:
    """What the form of a page would send as it stands."""
    found: dict[str, Any] = {}
    form = shown[shown.index('class="setup-form"') : shown.index("</form>", shown.index('class="setup-form"'))]
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        kind = re.search(r'type="(\w+)"', tag)
        if name and (kind is None or kind[1] not in ("radio", "checkbox") or " checked" in tag):
            found.setdefault(name[1], []).append(value[1] if value else "")
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        found.setdefault(name, []).append(text.removeprefix("\n"))
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found.setdefault(name, []).append(chosen[1] if chosen else "")
    return found


def send(client: FlaskClient, path: str, status: int = 302, **changed: Any) -> str:
    """Send the screen as it stands with these fields changed (`__` for a dot)."""
    fields = {**typed(page(client, path)), **{name.replace("__", "."): value for name, value in changed.items()}}
    answer = client.post(path, data=fields)
    assert answer.status_code == status, html.unescape(answer.get_data(as_text=True))
    return answer.location if status == 302 else html.unescape(answer.get_data(as_text=True))


def content() -> dict[str, Any]:
    found: dict[str, Any] = asked(working_copy, "small").content
    return found


SCREENS = [
    *PARTS, "form/sections.0", "form/sections.1", *(f"form/sections.0.questions.{at}" for at in range(5)),
    "form/sections.1.questions.2", "form/sections.1.questions.3", "form/sections.1.questions.3.columns.0",
    "form/budget.categories.0", "zones/zones.0", "conditions/conditions.0", "conditions/conditions.4",
    "criteria/criteria.0", "criteria/criteria.2", "money/envelopes.0", "letters/letters.award",
]  # fmt: skip


def test_every_setting_of_the_terms_stands_on_a_screen() -> None:
    on_screens = {name for part in PARTS for name in names(part)}
    assert on_screens == set(Terms.model_fields) - {"id"}


def everything() -> Terms:
    """The small call with one of everything that terms can hold."""
    call = terms(published_figure={"total_cents": 1, "source": {"nl": "N", "fr": "F"}}).model_dump(mode="json")
    words = {"nl": "N", "fr": "F", "en": "E"}
    choice = {"code": "art", "label": words}
    call["sections"][1]["questions"].append({"id": "domain", "kind": "one-of", "label": words, "choices": [choice]})
    only_if = {"question": "domain", "answers": ["art"], "applicant_types": ["accredited"]}
    column = {"id": "role", "kind": "one-of", "label": words, "choices": [choice]}
    table = {"id": "partners", "kind": "table", "label": words, "columns": [column], "only_if": only_if}
    call["sections"][1]["questions"].append(table)
    call["sections"][1]["questions"][0] = {"id": "money", "kind": "budget", "label": words}
    call["criteria"][0]["levels"] = [{"mark": 0, "text": words}]
    call["budget"] = {"categories": [{"code": "staff", "name": words}]}
    call["conditions"].append({"kind": "answered-one-of", "name": words, "question": "domain", "accepted": ["art"]})
    return Terms.model_validate(call)


def test_every_setting_has_an_input(app: Flask, client: FlaskClient, ada: Actor) -> None:
    a_call(everything())
    shown = "".join(page(client, f"{SETUP}/{screen}") for screen in SCREENS)
    fields = re.findall(r' name="([^"]+)"', shown)
    inputs = {re.sub(r"\.(nl|fr|en|time|\d+)$", "", name).split(".")[-1] for name in fields}
    leaves = [one for model in models() for one in settings(model) if one.input not in (Input.GROUP, Input.MANY)]
    assert {one.name for one in leaves} - inputs == set()


@pytest.mark.parametrize("screen", SCREENS)
def test_sending_a_screen_as_it_stands_changes_nothing(client: FlaskClient, ada: Actor, screen: str) -> None:
    a_call(everything())
    before = content()
    send(client, f"{SETUP}/{screen}")
    assert content() == before


def test_what_is_typed_is_kept_as_people_type_it(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    send(client, f"{SETUP}/dates", closes_at=["18", "12", "2026"], closes_at__time="17u30")
    send(client, f"{SETUP}/applicants", **{"applicants.0.floor_cents": "€ 18 500,50"})
    send(client, f"{SETUP}/criteria", scoring__pass_mark_hundredths="62.5", scoring__opinion_required="no")
    send(client, f"{SETUP}/money/envelopes.0", groups=["opt", "accredited"])
    send(client, f"{SETUP}/general", organisers="De stad\n\nHet fonds\n")
    found = content()
    assert (found["closes_at"], found["applicants"][0]["floor_cents"], found["organisers"]) == (
        "2026-12-18T17:30:00", 1_850_050, ["De stad", "Het fonds"],
    )  # fmt: skip
    assert (found["scoring"]["pass_mark_hundredths"], found["scoring"]["opinion_required"]) == (6250, False)
    assert found["envelopes"][0]["groups"] == ["opt", "accredited"]
    assert asked(terms_of, "small").closes == CLOSES


def test_what_cannot_be_read_is_shown_again_and_the_rest_is_kept(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    shown = send(client, f"{SETUP}/dates", 422, opens_at=["31", "2", "2026"], closes_at=["18", "12", "2026"])
    assert "This is not a day that exists" in shown
    assert content()["closes_at"] == "2026-12-18T16:00:00"
    assert content()["opens_at"] == "2026-11-01T09:00:00"


def test_what_was_not_sent_stays(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    before = content()
    mark = typed(page(client, f"{SETUP}/texts"))["_mark"]
    assert client.post(f"{SETUP}/texts", data={"_mark": mark, "name.nl": "Anders"}).status_code == 302
    assert content() == {**before, "name": {**before["name"], "nl": "Anders"}}


def test_a_choice_that_is_none_any_more_is_shown_and_not_lost(client: FlaskClient, ada: Actor) -> None:
    a_call(everything())
    gone = put(content(), ("envelopes", 0, "groups"), ["*", "rsk"])
    gone = put(put(gone, ("conditions", 4, "accepted"), ["art", "music"]), ("conditions", 0, "question"), "lost")
    done(preparing.keep, ada, "small", gone, seen=0, part="x", now=NOW)
    for screen in ("money/envelopes.0", "conditions/conditions.4", "conditions/conditions.0"):
        send(client, f"{SETUP}/{screen}")
    assert content() == gone


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        ({"kind": "yes-no"}, ["yes", "no"]),
        ({"kind": "sdg"}, [str(number) for number in range(1, 18)]),
        ({"kind": "one-of", "choices": [{"code": "art", "label": {"nl": "Kunst", "fr": "Art"}}]}, ["art"]),
        ({"kind": "long-text"}, ["gone"]),  # it has none; what was said of it before is not lost unseen
    ],
)
def test_what_a_question_depends_on_is_ticked_and_never_typed_as_a_code(
    client: FlaskClient, ada: Actor, question: dict[str, Any], offered: list[str]
) -> None:
    a_call()
    words = {"nl": "N", "fr": "F", "en": "E"}
    only_if = {"question": "other", "answers": offered[:1]}
    other, then = (
        Question.model_validate(one).model_dump(mode="json") for one in (
            {"id": "other", "label": words, **question},
            {"id": "then", "label": words, "kind": "short-text", "only_if": only_if},
        )
    )  # fmt: skip
    made = put(content(), ("sections", 1, "questions"), [other, then])
    done(preparing.keep, ada, "small", made, seen=0, part="x", now=NOW)
    shown = page(client, f"{SETUP}/form/sections.1.questions.1")
    ticks = [tag for tag in re.findall(r"<input[^>]+>", shown) if 'name="only_if.answers"' in tag]
    assert [re.findall(r' value="([^"]*)"', tag)[0] for tag in ticks] == offered
    assert '<textarea class="govuk-textarea" id="only_if.answers"' not in shown


def test_an_hour_that_is_none_is_told_under_its_field(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    shown = send(client, f"{SETUP}/dates", 422, closes_at__time="25:00")
    assert "Write a time such as 16:00." in shown
    assert content()["closes_at"] == "2026-12-15T16:00:00"


def test_lists_add_move_duplicate_and_remove_and_keep_what_was_typed(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    path = f"{SETUP}/applicants"
    send(client, path, _do="down:applicants:0", **{"applicants.0.ceiling_cents": "90000"})
    assert [(one["type"], one["ceiling_cents"]) for one in content()["applicants"]] == [
        ("other-nonprofit", 2_500_000), ("accredited", 9_000_000),
    ]  # fmt: skip
    send(client, path, _do="add:applicants")
    send(client, path, _do="remove:applicants:0")
    assert [one["type"] for one in content()["applicants"]] == ["accredited", None]
    to = send(client, f"{SETUP}/criteria", _do="copy:criteria:0")
    assert to == f"{SETUP}/criteria/criteria.1"
    assert [one["id"] for one in content()["criteria"]] == ["relevance", "relevance-2", "feasibility", "soundness"]


def test_a_group_that_may_be_absent_is_added_and_left_out(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    send(client, f"{SETUP}/sources", _do="add:published_figure")
    assert content()["published_figure"] == {"total_cents": None, "source": {"nl": "", "fr": "", "en": ""}}
    send(client, f"{SETUP}/sources", _do="drop:published_figure")
    assert content()["published_figure"] is None


@pytest.mark.parametrize("what", ["up:applicants:9", "remove:nothing:0", "add:name", "copy:applicants:-1"])
def test_a_button_nobody_was_shown_does_nothing(client: FlaskClient, ada: Actor, what: str) -> None:
    a_call(published=False)
    before = content()
    fields = {**typed(page(client, f"{SETUP}/applicants")), "_do": what}
    assert client.post(f"{SETUP}/applicants", data=fields).status_code == 404
    assert content() == before


def test_two_tabs_on_one_screen_show_both_texts_and_lose_nothing(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    path = f"{SETUP}/texts"
    mine = typed(page(client, path))
    send(client, path, name__nl="Van een collega")
    answer = client.post(path, data={**mine, "name.nl": "Van mij"})
    shown = html.unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert ("NL: Van een collega" in shown, 'value="Van mij"' in shown) == (True, True)
    assert content()["name"]["nl"] == "Van een collega"
    again = typed(shown)
    assert client.post(path, data=again).status_code == 302
    assert content()["name"]["nl"] == "Van mij"


def test_two_people_on_different_screens_do_not_meet(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    mine = typed(page(client, f"{SETUP}/texts"))
    send(client, f"{SETUP}/dates", closes_at=["18", "12", "2026"])
    assert client.post(f"{SETUP}/texts", data={**mine, "name.nl": "Van mij"}).status_code == 302
    assert (content()["name"]["nl"], content()["closes_at"]) == ("Van mij", "2026-12-18T16:00:00")


def test_every_problem_links_to_a_field_that_is_there(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    copy = asked(working_copy, "small")
    broken = copy.content
    for spot, value in (
        (("closes_at",), None), (("name", "fr"), ""), (("criteria", 1, "weight"), None),
        (("sections", 0, "questions", 1, "label", "nl"), ""), (("applicants", 0, "floor_cents"), None),
        (("zones", 0, "places", 1, "code"), "gaza"), (("letters", "award", "opening", "fr"), ""),
        (("letters", "reasons_notice", "nl"), ""), (("scoring", "jurors_per_application"), None),
        (("conditions", 0, "kind"), None), (("envelopes", 0, "policy"), None),
    ):  # fmt: skip
        broken = put(broken, spot, value)
    done(preparing.keep, ada, "small", broken, seen=0, part="x", now=NOW)
    shown = page(client, SETUP)
    links = re.findall(rf'href="({SETUP}/[^"#]+)#([^"]+)"', shown)
    assert len(links) >= 11
    for screen, anchor in set(links):
        assert f'id="{anchor}"' in page(client, screen), (screen, anchor)
    client.post("/administration/calls/small/publish")
    assert asked(call_view, "small", NOW).stage is Stage.DRAFT


def test_the_address_of_a_setting_is_its_screen_and_field(app: Flask) -> None:
    with app.test_request_context():
        assert address("small", ("sections", 0, "questions", 2, "choices", 0, "label", "fr")) == (
            f"{SETUP}/form/sections.0.questions.2#choices.0.label.fr"
        )
        assert address("small", ("opens_at",)) == f"{SETUP}/dates#opens_at-day"
    assert screen_of(("applicants", 1, "floor_cents")) == ("applicants", (), "applicants.1.floor_cents")


def test_taking_over_after_publication_asks_for_a_reason_and_shows_the_change_to_everybody(
    client: FlaskClient, ada: Actor
) -> None:
    a_call()
    send(client, f"{SETUP}/criteria/criteria.0", weight="7")
    shown = page(client, f"{SETUP}-changes")
    assert "Criteria › Relevance › Weight" in shown
    seen = re.search(r'name="seen"[^>]*value="([^"]+)"', shown)
    assert seen is not None
    refused = client.post(f"{SETUP}-changes", data={"seen": seen[1], "reason": ""})
    assert (refused.status_code, 'id="reason-error"' in refused.get_data(as_text=True)) == (422, True)
    assert client.post(f"{SETUP}-changes", data={"seen": seen[1], "reason": "Gewogen"}).status_code == 302
    public = page(client, "/calls/small")
    assert ("Gewogen" in public, "3 became 7" in public) == (True, True)


def test_an_extension_is_typed_in_brussels_time_and_shown_to_everybody(client: FlaskClient, ada: Actor) -> None:
    a_call()
    path = "/administration/calls/small/extension"
    wrong = client.post(path, data={"closes_at": ["1", "12", "2026"], "time": "16:00", "reason": "storing"})
    assert (wrong.status_code, "An extension is later" in wrong.get_data(as_text=True)) == (422, True)
    client.post(path, data={"closes_at": ["22", "12", "2026"], "time": "17:00", "reason": "Storing op 14 december"})
    assert "The closing moved from 15 December 2026 at 16:00 to 22 December 2026 at 17:00." in page(
        client, "/calls/small"
    )


def test_a_new_call_is_made_from_the_neutral_one_and_published(client: FlaskClient, ada: Actor, clock: Clock) -> None:
    shown = page(client, "/administration/calls/new?source=-")
    assert "Make the call" in shown
    fields = {
        "source": "-", "year": "2027", "id": "stad-2027", "reference_prefix": "ST27", "opens_on": ["1", "3", "2027"],
    }  # fmt: skip
    answer = client.post("/administration/calls/new?source=-", data=fields)
    assert answer.location == "/administration/calls/stad-2027/setup"
    setup = "/administration/calls/stad-2027/setup"
    client.post("/administration/calls/stad-2027/publish")
    assert asked(call_view, "stad-2027", NOW).stage is Stage.DRAFT  # it still says what the office must write
    assert page(client, setup).count("the example still stands here") == 4
    own = {"nl": "Eigen woorden.", "fr": "Nos mots.", "en": "Our words."}
    send(client, f"{setup}/general", organisers="Stad Brussel")
    send(client, f"{setup}/texts", **{f"summary.{code}": text for code, text in own.items()})
    notices = {f"{name}.{code}": own[code] for name in ("reasons_notice", "remedies_notice") for code in own}
    send(client, f"{setup}/letters", **notices)
    client.post("/administration/calls/stad-2027/publish")
    assert asked(call_view, "stad-2027", NOW).stage is Stage.ANNOUNCED
    assert "Every organisation" in page(client, "/calls/stad-2027")


# seeing and trying it


PREVIEWS = (
    "/calls/small/preview", "/applications/preview-small", "/applications/preview-small/sections/project",
    "/applications/preview-small/check", "/jury/preview/small", "/expertise/preview/small",
)  # fmt: skip


@pytest.mark.parametrize("path", PREVIEWS)
def test_a_preview_shows_what_was_prepared_and_can_send_nothing(client: FlaskClient, ada: Actor, path: str) -> None:
    a_call(published=False)
    send(client, f"{SETUP}/texts", name__en="Prepared name")
    shown = page(client, path)
    assert ("Preview." in shown, '<fieldset class="shown-only" disabled>' in shown) == (True, True)
    assert client.post(path).status_code in (404, 405)


@pytest.mark.parametrize("path", PREVIEWS)
def test_a_preview_is_not_there_for_anybody_else(client: FlaskClient, path: str) -> None:
    a_call(published=False)
    for who in (a_juror(), an_association()[0]):
        sign_in(client, who)
        assert client.get(path).status_code == 404


def test_a_preview_of_what_makes_no_call_says_so(client: FlaskClient, ada: Actor) -> None:
    a_call(published=False)
    done(preparing.keep, ada, "small", put(content(), ("closes_at",), None), seen=0, part="x", now=NOW)
    for path in PREVIEWS:
        assert "The call is not ready yet" in page(client, path, 409)


def test_a_test_goes_through_the_screens_of_an_association_and_is_marked_on_each(
    client: FlaskClient, ada: Actor
) -> None:
    a_call(published=False)
    send(client, f"{SETUP}/form/sections.1.questions.1", required="no")
    answer = client.post("/administration/calls/small/try", data={"type": "other-nonprofit", "language": "nl"})
    path = answer.location
    for screen in ("", "/sections/project", "/sections/means", "/check"):
        assert "Test application." in page(client, path + screen), screen
    fields = {"title": "Proef", "summary": "Een proef.", "zone": "KIN", "requested": "20000"}
    for section in ("project", "means"):
        shown = page(client, f"{path}/sections/{section}")
        hidden = dict(re.findall(r'type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', shown))
        assert client.post(f"{path}/sections/{section}", data={**hidden, **fields}).status_code == 302
    assert client.post(f"{path}/submit", data={"declaration": "y"}).location.endswith("/receipt")
    assert "Test application." in page(client, path + "/receipt")
    assert (len(asked(trials_of, "small")), asked(of_call, "small")) == (1, ())
    assert path.rsplit("/", 1)[-1] in page(client, SETUP)
    reference = path.rsplit("/", 1)[-1]
    page(client, f"/administration/files/{reference}", 404)
    sign_in(client, an_association()[0])
    page(client, path, 404)


def test_the_screens_stand_still_once_money_was_divided(client: FlaskClient, ada: Actor) -> None:
    a_call()
    an_application("submitted")
    done(lambda session: setattr(calls.locked(session, "small"), "state", "decided"))
    assert "The terms are fixed" in page(client, SETUP)
    page(client, "/administration/calls/small/extension", 404)
    fields = typed(page(client, f"{SETUP}/texts"))
    answer = client.post(f"{SETUP}/texts", data={**fields, "name.nl": "Anders"})
    assert (answer.status_code, "already decided" in answer.get_data(as_text=True)) == (422, True)


@pytest.mark.parametrize(
    "spot", ["sections.9", "name", "criteria.0.weight", "zones.0", "applicants.0", "x", "criteria"]
)
def test_an_address_of_no_screen_is_not_there(client: FlaskClient, ada: Actor, spot: str) -> None:
    a_call()
    page(client, f"{SETUP}/criteria/{spot}", 404)
    page(client, f"{SETUP}/nothing", 404)


def test_the_form_of_a_screen_is_named_by_what_it_shows(app: Flask, settings: Any) -> None:
    a_call(published=False)
    with app.test_request_context():
        screen = Screen(content(), (), names("criteria"))
        form = SettingsForm(screen, None)
        other = Screen(put(content(), ("criteria", 0, "weight"), 9), (), names("criteria"))
        assert form[MARK].data == screen.mark() == other.mark()  # a weight stands on a screen of its own
        assert form[MARK].data != Screen(content(), (), names("zones")).mark()
