"""What an operator watches: readiness that says what is missing, figures, and a log without personal data."""

import io
import json
import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import logging as our_logging
from config.settings import Settings
from portal import create_app
from tests.builders import CLOSES, a_call, an_application, done
from workflows import tasks, worker
from workflows.letters import outbox
from workflows.permissions import SYSTEM


@pytest.fixture
def log() -> io.StringIO:
    """What a production process would write."""
    written, handler = io.StringIO(), logging.StreamHandler()
    handler.setStream(written)
    handler.setFormatter(our_logging.Json())
    loggers = [logging.getLogger(name) for name in our_logging.OURS]
    for one in loggers:
        one.addHandler(handler)
        one.setLevel(logging.INFO)
    yield written
    for one in loggers:
        one.removeHandler(handler)
        one.setLevel(logging.NOTSET)


def lines(log: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_ready_says_what_is_missing(client: FlaskClient, settings: Settings) -> None:
    assert client.get("/health/live").json == {"status": "alive"}
    good = client.get("/health/ready")
    assert (good.status_code, good.json) == (
        200, {"status": "ready", "checks": {"database": True, "revision": True, "store": True}},
    )  # fmt: skip
    if settings.store.exists():
        settings.store.rmdir()
    settings.store.write_text("in the way")
    bad = client.get("/health/ready")
    assert (bad.status_code, bad.json) == (
        503, {"status": "not ready", "checks": {"database": True, "revision": True, "store": False}},
    )  # fmt: skip


def test_the_figures_tell_states_age_and_holds(client: FlaskClient, settings: Settings) -> None:
    a_call()
    an_application("submitted")
    done(outbox.hold, SYSTEM, "a look", now=CLOSES)
    found = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if not line.startswith("#"))
    assert found == {
        'oproep_mails{state="pending"}': "0", 'oproep_mails{state="sending"}': "0", 'oproep_mails{state="sent"}': "0",
        'oproep_mails{state="failed"}': "0", 'oproep_mails{state="unknown"}': "0", "oproep_mails_due": "0",
        "oproep_queue_age_seconds": "0", "oproep_mails_perhaps_twice": "0", "oproep_letters_unwritten": "1",
        "oproep_notices_unwritten": "0", "oproep_letters_unrendered": "0", "oproep_letters_unreleased": "0",
        "oproep_tasks_failing": "0", "oproep_sending_held": "1",
    }  # fmt: skip


def test_in_production_the_figures_are_there_for_the_token_only(settings: Settings) -> None:
    asked = {"base_url": "https://127.0.0.1", "mode": "production", "metrics_token": "only for prometheus"}
    browser = create_app(settings.model_copy(update=asked)).test_client()
    for headers, status in (
        ({}, 404), ({"Authorization": "Bearer wrong"}, 404), ({"Authorization": "Bearer only for prometheus"}, 200),
    ):  # fmt: skip
        assert browser.get("/metrics", headers=headers, base_url="https://127.0.0.1").status_code == status
    closed = create_app(settings.model_copy(update={**asked, "metrics_token": ""})).test_client()
    assert closed.get("/metrics", headers={"Authorization": "Bearer "}, base_url="https://127.0.0.1").status_code == 404


def test_a_request_is_one_line_under_the_id_that_its_answer_carries(client: FlaskClient, log: io.StringIO) -> None:
    given = client.get("/sign-in?next=/ada@example.org", headers={"X-Request-Id": "proxy-0001"})
    forged = client.get("/nowhere/ada@example.org", headers={"X-Request-Id": 'x" ada@example.org'})
    first, second = lines(log)
    assert {key: first[key] for key in ("request", "method", "endpoint", "status", "level")} == {
        "request": "proxy-0001", "method": "GET", "endpoint": "public.sign_in", "status": 200, "level": "info",
    }  # fmt: skip
    assert (second["endpoint"], second["status"]) == ("none", 404)
    assert (given.headers["X-Request-Id"], forged.headers["X-Request-Id"]) == ("proxy-0001", second["request"])
    assert "ada@example.org" not in log.getvalue()


def test_an_error_says_where_it_arose_and_never_what_was_typed(
    log: io.StringIO, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ValueError("ada@example.org is no number")

    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setitem(app.view_functions, "public.home", fail)
    fail.needs = "see-public"  # type: ignore[attr-defined]
    assert app.test_client().get("/").status_code == 500
    *_, answered = lines(log)
    with our_logging.within(task="render_letter", about=7):
        try:
            fail()
        except ValueError:
            logging.getLogger("workflows.tasks").exception("%s failed", "render_letter(7)")
    told = lines(log)[-1]
    assert (answered["status"], answered["level"]) == (500, "error")
    assert (told["task"], told["about"], told["error"], str(told["where"][-1]).split()[-1]) == (
        "render_letter", 7, "ValueError", "fail",
    )  # fmt: skip
    assert "ada@example.org" not in log.getvalue()


def test_every_line_of_a_task_names_it(settings: Settings, log: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*given: object) -> None:
        logging.getLogger("workflows.letters").info("looked")

    monkeypatch.setattr(tasks.screen, "run", look)
    tasks.screen("S26-0001")
    assert [(one["task"], one["about"]) for one in lines(log)] == [("screen", "S26-0001")]
    assert worker.celery.conf.worker_hijack_root_logger is False
