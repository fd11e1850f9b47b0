"""Why an application got nothing and what would have changed it, as sentences of `sentences/allocation.toml`."""

from collections.abc import Mapping
from typing import Any

from workflows.allocation.model import AllocationInput, EnvelopeUse, Refusal
from workflows.problems import Reason

Names = Mapping[str, Any]
"""What a person calls an envelope or limit: a text in the languages, by its id; where it is missing, the id."""


def because(data: AllocationInput, refusal: Refusal, score: int, names: Names | None = None) -> tuple[Reason, ...]:
    """The first cause, then each thing that would have changed it, as far as it is known. Amounts in cents, the
    application's own `score` in 1/100 points."""
    known = names or {}
    facts = {
        "id": refusal.id, "envelope": known.get(refusal.envelope or "", refusal.envelope or ""),
        "score": score, "pass_mark": data.pass_mark, "short_by": refusal.short_by,
        "blocked_by": refusal.blocked_by, "score_needed": refusal.score_needed, "grow_by": refusal.grow_by,
        "largest": refusal.largest_fitting, "over_price": refusal.over_price,
    }  # fmt: skip
    codes = [_cause(refusal), *_what_would_do(data, refusal)]
    return tuple(Reason(code, facts) for code in codes)


def _cause(refusal: Refusal) -> str:
    if refusal.cause == "envelope-short" and refusal.envelope is None:
        return "why-no-envelope"
    if refusal.cause == "not-chosen":
        return "why-not-chosen-short" if refusal.short_by else "why-not-chosen"
    if refusal.cause == "limit" and refusal.short_by:
        return "why-limit-short"
    return f"why-{refusal.cause}"


def _what_would_do(data: AllocationInput, refusal: Refusal) -> list[str]:
    codes = []
    if refusal.cause == "not-chosen" and refusal.over_price and data.rule in ("optimum-points", "optimum-spent"):
        codes.append("why-over-price-points" if data.rule == "optimum-points" else "why-over-price-money")
    if refusal.score_needed is not None and refusal.cause != "below-pass-mark":
        codes.append("why-score-needed")
    elif refusal.cause in ("envelope-short", "envelope-closed") and refusal.score_needed is None:
        codes.append("why-no-score")
    if refusal.score_needed is not None and refusal.cause == "below-pass-mark":
        enough = refusal.score_needed == data.pass_mark
        codes.append("why-pass-mark-needed" if enough else "why-score-needed")
    if refusal.grow_by is not None:
        codes.append("why-grow-by")
    if refusal.largest_fitting and refusal.largest_fitting >= data.least_award:
        codes.append("why-largest-fitting")
    return codes


def rest(data: AllocationInput, use: EnvelopeUse, names: Names | None = None) -> Reason | None:
    """What becomes of what an envelope has left, if anything; amounts in cents."""
    if not use.left:
        return None
    known = names or {}
    facts = {
        "envelope": known.get(use.id, use.id), "left": use.left, "least": data.least_award,
        "to": known.get(use.released_to or "", use.released_to or ""),
    }  # fmt: skip
    if use.released_to is not None:
        return Reason("rest-unusable-released" if use.unusable else "rest-released", facts)
    return Reason("rest-unusable-kept" if use.unusable else "rest-kept", facts)
