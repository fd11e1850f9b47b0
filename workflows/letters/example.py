"""The letters of a call about a made-up file, for reading them before one is sent."""

from datetime import datetime
from typing import Any

from workflows.calls.terms import Terms
from workflows.letters.blocks import Document, Letterhead
from workflows.letters.compose import Material, compose, dated
from workflows.letters.rules import LetterKind
from workflows.lifecycle import ApplicationState
from workflows.permissions import Duty
from workflows.scoring import rules as scoring
from workflows.scoring.queries import ReviewView, Scored
from workflows.submission.example import WORDS, example
from workflows.submission.queries import ApplicationView, Receipt

STATES = {
    LetterKind.RECEIPT: ApplicationState.SUBMITTED, LetterKind.INELIGIBLE: ApplicationState.INELIGIBLE,
    LetterKind.AWARD: ApplicationState.AWARDED, LetterKind.RESERVE: ApplicationState.RESERVE,
    LetterKind.REFUSAL: ApplicationState.REFUSED,
}  # fmt: skip


def letter(terms: Terms, kind: LetterKind, language: str, head: Letterhead, now: datetime) -> Document:
    """The letter of this kind, in Dutch or French, as the terms would have it written now."""
    file = example(terms, terms.id, language, now, STATES.get(kind, ApplicationState.SUBMITTED))
    scored = _scored(file, 1 if kind is LetterKind.REFUSAL else 4)
    receipt = Receipt(f"{file.reference}/1/0123abcd", 1, now, "0" * 64, {"documents": []})
    return compose(Material(
        kind=kind, number=f"{now.year}/0000", dated=dated(now), office=head, application=file,
        facts=_facts(kind, file, scored), remark=WORDS[language][2], receipt=receipt, scored=scored,
    ))  # fmt: skip


def _facts(kind: LetterKind, file: ApplicationView, scored: Scored) -> dict[str, Any]:
    """What the history would say of the event that the letter answers."""
    terms = file.terms
    facts: dict[str, Any] = {
        "score": scored.score or 0, "rank": 7, "of": 12, "pass_mark": terms.scoring.pass_mark_hundredths,
        "requested": file.requested,
    }  # fmt: skip
    match kind:
        case LetterKind.INELIGIBLE:
            condition = terms.conditions[0].name.texts()
            return {"failures": [{"condition": condition, "reasons": [], "remark": WORDS[file.language][2]}]}
        case LetterKind.AWARD:
            facts["awarded"] = file.requested
        case LetterKind.RESERVE:
            short = {"cause": "envelope-short", "envelope": terms.envelopes[0].id, "short_by": 100_000}
            facts["refusal"] = {**short, "score_needed": None, "largest_fitting": 0}
        case LetterKind.REFUSAL:
            facts["refusal"] = {"cause": "below-pass-mark", "envelope": None, "short_by": None, "score_needed": None}
    return facts


def _scored(file: ApplicationView, mark: int) -> Scored:
    """One juror's and one expert's marks, as good or bad as `mark` of 5."""
    reviews = tuple(
        ReviewView(
            0, "", duty, {one.id: one.points * mark // 5 for one in file.terms.criteria_of(duty)}, {}, "", None,
            file.saved_at, 1,
        )
        for duty in Duty
    )  # fmt: skip
    by_duty = {review.duty: [review.marks] for review in reviews}
    return Scored(file, reviews, scoring.score(file.terms, by_duty), "")
