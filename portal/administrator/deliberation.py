"""Deliberation: the meeting of the jury, its agenda, one file at a time, and the panel closed with its minutes."""

from typing import Any

from flask import Response, current_app, url_for
from flask_babel import gettext as _

from portal.addresses import row_number
from portal.administrator import blueprint, words
from portal.administrator.forms import DeliberationForm, MeetingForm, ReopenForm
from portal.administrator.frame import open_decision, open_file, show
from portal.downloads import download
from portal.forms import choices
from portal.saving import pressed, saved
from portal.set_up import office
from portal.work import Session, actor, ask, now
from workflows.allocation.agenda import agenda
from workflows.calls.queries import CallView, call_view
from workflows.calls.rules import Stage
from workflows.language import LANGUAGES
from workflows.letters.minutes import minutes_document
from workflows.letters.pdf import to_pdf
from workflows.lifecycle import ApplicationState
from workflows.people.queries import PersonView
from workflows.permissions import Duty
from workflows.problems import NotThere
from workflows.scoring import deliberating, meeting
from workflows.scoring.deliberating import NewDeliberation, NewMeeting
from workflows.scoring.meeting import DeliberationView
from workflows.scoring.queries import JUDGED, Scored, panel, scored_file


@blueprint.get("/calls/<call_id>/deliberation")
def deliberation(call_id: str) -> Any:
    form = MeetingForm()
    with ask() as session:
        open_decision(session, call_id)
        held = meeting.meeting_of(session, call_id)
        form.held_on.data, form.place.data, form.notes.data = held.held_on, held.place, held.notes
        form.present.data, form.seen.data = [str(person) for person in held.present], str(held.version)
        return _meeting_page(session, call_id, form)


@blueprint.post("/calls/<call_id>/deliberation")
def record_meeting(call_id: str) -> Any:
    form = MeetingForm()
    with ask() as session:
        open_decision(session, call_id)
        form.present.choices = _choices(panel(session, call_id, Duty.JURY))

    def act(session: Session) -> None:
        new = NewMeeting(
            form.held_on.data, form.place.data or "", _people(form.present.data), form.notes.data or "",
            _version(form.seen.data),
        )  # fmt: skip
        deliberating.record_meeting(session, actor(), call_id, new, now=now())

    if answer := saved(form, act, _("The meeting is saved."), _meeting(call_id)):
        return answer
    with ask() as session:
        return _meeting_page(session, call_id, form, status=422)


@blueprint.post("/calls/<call_id>/deliberation/close")
def close_panel(call_id: str) -> Any:
    return pressed(
        lambda session: deliberating.close_panel(session, actor(), call_id, now=now()),
        _("The panel is closed; its record is frozen."), _meeting(call_id),
    )  # fmt: skip


@blueprint.post("/calls/<call_id>/deliberation/reopen")
def reopen_panel(call_id: str) -> Any:
    reason = ReopenForm().reason.data or ""
    return pressed(
        lambda session: deliberating.reopen_panel(session, actor(), call_id, reason, now=now()),
        _("The panel is open again."), _meeting(call_id),
    )  # fmt: skip


@blueprint.get("/calls/<call_id>/deliberation/minutes-<int:number>-<spoken>.pdf")
def minutes_pdf(call_id: str, number: int, spoken: str) -> Response:
    """The minutes of one closing, made from its frozen record: the same bytes on every day."""
    if spoken not in LANGUAGES:
        raise NotThere
    with ask() as session:
        open_decision(session, call_id)
        call = call_view(session, call_id, now())
        found = meeting.closing(session, call_id, number)
    head = office(current_app.config["SETTINGS"]).head
    content = to_pdf(minutes_document(found, call.terms.name.texts(), head, spoken))
    return download(content, "application/pdf", f"{call_id}-{number}-{spoken}.pdf")


@blueprint.get("/files/<reference>/deliberation")
def file_deliberation(reference: str) -> Any:
    with ask() as session:
        found, call, made, jury = _file(session, reference)
        form = DeliberationForm.of(call.terms)
        form.asked.data, form.reason.data, form.notes.data = made.asked, made.reason, made.notes
        form.left.data, form.seen.data = [str(person) for person in made.left], str(made.version)
        form.fill({key: str(mark) for key, mark in made.agreed.items()})
        return _file_page(session, call, found, made, jury, form)


@blueprint.post("/files/<reference>/deliberation")
def deliberate(reference: str) -> Any:
    with ask() as session:
        found, call, made, jury = _file(session, reference)
        form = DeliberationForm.of(call.terms)
        form.left.choices = _choices(jury)

    def act(session: Session) -> None:
        new = NewDeliberation(
            form.asked.data or "", _people(form.left.data), form.agreed(), form.reason.data or "",
            form.notes.data or "", _version(form.seen.data),
        )  # fmt: skip
        deliberating.deliberate(session, actor(), reference, new, now=now())

    told = _("The deliberation on %(reference)s is saved.", reference=reference)
    if answer := saved(form, act, told, url_for("administrator.file_deliberation", reference=reference)):
        return answer
    with ask() as session:
        return _file_page(session, call, found, made, jury, form, status=422)


@blueprint.get("/files/<reference>/deliberation/shown")
def shown_file(reference: str) -> Any:
    """One file for the screen in the meeting room: large, and nobody's marks."""
    with ask() as session:
        found, call, _made, _jury = _file(session, reference)
        before, after = _neighbours(session, call, reference)
    return show("shown_file", call, found=found, application=found.application, before=before, after=after)


def _file(session: Session, reference: str) -> tuple[Scored, CallView, DeliberationView, tuple[PersonView, ...]]:
    application = open_file(session, reference)
    if application.state not in JUDGED:
        raise NotThere
    call = call_view(session, application.call_id, now())
    jury = panel(session, call.id, Duty.JURY)
    return scored_file(session, reference), call, meeting.deliberation_of(session, reference), jury


def _file_page(
    session: Session,
    call: CallView,
    found: Scored,
    made: DeliberationView,
    jury: tuple[PersonView, ...],
    form: DeliberationForm,
    *,
    status: int = 200,
) -> Any:
    form.left.choices = _choices(jury)
    before, after = _neighbours(session, call, found.application.reference)
    editable = found.application.state is ApplicationState.ELIGIBLE and not meeting.panel_closed(session, call.id)
    return show(
        "file_deliberation", call, status=status, found=found, application=found.application, made=made, form=form,
        jury=jury, editable=editable, before=before, after=after,
    )  # fmt: skip


def _meeting_page(session: Session, call_id: str, form: MeetingForm, *, status: int = 200) -> Any:
    call = call_view(session, call_id, now())
    jury = panel(session, call_id, Duty.JURY)
    form.present.choices = _choices(jury)
    return show(
        "deliberation", call, status=status, form=form, reopen=ReopenForm(formdata=None), jury=jury,
        held=meeting.meeting_of(session, call_id), items=agenda(session, call_id), words=words,
        closings=meeting.closings(session, call_id), closed=meeting.panel_closed(session, call_id),
        undecided=call.stage in (Stage.OPEN, Stage.ASSESSMENT),
    )  # fmt: skip


def _neighbours(session: Session, call: CallView, reference: str) -> tuple[str, str]:
    """The file before and the file after this one on the agenda, where this administrator may see the agenda."""
    try:
        open_decision(session, call.id)
    except NotThere:
        return "", ""
    order = [item.found.application.reference for item in agenda(session, call.id) if item.reasons]
    if reference not in order:
        return "", ""
    place = order.index(reference)
    return (order[place - 1] if place else ""), (order[place + 1] if place + 1 < len(order) else "")


def _meeting(call_id: str) -> str:
    return url_for("administrator.deliberation", call_id=call_id)


def _choices(jury: tuple[PersonView, ...]) -> Any:
    return choices([(str(person.id), person.name) for person in jury])


def _people(typed: list[str] | None) -> frozenset[int]:
    return frozenset(person for one in typed or () if (person := row_number(one)) is not None)


def _version(typed: str | None) -> int:
    return row_number(typed) or 0
