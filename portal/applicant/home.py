"""The applicant's first page: what to do now, organisations, files."""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.applicant import blueprint
from portal.applicant.loading import done, mine
from portal.applicant.standing import File, Standing
from portal.filters import relative
from portal.language import language
from portal.work import ask, now
from workflows.calls.queries import public_calls
from workflows.calls.rules import Stage
from workflows.language import show_moment, text_in


@blueprint.get("/")
def home() -> str:
    """What must I do now, when is the next deadline, and where does everything stand."""
    with ask() as session:
        organisations, files = mine(session)
        calls = [call for call in public_calls(session, now()) if call.stage is Stage.OPEN]
    drafts = sorted(
        (file for file in files if file.standing is Standing.DRAFT), key=lambda file: file.call.terms.closes
    )
    return render_template(
        "applicant/home.html",
        organisations=organisations,
        files=files,
        tasks=[*_requests(files), *_offers(files), *_letters(files), *_messages(files), *_drafts(drafts)],
        next=drafts[0] if drafts else None,
        open_calls=sorted(calls, key=lambda call: call.terms.closes),
    )


def _requests(files: list[File]) -> list[dict[str, Any]]:
    """What the administration asks to complete, the first to end first."""
    asked = sorted((file for file in files if file.waits.due_at), key=lambda file: file.waits.due_at or now())
    return [
        {
            "title": _("Complete “%(title)s”", title=file.title),
            "href": url_for(
                "applicant.completion", reference=file.application.reference, number=file.waits.request
            ),
            "hint": _("Until %(moment)s", moment=show_moment(file.waits.due_at or now(), language())),
            "status": relative(file.waits.due_at or now()),
            "tone": "warn",
        }
        for file in asked
    ]  # fmt: skip


def _offers(files: list[File]) -> list[dict[str, Any]]:
    """The files of which the administration asks whether another amount will do."""
    return [
        {
            "title": _("Answer about the amount of “%(title)s”", title=file.title),
            "href": url_for("applicant.amount", reference=file.application.reference),
            "hint": file.application.reference,
            "status": _("Answer awaited"),
            "tone": "warn",
        }
        for file in files if file.offer and file.offer.answer is None and file.application.state == "awarded"
    ]  # fmt: skip


def _messages(files: list[File]) -> list[dict[str, Any]]:
    """The files in which the administration wrote something that nobody of the organisation has read."""
    return [
        {
            "title": _("Read what the administration writes"),
            "href": url_for("applicant.messages", reference=file.application.reference, _anchor="last"),
            "hint": file.title,
            "status": ngettext("%(num)d new message", "%(num)d new messages", file.waits.unread),
            "tone": "accent",
        }
        for file in files if file.waits.unread
    ]  # fmt: skip


def _letters(files: list[File]) -> list[dict[str, Any]]:
    """The letters nobody of the organisation has opened yet."""
    return [
        {
            "title": _("Read the letter “%(title)s”", title=letter.title),
            "href": url_for("applicant.letter", reference=file.application.reference, letter_id=letter.id),
            "hint": file.title,
            "status": _("New"),
            "tone": "accent",
        }
        for file in files for letter in file.unread
    ]  # fmt: skip


def _drafts(drafts: list[File]) -> list[dict[str, Any]]:
    """The drafts that can still be submitted, the first to close first."""
    found = []
    for file in drafts:
        ready = done(file.application)
        left = ready.wanted - ready.done
        if left:
            title = _("Complete and submit “%(title)s”", title=file.title)
            status = ngettext("%(num)s section to do", "%(num)s sections to do", left)
        else:
            title, status = _("Check and submit “%(title)s”", title=file.title), _("Ready to submit")
        call = text_in(file.call.terms.name.texts(), language())
        found.append({
            "title": title, "status": status, "tone": file.urgency if file.urgency != "neutral" else "info",
            "hint": _("%(call)s · closes %(relative)s", call=call, relative=relative(file.call.terms.closes)),
            "href": url_for("applicant.task_list", reference=file.application.reference),
        })  # fmt: skip
    return found
