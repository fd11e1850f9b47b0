"""What happened, in the words of the office: an entry of the history, who did it, and the facts that tell something."""

from typing import Any

from flask_babel import gettext as _

from portal.administrator import words
from portal.language import language
from workflows.history import EntryView
from workflows.language import show_day, show_moment, show_score, text_in
from workflows.lifecycle import Event
from workflows.money import show_amount


def by(entry: EntryView) -> str:
    """Who did it."""
    return _("by the system itself") if entry.actor in ("", "system") else entry.actor


def event(value: Event) -> tuple[str, str]:
    """What happened, with its tone."""
    return (_of_calls() | _of_applicants() | _of_assessment() | _of_awards()).get(value, (str(value), "neutral"))


def _of_calls() -> dict[Event, tuple[str, str]]:
    """What happens to a call."""
    return {
        Event.IMPORT_CALL: (_("Call imported"), "neutral"),
        Event.CHANGE_CALL: (_("Terms of the call changed"), "warn"),
        Event.PREPARE_CALL: (_("Preparation changed"), "neutral"),
        Event.DISCARD_PREPARATION: (_("Preparation thrown away"), "warn"),
        Event.EXTEND_DEADLINE: (_("Deadline extended"), "warn"),
        Event.START_TEST: (_("Test application begun"), "neutral"),
        Event.PUBLISH: (_("Call published"), "good"),
        Event.SAVE_SCENARIO: (_("Scenario saved"), "neutral"),
        Event.DROP_SCENARIO: (_("Scenario thrown away"), "neutral"),
        Event.SIGN_ALLOCATION: (_("Allocation signed by a first person"), "neutral"),
        Event.TAKE_BACK_SIGNATURE: (_("Signature under the allocation taken back"), "warn"),
        Event.DECIDE: (_("Allocation decided"), "good"),
        Event.CLOSE: (_("Call closed"), "good"),
    }  # fmt: skip


def _of_applicants() -> dict[Event, tuple[str, str]]:
    """What happens between an association and its file."""
    return {
        Event.START_DRAFT: (_("Draft started"), "neutral"),
        Event.SAVE_ANSWERS: (_("Answers saved"), "neutral"),
        Event.ATTACH: (_("Document attached"), "neutral"),
        Event.DETACH: (_("Document removed"), "neutral"),
        Event.SUBMIT: (_("Submitted"), "good"),
        Event.BRING_IN: (_("Taken in from elsewhere"), "good"),
        Event.REFUSE_SUBMISSION: (_("Submission refused"), "warn"),
        Event.REOPEN: (_("Taken back to be changed"), "warn"),
        Event.RESTORE: (_("Counts again as last submitted"), "good"),
        Event.WITHDRAW: (_("Withdrawn"), "warn"),
        Event.BRING_BACK: (_("Withdrawal undone"), "good"),
        Event.DELETE_DRAFT: (_("Draft deleted"), "warn"),
        Event.WRITE_TO_OFFICE: (_("Message of the association"), "neutral"),
        Event.WRITE_TO_APPLICANT: (_("Message to the association"), "neutral"),
        Event.SETTLE_MESSAGES: (_("Messages need no answer"), "neutral"),
        Event.ASK_COMPLETION: (_("Association asked to complete its file"), "warn"),
        Event.SAVE_COMPLETION: (_("Answer to a request saved"), "neutral"),
        Event.ANSWER_COMPLETION: (_("Request answered"), "good"),
        Event.WITHDRAW_COMPLETION: (_("Request withdrawn"), "warn"),
        Event.REMIND_DRAFT: (_("Reminded of the deadline"), "neutral"),
        Event.REMIND_COMPLETION: (_("Reminded of a request"), "neutral"),
        Event.REPORT_TO_OFFICE: (_("List of what came in sent to the office"), "neutral"),
    }  # fmt: skip


def _of_assessment() -> dict[Event, tuple[str, str]]:
    """What happens to a file once it is in."""
    return {
        Event.SCREEN: (_("Screened automatically"), "neutral"),
        Event.OVERRULE: (_("A condition was judged by a person"), "warn"),
        Event.ADMIT: (_("Declared eligible"), "good"),
        Event.DECLARE_INELIGIBLE: (_("Declared ineligible"), "bad"),
        Event.APPOINT: (_("Appointed to the panel"), "neutral"),
        Event.ASSIGN: (_("Given to a juror or expert"), "neutral"),
        Event.UNASSIGN: (_("Taken back from a juror or expert"), "warn"),
        Event.DECLARE_NO_CONFLICT: (_("Declared without conflict of interest"), "neutral"),
        Event.DECLARE_CONFLICT: (_("Conflict of interest declared"), "warn"),
        Event.RECUSE: (_("Recused by the office"), "warn"),
        Event.SAVE_REVIEW: (_("Review saved"), "neutral"),
        Event.SUBMIT_REVIEW: (_("Review submitted"), "good"),
        Event.RECORD_REMARK: (_("Remark of the jury recorded"), "neutral"),
        Event.RECORD_MEETING: (_("Meeting of the jury recorded"), "neutral"),
        Event.DELIBERATE: (_("Deliberation recorded"), "neutral"),
        Event.CLOSE_PANEL: (_("Panel closed"), "good"),
        Event.REOPEN_PANEL: (_("Panel reopened"), "warn"),
        Event.FIX_AWARD: (_("Award fixed by hand"), "warn"),
        Event.FREE_AWARD: (_("Award left to the rule again"), "neutral"),
        Event.AWARD: (_("Grant awarded"), "good"),
        Event.PUT_ON_RESERVE: (_("Put on the reserve list"), "warn"),
        Event.REFUSE: (_("Grant refused"), "bad"),
        Event.WRITE_LETTER: (_("Letter written"), "neutral"),
        Event.RELEASE_LETTER: (_("Letter released"), "good"),
        Event.READ_LETTER: (_("Letter opened by the applicant"), "neutral"),
        Event.SEND_AGAIN: (_("Mail sent again"), "warn"),
    }  # fmt: skip


def _of_awards() -> dict[Event, tuple[str, str]]:
    """What happens to an award and to its money."""
    return {
        Event.SIGN_PROMOTION: (_("Promotion from the reserve list signed by a first person"), "neutral"),
        Event.PROMOTE: (_("Files promoted from the reserve list"), "good"),
        Event.CUT_AWARD: (_("Award reduced by a cut"), "warn"),
        Event.ASK_CONSENT: (_("Association asked whether it agrees with the amount"), "neutral"),
        Event.ANSWER_OFFER: (_("Association answered about the amount"), "good"),
        Event.DECLINE_AWARD: (_("Award given up"), "warn"),
        Event.RECORD_STEP: (_("Step of approval recorded"), "neutral"),
        Event.SIGN_ACT: (_("Act signed"), "good"),
        Event.COMMIT_MONEY: (_("Amount committed"), "good"),
        Event.PAY_MONEY: (_("Payment booked"), "good"),
    }


def facts(entry: EntryView) -> list[tuple[str, str]]:
    """The facts of an entry that tell a person something, as names and values; states first."""
    found: list[tuple[str, str]] = []
    if entry.from_state and entry.to_state:
        name = words.call_state if entry.subject.startswith("call:") else lambda code: words.state(code)["text"]
        found.append((_("State"), f"{name(entry.from_state)} → {name(entry.to_state)}"))
    told: dict[str, tuple[str, Any]] = {
        "version": (_("Version"), str),
        "request": (_("Request"), str),
        "due_at": (_("Until"), lambda value: show_moment(value, language())),
        "days": (_("Days before the deadline"), str),
        "receipt": (_("Receipt"), str),
        "letter": (_("Letter"), str),
        "rank": (_("Rank"), str),
        "score": (_("Score"), lambda value: show_score(value, language())),
        "requested": (_("Requested"), lambda value: show_amount(value, language())),
        "awarded": (_("Awarded"), lambda value: show_amount(value, language())),
        "before": (_("Before"), lambda value: show_amount(value, language()) if isinstance(value, int) else ""),
        "percent": (_("Per cent taken off"), str),
        "decommitted": (_("Decommitted"), lambda value: show_amount(value, language())),
        "signed_on": (_("Signed on"), lambda value: show_day(value, language())),
        "taken_on": (_("Day"), lambda value: show_day(value, language())),
        "reference": (_("Reference"), str),
        "paid": (_("Paid"), lambda value: show_amount(value, language())),
        "total": (_("Total"), lambda value: show_amount(value, language())),
        "fingerprint": (_("Fingerprint"), lambda value: f"{value[:16]}…"),
    }
    found += [(label, write(entry.facts[key])) for key, (label, write) in told.items() if key in entry.facts]
    if entry.event is Event.EXTEND_DEADLINE:
        before, after = (show_moment(entry.facts[name], language()) for name in ("before", "after"))
        found.append((_("Closing"), f"{before} → {after}"))
    for one in entry.facts.get("changes", ()):
        what, before, after = (text_in(one[name], language()) for name in ("what", "before", "after"))
        found.append((what, f"{before} → {after}"))
    if entry.event is Event.SCREEN:
        found.append((_("Verdict"), words.verdict(entry.facts.get("verdict"))["text"]))
    return found
