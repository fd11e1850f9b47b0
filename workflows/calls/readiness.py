"""What is still wrong with a call, or worth a look, before it can be shown to everybody. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from workflows.calls import labels
from workflows.calls.consistency import PARTS_ONLY, inconsistencies
from workflows.calls.copying import neutral
from workflows.calls.form import Meaning, QuestionKind
from workflows.calls.refusals import follows
from workflows.calls.rules import unfillable_placeholders
from workflows.calls.shape import Input, Setting, settings
from workflows.calls.strict import Spot, Strict
from workflows.calls.terms import Condition, ConditionKind, EnvelopePolicy, Letters, Terms
from workflows.language import BRUSSELS, Text, hours_in_brussels
from workflows.permissions import Duty
from workflows.problems import Problem, Reason

MISSING = ("missing", "string_too_short", "too_short", "none_required")
NEEDS = {
    ConditionKind.ANSWERED_YES: ("question",),
    ConditionKind.ANSWERED_ONE_OF: ("question", "accepted"),
    ConditionKind.LASTS_AT_MOST: ("months",),
    ConditionKind.STARTS_BETWEEN: ("earliest", "latest"),
    ConditionKind.NUMBER_BETWEEN: ("question", "most"),
    ConditionKind.DOCUMENT_PRESENT: ("question",),
    ConditionKind.SIGNED: ("question",),
    ConditionKind.FILES_PER_ORGANISATION: ("most",),
}
"""What a kind of condition cannot be judged without."""
LOOKED_AT = {
    ConditionKind.ZONE: (Meaning.ZONE,), ConditionKind.PLACES: (Meaning.PLACES,),
    ConditionKind.STARTS_BETWEEN: (Meaning.STARTS_ON,),
    ConditionKind.LASTS_AT_MOST: (Meaning.STARTS_ON, Meaning.ENDS_ON),
}  # fmt: skip
"""The questions a kind of condition reads by their meaning."""
SAID_BY_MODELS = {
    "ceiling_cents: expected at least": "ceiling-below-floor",
    "choices: wanted for": "choices-where-needed",
    "expected a year from": "year-far-off",
    "columns: wanted for": "columns-where-needed",
    ": only for": "setting-not-for-this-kind",
    "kind: what means": "meaning-of-other-kind",
    "question, answers: expected both": "only-if-incomplete",
    "expected a question with its answers": "only-if-incomplete",
    "categories.direct: expected": "needs-a-direct-category",
    "expected a category with direct": "overheads-without-category",
    "before end of string": "brace-left-open",
    "encountered in format string": "brace-left-open",
}
"""What the models say in English to who writes a file, and the sentence that says it to who fills in a screen."""
WEEKEND = 5
TO_REPLACE: tuple[tuple[type[Strict], str, Spot], ...] = (
    (Terms, "organisers", ("organisers",)), (Terms, "summary", ("summary",)),
    (Letters, "reasons_notice", ("letters", "reasons_notice")),
    (Letters, "remedies_notice", ("letters", "remedies_notice")),
)  # fmt: skip
"""Texts of the neutral call that only say what the office must write there."""


@dataclass(frozen=True)
class Finding:
    """Something still wrong (`blocking`), or worth a look, and the spot where it is put right."""

    reason: Reason
    spot: Spot
    blocking: bool = True


def read(content: Mapping[str, Any]) -> Terms:
    """The terms that edited content makes. Raises Problem `call-not-ready` where it makes none."""
    try:
        terms = Terms.model_validate(content)
    except ValidationError as error:
        raise Problem("call-not-ready", count=error.error_count()) from None
    if unfillable_placeholders(terms):
        raise Problem("call-not-ready", count=1)
    return terms


def problems_before_opening(
    content: Mapping[str, Any], now: datetime, taken: Mapping[str, str] | None = None
) -> tuple[Finding, ...]:
    """Everything still wrong or worth a look in edited content, what blocks first.

    `taken` gives the call of each reference prefix that is another's already.
    """
    found: list[Finding] = []
    try:
        terms = Terms.model_validate(content, context={PARTS_ONLY: True})
    except ValidationError as error:
        found += [_of_error(detail) for detail in error.errors() if not follows(detail)]
    else:
        found += [Finding(one.reason, one.spot) for one in inconsistencies(terms)]
        found += _of_terms(terms, now, taken or {})
    found += [
        Finding(Reason("english-missing", {"setting": what}), spot, False) for what, spot in untranslated(content)
    ]
    return tuple(sorted(found, key=lambda one: not one.blocking))


def untranslated(content: Mapping[str, Any]) -> Iterator[tuple[Text, Spot]]:
    """Texts in Dutch or French that have no English, each with what it is called and where it stands."""
    for one, value, spot in texts(Terms, content, ()):
        if any(value.values()) and not value.get("en"):
            yield labels.label(one.model, one.name), (*spot, "en")


def texts(model: type[Strict], content: Mapping[str, Any], spot: Spot) -> Iterator[tuple[Setting, Text, Spot]]:
    """Every text in three languages, with its setting and where it stands."""
    for one in settings(model):
        value, here = content.get(one.name), (*spot, one.name)
        if one.input is Input.WORDS and value:
            yield one, value, here
        elif one.input is Input.GROUP and one.of and value:
            yield from texts(one.of, value, here)
        elif one.input is Input.MANY and one.of:
            for at, part in enumerate(value or ()):
                yield from texts(one.of, part, (*here, at))


def old_years(terms: Terms) -> Iterator[tuple[Text, Spot, str]]:
    """Texts that name one of the three years before the opening: what a copied call forgets."""
    past = [str(terms.opens.year - back) for back in (1, 2, 3)]
    for one, value, spot in texts(Terms, terms.model_dump(mode="json"), ()):
        year = next((year for year in past if any(year in text for text in value.values())), None)
        if year:
            yield labels.label(one.model, one.name), spot, year


def _of_error(detail: Any) -> Finding:
    """One complaint of the strict reading, in words."""
    spot: Spot = tuple(detail["loc"])
    named = _named(spot)
    what = labels.label(named.model, named.name) if named else labels.label(Terms, "name")
    language = {"language": str(spot[-1]).upper()} if spot and spot[-1] in ("nl", "fr", "en") else {}
    if detail["type"] in MISSING or detail.get("input") is None:
        code = "setting-empty-in" if language else "setting-empty"
        return Finding(Reason(code, {"setting": what, **language}), spot)
    if detail["type"] == "string_pattern_mismatch":
        return Finding(Reason("setting-not-a-code", {"setting": what, "given": detail["input"]}), spot)
    message = detail["msg"].removeprefix("Value error, ")
    bound = next((detail["ctx"][name] for name in ("ge", "le") if name in detail.get("ctx", {})), None)
    if bound is not None:
        code = "setting-too-small" if "ge" in detail["ctx"] else "setting-too-large"
        return Finding(Reason(code, {"setting": what, "bound": bound}), spot)
    known = next((code for said, code in SAID_BY_MODELS.items() if said in message), None)
    if known:
        return Finding(Reason(known, {"setting": what}), spot)
    return Finding(Reason("setting-wrong", {"setting": what, "message": message}), spot)


def _named(spot: Spot) -> Setting | None:
    """The last setting on the way to a spot."""
    found, model = None, Terms
    for key in spot:
        one = next((one for one in settings(model) if one.name == key), None)
        if one is not None:
            found, model = one, one.of or model  # type: ignore[assignment]
    return found


def _of_terms(terms: Terms, now: datetime, taken: Mapping[str, str]) -> Iterator[Finding]:
    yield from _of_dates(terms, now)
    yield from _of_examples(terms)
    if terms.reference_prefix in taken:
        facts = {"prefix": terms.reference_prefix, "call": taken[terms.reference_prefix]}
        yield Finding(Reason("prefix-taken", facts), ("reference_prefix",))
    for kind, placeholder in unfillable_placeholders(terms):
        reason = Reason("placeholder-unknown", {"placeholder": f"{{{placeholder}}}"})
        yield Finding(reason, ("letters", kind, "subject"))
    for at, condition in enumerate(terms.conditions):
        yield from _of_condition(condition, at)
    yield from _of_form(terms)
    yield from _of_marks(terms)
    yield from _of_money(terms)
    for what, spot, year in old_years(terms):
        yield Finding(Reason("mentions-old-year", {"setting": what, "year": year}), spot, False)


def _of_dates(terms: Terms, now: datetime) -> Iterator[Finding]:
    if terms.closes <= now:
        yield Finding(Reason("closing-passed", {"closes_at": terms.closes.isoformat()}), ("closes_at",))
    elif terms.opens <= now:
        yield Finding(Reason("opens-at-once"), ("opens_at",), False)
    closing = terms.closes.astimezone(BRUSSELS)
    if closing.weekday() >= WEEKEND:
        yield Finding(Reason("closes-in-weekend", {"closes_at": terms.closes.isoformat()}), ("closes_at",), False)
    for name, wall in (("opens_at", terms.opens_at), ("closes_at", terms.closes_at)):
        if wall.tzinfo is None and not hours_in_brussels(wall):
            yield Finding(Reason("hour-skipped", {"typed": wall.isoformat()}), (name,))
    if hours_in_brussels(closing) == 2:
        yield Finding(Reason("hour-stands-twice", {"closes_at": terms.closes.isoformat()}), ("closes_at",), False)


def _of_examples(terms: Terms) -> Iterator[Finding]:
    """What the neutral call asks to be replaced, and still stands there as it was."""
    example = neutral()
    for model, name, spot in TO_REPLACE:
        said, meant = (getattr(one if model is Terms else one.letters, name) for one in (example, terms))
        if said == meant:
            yield Finding(Reason("still-the-example", {"setting": labels.label(model, name)}), spot)


def _of_condition(condition: Condition, at: int) -> Iterator[Finding]:
    """A condition without what it needs would fail everybody, or nobody."""
    needed = NEEDS.get(condition.kind, ())
    lacking = [name for name in needed if not getattr(condition, name)]
    if condition.kind is ConditionKind.STARTS_BETWEEN and len(lacking) == 1:
        return  # one bound is enough
    for name in lacking:
        facts: dict[str, Text] = {"condition": condition.name.texts(), "setting": labels.label(Condition, name)}
        yield Finding(Reason("condition-needs", facts), ("conditions", at, name))


def _of_form(terms: Terms) -> Iterator[Finding]:
    meanings: list[Meaning] = []
    for at, section in enumerate(terms.sections):
        for number, question in enumerate(section.questions):
            spot = ("sections", at, "questions", number)
            facts: dict[str, Text] = {"question": question.label.texts()}
            meanings += question.meanings
            if question.kind in (QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT) and not question.max_length:
                yield Finding(Reason("text-without-limit", facts), (*spot, "max_length"), False)
    if not any(question.kind is QuestionKind.DOCUMENT for question in terms.questions()):
        yield Finding(Reason("no-documents"), ("sections",), False)
    for at, condition in enumerate(terms.conditions):
        for meaning in LOOKED_AT.get(condition.kind, ()):
            if meaning not in meanings:
                told = {"condition": condition.name.texts(), "meaning": dict(labels.value("Meaning", str(meaning)))}
                yield Finding(Reason("condition-without-question", told), ("conditions", at, "kind"))


def _of_marks(terms: Terms) -> Iterator[Finding]:
    total = sum(criterion.weight for criterion in terms.criteria)
    if total not in (0, 100):
        yield Finding(Reason("weights-not-100", {"total": total}), ("criteria",), False)
    if terms.criteria_of(Duty.EXPERT) and not terms.scoring.opinion_required:
        yield Finding(Reason("opinion-not-required"), ("scoring", "opinion_required"), False)
    if not terms.criteria_of(Duty.JURY):
        yield Finding(Reason("no-jury-criterion"), ("criteria",), False)
    kinds = {condition.kind for condition in terms.conditions}
    if ConditionKind.ON_TIME not in kinds:
        yield Finding(Reason("no-condition-on-time"), ("conditions",), False)


def _of_money(terms: Terms) -> Iterator[Finding]:
    general = [one for one in terms.envelopes if one.policy is EnvelopePolicy.CEILING and "*" in one.groups]
    ceilings = [one.amount_cents for one in general]
    kept = (EnvelopePolicy.RESERVED, EnvelopePolicy.PRIORITY)
    reserved = sum(one.amount_cents for one in terms.envelopes if one.policy in kept)
    if ceilings and reserved > min(ceilings):
        facts = {"reserved": reserved, "total": min(ceilings)}
        yield Finding(Reason("reserved-above-total", facts), ("envelopes",), False)
    largest = max(one.amount_cents for one in terms.envelopes)
    for at, rule in enumerate(terms.applicants):
        if rule.ceiling_cents > largest:
            facts = {"ceiling": rule.ceiling_cents, "largest": largest}
            yield Finding(Reason("ceiling-above-envelope", facts), ("applicants", at, "ceiling_cents"), False)
    for at, envelope in enumerate(terms.envelopes):
        if not envelope.amount_cents:
            reason = Reason("envelope-empty", {"envelope": envelope.name.texts()})
            yield Finding(reason, ("envelopes", at, "amount_cents"), False)
