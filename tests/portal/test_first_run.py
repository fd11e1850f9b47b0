"""The first run: `oproep serve --with-demo` loads its world, and the same process then answers who applies by mail."""

import io
import re
import time
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from portal import demo, serving
from portal.cli import main
from workflows import database
from workflows.calls.form import Question, QuestionKind
from workflows.calls.terms import Terms
from workflows.replay.paper import one_page

CALL = "noord-2026"
MEMBER = "rachida.dumortier@exemple-rives-solidaires.example"
PATIENCE = 30.0
"""Seconds until the receipt must be there."""


def test_a_receipt_is_mailed_by_the_process_that_loaded_the_demonstration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPROEP_INSTANCE", str(tmp_path))
    monkeypatch.setattr(demo, "PLAYED", ("noord-2024",))  # one call is enough to have made letters before
    found: dict[str, Any] = {}

    def visit(app: Flask, **options: Any) -> None:
        """In the place of the web server: somebody applies while the background loop runs."""
        app.config["WTF_CSRF_ENABLED"] = False
        found["reference"] = apply(app.test_client())
        found["receipt"] = receipt_of(found["reference"], tmp_path / "mail")

    monkeypatch.setattr(serving, "serve", visit)
    outcome = CliRunner().invoke(main, ["serve", "--with-demo", "--instance", str(tmp_path)])
    database.disconnect()
    assert outcome.exit_code == 0, (outcome.exception, outcome.output)
    assert found["receipt"]["To"] == MEMBER
    letter, application = found["receipt"].iter_attachments()
    assert [one.get_content()[:4] for one in (letter, application)] == [b"%PDF", b"%PDF"]


def apply(browser: FlaskClient) -> str:
    """Sign in, fill in every section with whatever its questions take, submit; the reference of the file."""
    browser.post("/sign-in", data={"email": MEMBER, "password": demo.PASSWORD})
    begin = browser.get(f"/applications/start/{CALL}").text
    organisation = re.search(r'name="organisation"[^>]*value="(\d+)"', begin)
    assert organisation is not None
    chosen = {"organisation": organisation[1], "language": "fr"}
    reference = browser.post(f"/applications/start/{CALL}", data=chosen).headers["Location"].split("/")[-1]
    terms = demo.terms(CALL)
    for section in terms.sections:
        answers: dict[str, Any] = {}
        for question in section.questions:
            answers |= answer_to(question, terms)
        page = f"/applications/{reference}/sections/{section.id}"
        browser.post(page, data=answers, content_type="multipart/form-data")
    answer = browser.post(f"/applications/{reference}/submit", data={"declaration": "y"})
    assert answer.headers.get("Location") == f"/applications/{reference}/receipt", complaints(answer.text)
    return reference


def complaints(page: str) -> list[str]:
    """What the summary of errors says."""
    summary = page.partition("govuk-error-summary__list")[2].partition("</ul>")[0]
    return re.findall(r"#([^<]+)<", summary)


def answer_to(question: Question, terms: Terms) -> dict[str, Any]:
    """Fields that answer the question."""
    name = question.id
    match question.kind:
        case QuestionKind.PERIOD:
            return {name: "", f"{name}.from": ["1", "3", "2027"], f"{name}.to": ["30", "9", "2027"]}
        case QuestionKind.BUDGET:
            assert terms.budget is not None
            line = f"{name}.lines.{terms.budget.categories[0].code}.0"
            return {name: "", f"{line}.label": "Une pompe", f"{line}.amount": "9000,00", f"{name}.own": "0"}
        case QuestionKind.SDG:
            return {name: ["10"], "_offered": name}
    return {name: {
        "short-text": "Une pompe", "long-text": "Une pompe pour le quartier.", "number": "3", "amount": "9000,00",
        "date": ["1", "3", "2027"], "yes-no": "yes", "zone": terms.zones[0].code if terms.zones else "",
        "one-of": question.choices[0].code if question.choices else "", "document": paper(),
    }.get(question.kind, "")}  # fmt: skip


def paper() -> tuple[io.BytesIO, str]:
    return io.BytesIO(one_page("Budget")), "budget.pdf"


def receipt_of(reference: str, folder: Path) -> Any:
    """The mail about this file, once it is there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for path in folder.glob("*.eml"):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            if mail["Subject"].startswith(f"[{reference}]"):
                return mail
        time.sleep(0.1)
    raise AssertionError(f"no mail about {reference} in {PATIENCE} seconds")
