"""Allocation: the board before the decision, deciding what was seen, the board and the record after it."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from portal import errors
from portal.addresses import instant
from portal.administrator import blueprint, trying, words
from portal.administrator.board import decided, preview
from portal.administrator.frame import open_decision, show
from portal.work import Session, actor, ask, now, work
from workflows import tasks
from workflows.allocation import actions, queries
from workflows.allocation.compare import override_effect
from workflows.allocation.queries import Board
from workflows.allocation.what_if import Setting
from workflows.calls.queries import CallView, call_view
from workflows.calls.rules import Stage
from workflows.letters import dossier
from workflows.problems import Problem

DECIDED = (Stage.DECIDED, Stage.CLOSED)
STALE = ("preview-stale", "preview-outdated")


@blueprint.get("/calls/<call_id>/allocation")
def allocation(call_id: str) -> Any:
    with ask() as session:
        call = call_view(session, call_id, now())
        open_decision(session, call_id)
        return _decided_page(session, call) if call.stage in DECIDED else _preview_page(session, call)


@blueprint.post("/calls/<call_id>/allocation")
def commit(call_id: str) -> Any:
    """Decide what was on the screen; where something changed since, show what, and the fresh preview."""
    seen, seen_at = request.form.get("fingerprint", ""), instant(request.form.get("seen_at"))
    try:
        with work() as session:
            decided = actions.sign(session, actor(), call_id, seen, seen_at=seen_at, now=now())
        if decided:
            told = _("The allocation is decided. The letters are being written and are held until you release them.")
        else:
            told = _("You signed this allocation. It is decided once a second administrator signs the same one.")
        flash(told, "success")
        return redirect(url_for("administrator.allocation", call_id=call_id))
    except Problem as problem:
        refused = problem
    with ask() as session:
        call = call_view(session, call_id, now())
        if call.stage in DECIDED and queries.decision(session, call_id).fingerprint == seen:
            flash(errors.sentence(refused), "info")  # the second of two clicks, or of two tabs: no error
            return redirect(url_for("administrator.allocation", call_id=call_id))
        errors.tell(refused)
        if call.stage in DECIDED:
            return _decided_page(session, call, status=409)
        changed = refused.reason.facts.get("changed", ()) if refused.code in STALE else ()
        return _preview_page(session, call, status=409, stale=refused.code in STALE, changed=changed)


@blueprint.post("/calls/<call_id>/allocation/take-back")
def take_back(call_id: str) -> Any:
    """One's own name goes away again; nothing is decided."""
    with work() as session:
        actions.take_back(session, actor(), call_id, now=now())
    flash(_("Your signature is taken back."), "success")
    return redirect(url_for("administrator.allocation", call_id=call_id))


@blueprint.get("/calls/<call_id>/allocation/record.json")
def record(call_id: str) -> Response:
    """The record of the decision, to the byte as it is kept: its SHA-256 is the one on the screen."""
    with ask() as session:
        open_decision(session, call_id)
        text = queries.decision(session, call_id).record
    disposition = {"Content-Disposition": f'attachment; filename="decision-{call_id}.json"'}
    return Response(text.encode(), mimetype="application/json", headers=disposition)


@blueprint.get("/calls/<call_id>/allocation/dossier.zip")
def dossier_zip(call_id: str) -> Response:
    """Everything to read the decision, and to run it again without the portal."""
    with ask() as session:
        open_decision(session, call_id)
        found = dossier.read(session, call_view(session, call_id, now()).terms)
    disposition = {"Content-Disposition": f'attachment; filename="dossier-{call_id}.zip"'}
    return Response(dossier.pack(found, tasks.office().head), mimetype="application/zip", headers=disposition)


def _preview_page(session: Session, call: CallView, *, status: int = 200, **more: Any) -> Any:
    board = queries.board_to_look_at(session, call.id)
    waiting = [
        (_("Not screened yet"), "file", board.unscreened),
        (_("Not fully scored yet"), "file_scoring", board.unready),
        (_("Refused without a remark of the jury"), "file_scoring", board.without_remark),
    ]
    named = [one for one in waiting if one[2]]
    if call.stage is not Stage.ASSESSMENT:
        named.insert(0, (_("The call has not closed yet."), "call", ()))
    form = trying.form_of(call.terms)
    setting = trying.read(form, call.terms) if status == 200 else None
    page = {"table": preview(board), **trying.priced(board)}
    if setting:
        try:
            page = trying.tried(board, setting)
        except Problem as problem:
            errors.blame(form, problem)
            setting = None
    return show(
        "allocation", call, status=422 if form.errors else status, words=words, seen_at=now().isoformat(),
        waiting=named, decision=None, has_errors=status != 200 or form.errors, form=form, tried=setting,
        base=board, first=_first(session, call.id, board), effect=override_effect(board.data, board.result),
        tried_as=trying.address(setting or Setting(), call.terms), **page, **more,
    )  # fmt: skip


def _first(session: Session, call_id: str, board: Board) -> dict[str, Any] | None:
    """The name that stands under the allocation already: whose, when, and what made it lapse."""
    for one in queries.signed(session, call_id):
        holds = one.fingerprint == board.fingerprint
        changed = () if holds else queries.changed_since(session, call_id, one.at)
        return {"person": one.person, "at": one.at, "own": one.person_id == actor().person_id, "holds": holds,
                "changed": changed}  # fmt: skip
    return None


def _decided_page(session: Session, call: CallView, *, status: int = 200) -> Any:
    found = queries.decision(session, call.id)
    decision = {"at": found.decided_at, "sha256": found.record_sha256, "signed": queries.signed(session, call.id)}
    table = decided(session, call.terms, queries.record(session, call.id))
    return show("allocation", call, status=status, table=table, words=words, decision=decision, waiting=[], form=None)
