"""Whether the process lives, whether it can work, and figures for Prometheus. Nothing here is about a person."""

import hmac
import logging
from collections.abc import Callable, Iterator

from flask import Response, current_app, jsonify, request

from portal.doctor import migrated, writable
from portal.guard import door
from portal.work import ask, now
from workflows.database import ping
from workflows.letters.outbox import Standing, standing
from workflows.permissions import Action
from workflows.problems import NotThere
from workflows.troubles import failing

blueprint = door("health", __name__, Action.SEE_PUBLIC)
log = logging.getLogger(__name__)


@blueprint.get("/health/live")
def live() -> Response:
    return jsonify(status="alive")


@blueprint.get("/health/ready")
def ready() -> tuple[Response, int]:
    """Ready where the database answers at the newest revision and documents can be stored. Redis is not asked: the
    portal works without it, and letters leave once it is back."""
    store = current_app.config["SETTINGS"].store
    checks: dict[str, Callable[[], object]] = {
        "database": ping, "revision": migrated, "store": lambda: writable(store),
    }  # fmt: skip
    found = {name: _holds(name, check) for name, check in checks.items()}
    ok = all(found.values())
    return jsonify(status="ready" if ok else "not ready", checks=found), 200 if ok else 503


@blueprint.get("/metrics")
def metrics() -> Response:
    """Figures in Prometheus' text form, for whoever knows the token; in development for everybody on this machine."""
    settings = current_app.config["SETTINGS"]
    token, given = settings.metrics_token, request.headers.get("Authorization", "")
    if settings.mode == "production" and not (
        token and hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    ):
        raise NotThere
    with ask() as session:
        found, failed = standing(session, now()), failing(session)
    return Response("\n".join(_lines(found, failed)) + "\n", mimetype="text/plain; version=0.0.4")


def _holds(name: str, check: Callable[[], object]) -> bool:
    try:
        return check() is not False
    except Exception:  # whatever it is, it is not ready
        log.exception("not ready: %s", name)
        return False


def _lines(found: Standing, failing: int) -> Iterator[str]:
    yield from _metric("oproep_mails", "Mails by state.", "gauge")
    yield from (f'oproep_mails{{state="{state}"}} {number}' for state, number in found.mails.items())
    for name, what, value in (
        ("oproep_mails_due", "Mails that could leave now.", found.due),
        ("oproep_queue_age_seconds", "How long the oldest letter or mail waits.", int(found.oldest.total_seconds())),
        ("oproep_mails_perhaps_twice", "Mails that may have left twice.", found.perhaps_twice),
        ("oproep_letters_unwritten", "Events that wait for their letter.", found.unwritten),
        ("oproep_notices_unwritten", "Events that wait for their notices.", found.unnoticed),
        ("oproep_letters_unrendered", "Letters that wait for their PDF.", found.unrendered),
        ("oproep_letters_unreleased", "Letters that wait for a person.", found.unreleased),
        ("oproep_tasks_failing", "Background work that failed and is still due.", failing),
        ("oproep_sending_held", "1 while no mail leaves.", int(found.hold is not None)),
    ):
        yield from _metric(name, what, "gauge")
        yield f"{name} {value}"


def _metric(name: str, what: str, kind: str) -> Iterator[str]:
    yield f"# HELP {name} {what}"
    yield f"# TYPE {name} {kind}"
