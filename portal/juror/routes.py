"""The screens behind this door: in which duty, at which address. What they do is in `portal/judging.py`."""

from typing import Any

from flask import Response, render_template

from portal import desk, judging
from portal.guard import needs
from portal.juror import blueprint
from workflows.permissions import Action, Duty

DUTY = Duty.JURY


@blueprint.get("/")
def home() -> str:
    return render_template("juror/home.html", queue=desk.open_queue(DUTY), duty=DUTY)


@blueprint.get("/preview/<call_id>")
@needs(Action.PREVIEW_CALL)
def preview(call_id: str) -> str:
    """The desk with a made-up file of a call in preparation, for the office."""
    return judging.preview_page("juror/file.html", call_id, DUTY)


@blueprint.get("/<reference>")
def file(reference: str) -> Any:
    return judging.file_page("juror/file.html", reference, DUTY)


@blueprint.post("/<reference>")
def save(reference: str) -> Any:
    return judging.save("juror/file.html", reference, DUTY)


@blueprint.post("/<reference>/autosave")
def autosave(reference: str) -> Any:
    return judging.autosave(reference, DUTY)


@blueprint.get("/<reference>/conflict")
def conflict(reference: str) -> str:
    return judging.conflict_page("juror/conflict.html", reference, DUTY)


@blueprint.post("/<reference>/conflict")
def declare(reference: str) -> Any:
    return judging.declare("juror/conflict.html", reference, DUTY)


@blueprint.get("/<reference>/documents/<token>")
def document(reference: str, token: str) -> Response:
    return judging.download(reference, token, DUTY)
