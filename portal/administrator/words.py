"""The words of the office for stages, states, events, kinds of letters and causes of refusal."""

from collections.abc import Mapping
from typing import Literal

from flask_babel import gettext as _

from portal.hints import rule as rule
from workflows.awards.rules import Answer, AwardState
from workflows.budget.rules import EntryKind
from workflows.calls.rules import Stage
from workflows.language import NAMES
from workflows.letters.rules import LetterKind
from workflows.lifecycle import ApplicationState, CallState
from workflows.permissions import Duty
from workflows.scoring.rules import Advice

Tagged = Mapping[str, str]
"""A text with its tone, as a cell of a table wants it."""


def stage(value: Stage) -> str:
    return {
        Stage.DRAFT: _("In preparation"),
        Stage.ANNOUNCED: _("Announced"),
        Stage.OPEN: _("Open"),
        Stage.ASSESSMENT: _("Assessment"),
        Stage.DECIDED: _("Decided"),
        Stage.CLOSED: _("Closed"),
    }[value]


def state(value: str) -> Tagged:
    """The state of a file."""
    text, tone = {
        ApplicationState.DRAFT: (_("Draft"), "neutral"),
        ApplicationState.SUBMITTED: (_("To be screened"), "warn"),
        ApplicationState.ELIGIBLE: (_("Eligible"), "info"),
        ApplicationState.INELIGIBLE: (_("Ineligible"), "bad"),
        ApplicationState.AWARDED: (_("Awarded"), "good"),
        ApplicationState.RESERVE: (_("Reserve list"), "warn"),
        ApplicationState.REFUSED: (_("Refused"), "bad"),
        ApplicationState.WITHDRAWN: (_("Withdrawn"), "neutral"),
    }[ApplicationState(value)]
    return {"text": text, "tone": tone}


def verdict(ok: bool | None, *, judged: bool = True) -> Tagged:
    """The outcome of a condition, or of all of them."""
    if not judged:
        return {"text": _("Not screened yet"), "tone": "neutral"}
    return {
        True: {"text": _("Passed"), "tone": "good"},
        False: {"text": _("Failed"), "tone": "bad"},
        None: {"text": _("Needs a person"), "tone": "warn"},
    }[ok]


def duty(value: Duty) -> str:
    return {Duty.JURY: _("Juror"), Duty.EXPERT: _("Expert")}[value]


def advice(value: Advice) -> Tagged:
    text, tone = {
        Advice.FAVOURABLE: (_("Favourable"), "good"),
        Advice.RESERVED: (_("Favourable with reservations"), "warn"),
        Advice.UNFAVOURABLE: (_("Unfavourable"), "bad"),
    }[value]
    return {"text": text, "tone": tone}


def letter(kind: LetterKind) -> Tagged:
    text, tone = {
        LetterKind.RECEIPT: (_("Receipt"), "neutral"),
        LetterKind.INELIGIBLE: (_("Ineligible"), "bad"),
        LetterKind.AWARD: (_("Award"), "good"),
        LetterKind.RESERVE: (_("Reserve list"), "warn"),
        LetterKind.REFUSAL: (_("Refusal"), "bad"),
    }[kind]
    return {"text": text, "tone": tone}


def mail(value: str) -> Tagged:
    text, tone = {
        "pending": (_("Waiting"), "neutral"),
        "sending": (_("Being sent"), "info"),
        "sent": (_("Sent"), "good"),
        "failed": (_("Not sent"), "bad"),
        "unknown": (_("Perhaps sent"), "warn"),
    }[value]
    return {"text": text, "tone": tone}


def award(value: AwardState) -> Tagged:
    """Where an award stands."""
    text, tone = {
        AwardState.HELD: (_("Held: current affairs"), "warn"),
        AwardState.IN_APPROVAL: (_("In approval"), "info"),
        AwardState.TO_SIGN: (_("To be signed"), "info"),
        AwardState.SIGNED: (_("Signed, to be committed"), "warn"),
        AwardState.COMMITTED: (_("Committed"), "good"),
        AwardState.PAID: (_("Paid in full"), "good"),
    }[value]
    return {"text": text, "tone": tone}


def offer(value: Answer | Literal[""] | None) -> Tagged:
    """What an association said of the amount; empty where it was not asked."""
    text, tone = {
        "": (_("Agreement still to be asked"), "warn"),
        None: (_("Agreement awaited"), "warn"),
        Answer.ACCEPTED: (_("Agrees"), "good"),
        Answer.ADAPTED: (_("Agrees, budget adapted"), "good"),
        Answer.DECLINED: (_("Gives up"), "bad"),
    }[value]
    return {"text": text, "tone": tone}


def entry_kind(value: EntryKind) -> str:
    """What an entry of the ledger is."""
    return {
        EntryKind.CREDIT: _("Credit"),
        EntryKind.COMMITMENT: _("Commitment"),
        EntryKind.DECOMMITMENT: _("Decommitment"),
        EntryKind.LIQUIDATION: _("Payment"),
        EntryKind.CORRECTION: _("Correction"),
    }[value]


def causes() -> Mapping[str, str]:
    """Why the money did not reach a file, in a few words."""
    return {
        "below-pass-mark": _("Below the pass mark"),
        "envelope-short": _("The envelope no longer sufficed"),
        "envelope-closed": _("The envelope was closed by a file ranked higher"),
        "criterion-below-minimum": _("Below the minimum on a criterion"),
        "limit": _("A limit of the call was reached"),
        "override": _("Refused by decision of a person"),
    }


def rule_name(code: str) -> str:
    """An allocation rule in two or three words."""
    return {
        "rank-stop": _("Ranking, stop"),
        "rank-skip": _("Ranking, skip"),
        "rank-partial-stop": _("Ranking, part, stop"),
        "rank-partial-skip": _("Ranking, part, skip"),
        "pro-rata": _("Same share for all"),
        "optimum-points": _("Optimum: most points"),
        "optimum-point-euros": _("Optimum: most points times money"),
    }[code]


def tie(code: str) -> str:
    return {
        "score": _("the higher score"),
        "smaller-request": _("the smaller request"),
        "larger-request": _("the larger request"),
        "id": _("the lower file number"),
    }.get(code, code)


def placeholder(code: str) -> str:
    """What a letter puts in the place of a name between braces."""
    return {
        "reference": _("the reference of the file"),
        "project": _("the title of the project"),
        "organisation": _("the name of the organisation"),
        "call": _("the name of the call"),
        "rank": _("the place in the ranking"),
        "receipt_number": _("the number of the receipt"),
        "requested:money": _("the amount requested"),
        "awarded:money": _("the amount awarded"),
        "score:score": _("the score out of 100"),
        "pass_mark:score": _("the pass mark"),
        "received_at:moment": _("the day and hour of arrival"),
        "received_at:day": _("the day of arrival"),
        "closes_at:moment": _("the day and hour of the closing"),
        "closes_at:day": _("the day of the closing"),
    }[code]


def spoken(code: str) -> str:
    """The name of a language, in that language."""
    return NAMES.get(code, code)


def call_state(value: str) -> str:
    return {
        CallState.DRAFT: _("In preparation"),
        CallState.PUBLISHED: _("Published"),
        CallState.DECIDED: _("Decided"),
        CallState.CLOSED: _("Closed"),
    }[CallState(value)]
