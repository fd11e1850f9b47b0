"""What every screen of a call shares: its frame, the other screens, and who may open a file."""

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from portal.work import Session, actor
from workflows.calls.queries import CallView
from workflows.lifecycle import ApplicationState
from workflows.permissions import Action, Duty, Relation, require
from workflows.problems import NotThere
from workflows.submission.queries import ApplicationView, call_relation, clerk_relation, conflicted_files, row, view


def show(template: str, call: CallView, *, status: int = 200, **more: Any) -> tuple[str, int]:
    """A page within the frame of a call."""
    return render_template(f"administrator/{template}.html", call=call, screens=_screens(call), **more), status


def _screens(call: CallView) -> list[dict[str, Any]]:
    """The row of links; the screens of one file belong to the screen they are reached from."""
    screens = (
        (_("Overview"), "call", ("call", "arrivals")),
        (_("Preparation"), "setup", ("setup", "setup_part", "setup_changes", "take_over", "extension")),
        (_("Screening"), "screening", ("screening", "clean", "admit_many", "file", "overrule", "ask_completion")),
        (_("Assignment"), "assignment", ("assignment", "suggestion", "file_assignment", "recusal", "recuse", "panel")),
        (_("Scoring"), "scoring", ("scoring", "file_scoring", "statistics")),
        (
            _("Deliberation"),
            "deliberation",
            ("deliberation", "record_meeting", "file_deliberation", "deliberate", "shown_file"),
        ),
        (_("Allocation"), "allocation", ("allocation", "commit", "scenario_list", "fixed_award")),
        (_("Awards"), "awards", ("awards", "award", "cut_awards", "reserve")),
        (_("Letters"), "letters", ("letters", "letter", "mails", "mail", "send_again")),
        (_("Messages"), "messages", ("messages", "file_messages")),
        (_("Results"), "results", ("results",)),
        (_("History"), "history", ("history",)),
    )
    here = (request.endpoint or "").rsplit(".", 1)[-1]
    return [
        {"text": text, "href": url_for(f"administrator.{name}", call_id=call.id), "current": here in endpoints}
        for text, name, endpoints in screens
    ]


def duties(call: CallView) -> tuple[Duty, ...]:
    """The capacities in which this call has files judged."""
    wants_expert = call.terms.scoring.opinion_required or call.terms.criteria_of(Duty.EXPERT)
    return (Duty.JURY, Duty.EXPERT) if wants_expert else (Duty.JURY,)


def duty_of(text: str) -> Duty:
    """The duty an address names. Raises NotThere."""
    try:
        return Duty(text)
    except ValueError:
        raise NotThere from None


def relation_to(session: Session, reference: str) -> Relation:
    """What this request's administrator is to a file. A conflict of interest binds the office too: it is a member
    of the applying organisation, or declared."""
    return clerk_relation(session, actor(), row(session, reference))


def open_decision(session: Session, call_id: str) -> None:
    """Let nobody with a conflict of interest in the call see or take its decision. Raises NotThere."""
    require(actor(), Action.ALLOCATE, call_relation(session, actor(), call_id))


def open_file(session: Session, reference: str) -> ApplicationView:
    """A submitted file for this request's administrator. Raises NotThere for a conflict, and for a draft, which is
    nobody's but the applicant's."""
    require(actor(), Action.READ_ANY_APPLICATION, relation_to(session, reference))
    found = view(session, reference)
    if found.state is ApplicationState.DRAFT:
        raise NotThere
    return found


def withheld(session: Session, call_id: str) -> frozenset[str]:
    """The submitted files of a call that this request's administrator may not see: those of a conflict of interest."""
    return conflicted_files(session, actor(), call_id)
