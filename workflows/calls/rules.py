"""What the clock and the terms of a call say. Pure."""

import tomllib
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import tomli_w
from pydantic import ValidationError

from workflows.calls.refusals import Complaint, TermsRefused, follows, of_error, plain
from workflows.calls.terms import LetterText, Terms
from workflows.language import BRUSSELS
from workflows.lifecycle import CallState
from workflows.problems import Reason

LETTER_FACTS = frozenset({
    "reference", "project", "organisation", "call", "rank", "receipt_number", "requested:money", "awarded:money",
    "score:score", "pass_mark:score", "received_at:moment", "received_at:day", "closes_at:moment", "closes_at:day",
})  # fmt: skip
"""The placeholders a letter text may hold, each with the only forms it can be written in."""
LONGEST_FILE = 300_000
"""Characters of a call file."""


class Stage(StrEnum):
    """Where a call is in its life, as a person would say it: follows from its state and the clock."""

    DRAFT = "draft"
    ANNOUNCED = "announced"
    OPEN = "open"
    ASSESSMENT = "assessment"
    DECIDED = "decided"
    CLOSED = "closed"


def stage(state: CallState, terms: Terms, now: datetime) -> Stage:
    """The stage of a call at the instant `now`."""
    match state:
        case CallState.DRAFT:
            return Stage.DRAFT
        case CallState.DECIDED:
            return Stage.DECIDED
        case CallState.CLOSED:
            return Stage.CLOSED
    if now < terms.opens:
        return Stage.ANNOUNCED
    return Stage.OPEN if now < terms.closes else Stage.ASSESSMENT


def is_open(state: CallState, terms: Terms, at: datetime, *, test: bool = False) -> bool:
    """Whether an application that arrives at this instant is on time: strictly before the closing instant.

    A test of the office is taken while the call is not shown to anybody yet, and never again.
    """
    if test:
        return state is CallState.DRAFT
    return stage(state, terms, at) is Stage.OPEN


def read_terms(text: str, source: str) -> Terms:
    """The terms in a TOML text.

    Raises TermsRefused naming the source, the key (or line) of each mistake and what was expected there.
    """
    if len(text) > LONGEST_FILE:
        text = f"longer than the {LONGEST_FILE} characters expected at most"
        raise TermsRefused(source, (plain(text, "call-file-too-large", most=LONGEST_FILE),))
    try:
        data = tomllib.loads(text)
    except RecursionError:
        raise TermsRefused(source, (plain("nested more deeply than any call is", "call-file-too-deep"),)) from None
    except ValueError as error:  # broken TOML, or a number too long to read
        raise TermsRefused(source, (plain(str(error), "call-file-no-toml"),)) from None
    try:
        terms = Terms.model_validate(data)
    except ValidationError as error:
        raise TermsRefused(source, tuple(of_error(Terms, one) for one in error.errors() if not follows(one))) from None
    known = ", ".join(sorted(LETTER_FACTS))
    unfillable = tuple(
        Complaint(
            f"letters.{kind}", f"no letter can fill {{{placeholder}}}, expected one of {known}",
            Reason("call-file-placeholder", {"placeholder": f"{{{placeholder}}}", "known": known}),
        )
        for kind, placeholder in unfillable_placeholders(terms)
    )  # fmt: skip
    if unfillable:
        raise TermsRefused(source, unfillable)
    return terms


def write_terms(terms: Terms) -> str:
    """The TOML text of the terms; reading it gives the same terms, and writing those the same text."""
    return tomli_w.dumps(_bare(terms.model_dump(exclude_none=True, exclude_defaults=False)), indent=2)


def shifted(terms: Terms, by: timedelta) -> Terms:
    """The same terms with every instant and date in them moved: of the edition, of conditions, of questions."""
    return Terms.model_validate(_moved(terms.model_dump(), by))


def _moved(value: Any, by: timedelta) -> Any:
    match value:
        case dict():
            return {key: _moved(part, by) for key, part in value.items()}
        case list() | tuple():
            return type(value)(_moved(part, by) for part in value)
        case date():  # an instant is one too
            return value + by
    return value


def unfillable_placeholders(terms: Terms) -> list[tuple[str, str]]:
    """What stands between braces in the texts of letters and no letter can fill: the kind of letter with each."""
    texts = [(name, getattr(terms.letters, name)) for name in type(terms.letters).model_fields]
    return [
        (name, placeholder)
        for name, text in texts if isinstance(text, LetterText)
        for placeholder in sorted(text.unknown_placeholders(LETTER_FACTS))
    ]  # fmt: skip


def _bare(value: Any) -> Any:
    """Plain TOML values: no enum, no empty list, no empty text."""
    match value:
        case dict():
            bare = {key: _bare(part) for key, part in value.items()}
            return {key: part for key, part in bare.items() if part not in ([], "", {})}
        case list() | tuple():
            return [_bare(part) for part in value]
        case StrEnum():
            return str(value)
        case datetime():
            return value.astimezone(BRUSSELS).replace(tzinfo=None) if value.tzinfo else value
    return value
