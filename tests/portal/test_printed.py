"""The page of a call on paper, and for machines."""

import json
import re
from io import BytesIO

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.public.printed import document
from tests.builders import CLOSES, a_call, terms
from tests.every_kind import every_kind
from workflows.calls.queries import CallView, PublicChange
from workflows.calls.rules import Stage
from workflows.language import BRUSSELS
from workflows.letters.blocks import to_json
from workflows.lifecycle import CallState


def a_text(app: Flask, language: str) -> str:
    """The call with every kind of question, printed, as it is laid out."""
    call = CallView("every", CallState.PUBLISHED, 2, Stage.OPEN, every_kind())
    with app.test_request_context(f"/?language={language}"):
        app.preprocess_request()
        return to_json(document(call))


def a_line(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("language", ["nl", "fr", "en"])
def test_everything_of_a_call_is_printed_in_the_language_of_the_page(app: Flask, language: str) -> None:
    text = a_line(a_text(app, language))
    call = every_kind()
    said = [call.name, call.summary, call.allocation.why]
    said += [one.name for one in (*call.conditions, *call.criteria, *call.envelopes, *call.approvals, *call.zones)]
    said += [section.title for section in call.sections] + [question.label for question in call.questions()]
    said += [choice.label for question in call.questions() for choice in question.choices]
    assert [words.texts()[language] for words in said if a_line(words.texts()[language]) not in text] == []


def test_the_paper_says_what_an_association_may_ask_and_what_a_criterion_weighs(app: Flask) -> None:
    text = a_text(app, "en")
    assert "€10,000" in text
    assert "€125,000" in text
    assert [weight for weight in ("50", "33", "17") if weight not in text] == []
    assert "For a grant above €15,000: Government." in text


def test_the_paper_is_a_pdf_in_the_language_of_the_reader_that_a_screen_reader_can_read(client: FlaskClient) -> None:
    a_call()
    answer = client.get("/calls/small/call.pdf?language=fr")
    assert answer.headers["Content-Disposition"] == "attachment; filename=small-fr.pdf"
    with pikepdf.open(BytesIO(answer.data)) as pdf:
        assert str(pdf.Root.Lang) == "fr-BE"
        assert bool(pdf.Root.MarkInfo.Marked)
        with pdf.open_metadata() as about:
            assert (about["dc:title"], about["pdfuaid:part"]) == ("Petit appel", "1")


def test_a_call_that_is_not_public_has_no_paper(client: FlaskClient) -> None:
    a_call(published=False)
    assert client.get("/calls/small/call.pdf").status_code == 404


# For machines


def test_a_machine_reads_of_a_call_what_a_person_does(client: FlaskClient) -> None:
    name = {"nl": "</script><b>", "fr": "</script><b>", "en": "</script><b>"}
    a_call(terms(name=name))
    page = client.get("/calls/small").get_data(as_text=True)
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    read = json.loads(block)
    assert (read["@type"], read["name"], read["url"]) == (
        "MonetaryGrant",
        "</script><b>",
        "http://localhost/calls/small",
    )
    assert (read["amount"]["minValue"], read["amount"]["maxValue"]) == ("10000.00", "125000.00")
    assert read["potentialAction"]["endTime"] == CLOSES.astimezone(BRUSSELS).isoformat() == "2026-12-15T16:00:00+01:00"


def test_the_page_says_who_decides_and_whom_to_ask(client: FlaskClient) -> None:
    a_call()
    page = client.get("/calls/small").get_data(as_text=True)
    assert "Who decides, and whom to ask" in page
    assert "For a grant above €15,000: Government." in page
    assert page.count('href="mailto:oproep@example.org"') == 2


def test_what_changed_since_publication_is_printed_with_its_reason(app: Flask) -> None:
    text = dict.fromkeys(("nl", "fr", "en"), "Plafond")
    fact = {"what": text, "before": text, "after": {**text, "nl": "Hoger plafond"}, "substantial": True}
    changed = PublicChange(CLOSES, "Het budget is verhoogd.", (fact,), CLOSES.isoformat(), CLOSES.isoformat())
    call = CallView("every", CallState.PUBLISHED, 2, Stage.OPEN, every_kind())
    with app.test_request_context("/?language=nl"):
        app.preprocess_request()
        printed = to_json(document(call, (changed,)))
    assert all(said in printed for said in ("Het budget is verhoogd.", "Plafond werd Hoger plafond", "verschoof van"))
