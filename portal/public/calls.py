"""The calls as everybody sees them, their results, and the two pages about the portal itself."""

from typing import Any

from flask import current_app, render_template
from flask_babel import gettext as _
from flask_login import current_user

from portal.guard import needs
from portal.previews import prepared
from portal.public import blueprint, words
from portal.public.machines import linked_data
from portal.work import ask, now
from workflows.calls.form import QuestionKind
from workflows.calls.queries import CallView, call_view, public_calls, public_changes
from workflows.calls.rules import Stage
from workflows.eligibility.foreseeing import questions
from workflows.money import largest_remainder
from workflows.permissions import Action
from workflows.problems import NotThere
from workflows.publication.queries import Results, public_results


@blueprint.get("/")
def home() -> str:
    """Open calls first, then what is announced, being assessed, and recently decided."""
    with ask() as session:
        calls = public_calls(session, now())
        results = {call.id: public_results(session, call.id, now()) for call in calls if _decided(call)}
    shown = {call_id: found for call_id, found in results.items() if found is not None}
    groups: dict[str, list[CallView]] = {"open": [], "announced": [], "assessment": [], "decided": []}
    for call in calls:
        groups["decided" if call.id in shown else "assessment" if _decided(call) else str(call.stage)].append(call)
    groups["open"].sort(key=lambda call: call.terms.closes)
    groups["announced"].sort(key=lambda call: call.terms.opens)
    return render_template("public/home.html", groups=groups, results=shown, accounts=_demonstration_accounts())


@blueprint.get("/calls/<call_id>")
def call(call_id: str) -> str:
    """Everything about one call."""
    with ask() as session:
        found = public_call(session, call_id)
        published = public_results(session, call_id, now()) is not None
        changes = public_changes(session, call_id)
    return _call_page(found, published=published, changes=changes)


@blueprint.get("/calls/<call_id>/preview")
@needs(Action.PREVIEW_CALL)
def call_preview(call_id: str) -> str:
    """The same page as it was prepared, for the office."""
    with ask() as session:
        found = prepared(session, call_id)
    return _call_page(found, preview=True)


def _call_page(found: CallView, *, published: bool = False, changes: Any = (), preview: bool = False) -> str:
    terms = found.terms
    return render_template(
        "public/call.html",
        call=found,
        terms=terms,
        published=published,
        stages=_stages(found, published),
        shares=largest_remainder(100, [criterion.weight for criterion in terms.criteria]),
        documents=[question for question in terms.questions() if question.kind is QuestionKind.DOCUMENT],
        chosen_by_us=words.chosen_by_us(terms.chosen_by_us),
        changes=changes,
        asked=questions(terms),
        linked_data=None if preview else linked_data(found),
        preview=preview,
        words=words,
    )


@blueprint.get("/calls/<call_id>/results")
def results(call_id: str) -> str:
    """The awards of a call, once every applicant was told."""
    with ask() as session:
        found = public_call(session, call_id)
        outcome: Results | None = public_results(session, call_id, now())
    return render_template("public/results.html", call=found, results=outcome)


@blueprint.get("/accessibility")
def accessibility() -> str:
    return render_template("public/accessibility.html")


@blueprint.get("/privacy")
def privacy() -> str:
    return render_template("public/privacy.html", session_days=current_app.config["SETTINGS"].session_days)


def public_call(session: Any, call_id: str) -> CallView:
    """A call that everybody may know of. Raises NotThere."""
    found = call_view(session, call_id, now())
    if found.stage is Stage.DRAFT:
        raise NotThere
    return found


def _decided(call: CallView) -> bool:
    return call.stage in (Stage.DECIDED, Stage.CLOSED)


def _demonstration_accounts() -> list[dict[str, Any]]:
    """Who can be played, in the demonstration only and for visitors only."""
    development = current_app.config["SETTINGS"].mode == "development"
    if not development or current_user.is_authenticated:
        return []
    return list(current_app.config.get("DEMO_ACCOUNTS", ()))


def _stages(call: CallView, published: bool) -> list[dict[str, Any]]:
    """The life of a call in four steps, with the dates that are known."""
    at = {Stage.ANNOUNCED: 0, Stage.OPEN: 1, Stage.ASSESSMENT: 2, Stage.DECIDED: 2, Stage.CLOSED: 2}[call.stage]
    if published:
        at = 4
    steps: list[dict[str, Any]] = [
        {"text": _("Announced")},
        {"text": _("Applying"), "from": call.terms.opens, "until": call.terms.closes},
        {"text": _("Assessment by the jury and the administration")},
        {"text": _("Decision and letters")},
    ]
    for number, step in enumerate(steps):
        step["state"] = "done" if number < at else "current" if number == at else "todo"
    return steps
