"""The preparation of a call at a glance: its parts, what is still wrong, and taking over, publishing, trying it."""

from collections import Counter
from datetime import datetime
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal import errors
from portal.administrator import blueprint
from portal.administrator.forms import ReasonForm
from portal.administrator.frame import show
from portal.administrator.setup_parts import PARTS, address, part_of, screen_address, screen_of, title
from portal.language import language
from portal.work import Session, actor, ask, now, work
from workflows.calls import labels, preparing, readiness
from workflows.calls.changes import Change, changes
from workflows.calls.queries import CallView, CopyView, call_view, prefixes_of_others, working_copy
from workflows.calls.readiness import Finding
from workflows.calls.rules import Stage
from workflows.calls.terms import Terms
from workflows.language import text_in
from workflows.people.rules import ApplicantType
from workflows.problems import NotThere, Problem
from workflows.submission.queries import trials_of
from workflows.submission.trying import start_test

EDITED = (Stage.DRAFT, Stage.ANNOUNCED, Stage.OPEN, Stage.ASSESSMENT)


@blueprint.get("/calls/<call_id>/setup")
def setup(call_id: str) -> Any:
    with ask() as session:
        call, copy = call_view(session, call_id, now()), working_copy(session, call_id)
        found = _findings(session, call, copy, now())
        tests = trials_of(session, call_id) if call.stage is Stage.DRAFT else ()
    blocking = [one for one in found if one.blocking]
    return show(
        "setup", call, copy=copy, parts=_parts(call, found), blocking=_linked(call, blocking),
        doubts=_linked(call, [one for one in found if not one.blocking]), tests=tests, editable=call.stage in EDITED,
        invited=[(rule.type, _type_name(rule.type)) for rule in call.terms.applicants],
        extendable=call.stage in EDITED[1:],
    )  # fmt: skip


@blueprint.get("/calls/<call_id>/setup-changes")
def setup_changes(call_id: str) -> Any:
    """What taking the preparation over would change, key by key."""
    with ask() as session:
        return _review(session, call_id, ReasonForm(formdata=None), 200)


@blueprint.post("/calls/<call_id>/setup-changes")
def take_over(call_id: str) -> Any:
    """Let the preparation hold from now on."""
    form = ReasonForm()
    form.validate()
    try:
        with work() as session:
            version = preparing.take_over(
                session, actor(), call_id, seen=form.seen.data or "", reason=form.reason.data or "", now=now()
            )
    except Problem as problem:
        errors.blame(form, problem)
        with ask() as session:
            return _review(session, call_id, form, 422)
    flash(_("Version %(version)s of the terms holds from now on.", version=version), "success")
    return redirect(url_for("administrator.setup", call_id=call_id))


@blueprint.post("/calls/<call_id>/setup-discard")
def discard(call_id: str) -> Any:
    with work() as session:
        preparing.discard(session, actor(), call_id, now=now())
    flash(_("The preparation is thrown away; the terms in force stay as they are."), "info")
    return redirect(url_for("administrator.setup", call_id=call_id))


@blueprint.post("/calls/<call_id>/publish")
def publish(call_id: str) -> Any:
    """Show the call to everybody, as it was prepared; with what is still wrong it is not."""
    try:
        with work() as session:
            seen = request.form.get("seen") or working_copy(session, call_id).mark
            preparing.publish(session, actor(), call_id, seen=seen, now=now())
        flash(_("The call is published. It opens and closes by the clock."), "success")
    except Problem as problem:
        errors.tell(problem)
        return redirect(url_for("administrator.setup", call_id=call_id))
    return redirect(url_for("administrator.call", call_id=call_id))


@blueprint.post("/calls/<call_id>/try")
def try_call(call_id: str) -> Any:
    """Begin a test application of what was prepared, in the screens of an association."""
    type = request.form.get("type", "")
    if type not in list(ApplicantType):
        raise NotThere
    try:
        with work() as session:
            copy = working_copy(session, call_id)
            if copy.row_version and call_view(session, call_id, now()).stage is Stage.DRAFT:
                preparing.take_over(session, actor(), call_id, seen=copy.mark, now=now())
            language = "fr" if request.form.get("language") == "fr" else "nl"
            reference = start_test(session, actor(), call_id, ApplicantType(type), language, now=now())
    except Problem as problem:
        errors.tell(problem)
        return redirect(url_for("administrator.setup", call_id=call_id))
    return redirect(url_for("applicant.task_list", reference=reference))


def _type_name(type: ApplicantType) -> str:
    return text_in(labels.value("ApplicantType", str(type)), language())


def _findings(session: Session, call: CallView, copy: CopyView, at: datetime) -> tuple[Finding, ...]:
    """What is wrong; once the call is shown, its dates are no longer a matter of publishing it."""
    found = readiness.problems_before_opening(copy.content, at, prefixes_of_others(session, call.id))
    if call.stage is Stage.DRAFT:
        return found
    return tuple(one for one in found if one.reason.code not in ("closing-passed", "opens-at-once"))


def _parts(call: CallView, found: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """The parts as a list of tasks, each with how much is still wrong with it."""
    wrong = Counter(part_of(str(one.spot[0])) for one in found if one.blocking and one.spot)
    doubted = Counter(part_of(str(one.spot[0])) for one in found if not one.blocking and one.spot)
    rows = []
    for part in PARTS:
        status, tone = _("In order"), "good"
        if wrong[part]:
            status, tone = ngettext("%(num)d problem", "%(num)d problems", wrong[part]), "bad"
        elif doubted[part]:
            status, tone = ngettext("%(num)d remark", "%(num)d remarks", doubted[part]), "warn"
        href = screen_address(call.id, part, ()) if call.stage in EDITED else ""
        rows.append({"title": title(part), "href": href, "status": status, "tone": tone})
    return rows


def _linked(call: CallView, found: list[Finding]) -> list[dict[str, Any]]:
    """Findings with the part they are in and the address of their field."""
    return [
        {"reason": one.reason, "part": title(screen_of(one.spot)[0]), "href": address(call.id, one.spot)}
        for one in found if one.spot
    ]  # fmt: skip


def _review(session: Session, call_id: str, form: ReasonForm, status: int) -> Any:
    call, copy = call_view(session, call_id, now()), working_copy(session, call_id)
    found: tuple[Change, ...] = ()
    ready = True
    try:
        terms: Terms = readiness.read(copy.content)
        found = changes(call.terms, terms)
    except Problem:
        ready = False
    form.seen.data = copy.mark
    return show(
        "setup_changes", call, status=status, form=form, copy=copy, changed=found, ready=ready,
        published=call.stage is not Stage.DRAFT, substantial=any(one.substantial for one in found),
    )  # fmt: skip
