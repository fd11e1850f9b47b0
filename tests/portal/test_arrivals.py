"""Applications from elsewhere: the administrator's screen and the command."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from config.settings import Settings
from portal.cli import main
from tests.builders import a_call, a_juror, a_number, an_administrator, an_application, asked, sign_in
from workflows import database
from workflows.calls.queries import terms_of
from workflows.lifecycle import ApplicationState
from workflows.submission import exchange, queries

PLACE = "/administration/calls/small/arrivals"


def a_line(**changes: Any) -> str:
    number = a_number()
    row = {
        "call": "small", "external": f"P-{number}", "received_at": "2026-11-20T10:00:00", "language": "nl",
        "state": "submitted", "organisation": {"enterprise_number": number, "name": "Buren", "legal_form": "vzw"},
        "contact": {"name": "Jan", "email": f"jan{number}@elders.example"},
        "answers": {"title": "Waterpunt", "summary": "Een punt.", "zone": "KIN", "requested": "20.000"},
    }  # fmt: skip
    return json.dumps({**row, **changes}) + "\n"


def send(client: FlaskClient, content: str, **pressed: str) -> Any:
    return client.post(PLACE, data={"file": (BytesIO(content.encode()), "files.jsonl"), **pressed})


@pytest.fixture
def office(client: FlaskClient) -> FlaskClient:
    """The browser of an administrator, before a published call."""
    a_call()
    sign_in(client, an_administrator())
    client.get("/?language=en")
    return client


def test_the_screen_offers_both_templates_and_names_every_column(office: FlaskClient) -> None:
    page = office.get(PLACE).text
    assert [name for name in exchange.columns(asked(terms_of, "small")) if name not in page] == []
    assert f'href="{PLACE}"' in office.get("/administration/calls/small").text
    for kind in exchange.FORMATS:
        template = office.get(f"{PLACE}/template.{kind}")
        assert template.text == exchange.template(asked(terms_of, "small"), kind)
    assert office.get(f"{PLACE}/template.exe").status_code == 404


def test_a_checked_file_changes_nothing_and_the_same_file_is_then_taken_in(office: FlaskClient) -> None:
    content = a_line() + a_line()
    checked = send(office, content, check="1")
    assert (checked.status_code, asked(queries.of_call, "small")) == (200, ())
    assert "2 applications are in order and can be taken in." in checked.text
    assert send(office, content).status_code == 302
    assert "2 applications were taken in." in office.get("/administration/calls/small").text
    assert [one.state for one in asked(queries.of_call, "small")] == [ApplicationState.SUBMITTED] * 2
    assert "2 were here already." in send(office, content, check="1").text


def test_a_refused_row_is_told_with_its_column_and_its_reason_and_nothing_is_taken_in(office: FlaskClient) -> None:
    answer = send(office, a_line() + a_line(language="<b>de</b>"))
    assert (answer.status_code, asked(queries.of_call, "small")) == (422, ())
    assert "Nothing was taken in: the file has 1 mistake" in answer.text
    assert "“&lt;b&gt;de&lt;/b&gt;” is no language of a file. Expected: nl or fr." in answer.text


def test_pressing_without_a_file_says_so(office: FlaskClient) -> None:
    answer = office.post(PLACE)
    assert (answer.status_code, "Choose the file first." in answer.text) == (422, True)


def test_a_call_that_takes_no_files_says_so(client: FlaskClient) -> None:
    a_call(published=False)
    sign_in(client, an_administrator())
    client.get("/?language=en")
    assert "Applications from elsewhere can only come into a call that is published" in send(client, a_line()).text


def test_nobody_but_the_office_finds_the_screen(client: FlaskClient) -> None:
    a_call()
    sign_in(client, a_juror())
    assert [client.get(address).status_code for address in (PLACE, f"{PLACE}/template.csv")] == [404, 404]


def run(settings: Settings, *words: str) -> tuple[int, str, str]:
    outcome = CliRunner().invoke(main, [*words, "--instance", str(settings.instance)])
    return outcome.exit_code, outcome.stdout, outcome.stderr


def test_the_command_takes_in_what_it_exports_with_its_documents(settings: Settings, tmp_path: Path) -> None:
    a_call()
    an_application("submitted")
    an_application("withdrawn")
    an_application("draft")
    folder, file = tmp_path / "documents", tmp_path / "out.jsonl"
    code, written, _ = run(settings, "applications", "export", "small", "--documents", str(folder))
    file.write_text(written, encoding="utf-8")
    (record,) = [json.loads(line) for line in written.splitlines()]
    (document,) = record["documents"]
    assert (code, [path.name for path in folder.iterdir()]) == (0, [document["sha256"]])
    again = run(settings, "applications", "import", str(file), "--documents", str(folder))
    assert (again[0], again[1]) == (0, "0 taken in, 1 here already.\n")


def test_the_command_refuses_a_file_with_the_place_of_each_mistake(settings: Settings, tmp_path: Path) -> None:
    a_call()
    file = tmp_path / "in.jsonl"
    stolen = [{"question": "budget", "path": "../secret.pdf"}]
    (tmp_path.parent / "secret.pdf").write_bytes(b"%PDF-1.4")
    file.write_text(a_line() + a_line(language="de") + a_line(documents=stolen))
    for check in ([], ["--check"]):
        code, said, errors = run(settings, "applications", "import", str(file), *check)
        assert (code, said, errors.splitlines()) == (2, "", [
            "row 2, language: “de” is no language of a file. Expected: nl or fr.",
            "row 3, documents.budget: The document “../secret.pdf” was not found: not in the portal and not in the "
            "folder of documents.",
            "Nothing was taken in: 2 mistakes.",
        ])  # fmt: skip
    database.connect(settings.database)
    assert asked(queries.of_call, "small") == ()
    assert run(settings, "applications", "import", str(file), "--call", "none")[2] == "Error: there is no call none\n"


def test_the_template_of_the_command_is_that_of_the_screen(settings: Settings) -> None:
    call = a_call()
    words = ("applications", "template", "small", "--format", "csv", "--instance", str(settings.instance))
    assert CliRunner().invoke(main, words).stdout_bytes.decode() == exchange.template(call, "csv")
