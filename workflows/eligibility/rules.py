"""The conditions of eligibility: one pure function each, registered by its kind. A verdict says why."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from workflows.calls.asking import codes
from workflows.calls.form import Meaning, Question
from workflows.calls.terms import Condition, ConditionKind
from workflows.eligibility.facts import Facts, Seen, seen_answer, seen_beside
from workflows.people.rules import ApplicantType
from workflows.problems import Reason, Verdict
from workflows.submission.budget import caps, cofinancing
from workflows.submission.rules import answered, missing

PASSED = Verdict(True)
BELGIAN_FORMS = frozenset({"asbl", "vzw", "aisbl", "ivzw", "fondation", "stichting"})
"""Legal forms of Belgian associations and foundations (Code of companies and associations)."""
FOREIGN = "foreign"
"""The legal form of an applicant that says it is under foreign law."""


Judge = Callable[[Condition, Facts], Verdict]
CONDITIONS: dict[ConditionKind, Judge] = {}
LOOKS_AT: dict[ConditionKind, tuple[Meaning | str, ...]] = {}


def condition(kind: ConditionKind, *looks_at: Meaning | str) -> Callable[[Judge], Judge]:
    """Register the function that judges this kind of condition, and what it looks at: answers by their meaning, and
    what stands beside them by its code. The question that a condition names is looked at too."""

    def register(judge: Judge) -> Judge:
        CONDITIONS[kind] = judge
        LOOKS_AT[kind] = looks_at
        return judge

    return register


def questions_read(condition: Condition, facts: Facts) -> tuple[Question, ...]:
    """The questions a condition looks at, of those this applicant is asked; of completeness those without an answer."""
    if condition.kind is ConditionKind.COMPLETE:
        named = [problem.field for problem in missing(facts.terms, facts.draft)]
    else:
        meant = (facts.terms.question_meaning(one) for one in LOOKS_AT[condition.kind] if isinstance(one, Meaning))
        named = [*(question.id for question in meant if question), condition.question]
    found = (facts.question(name) for name in dict.fromkeys(named))
    return tuple(question for question in found if question)


def looked_at(condition: Condition, facts: Facts) -> tuple[Seen, ...]:
    """What a condition looks at, as it reads in this file."""
    beside = [one for one in LOOKS_AT[condition.kind] if not isinstance(one, Meaning)]
    answers = (seen_answer(facts, question) for question in questions_read(condition, facts))
    return *answers, *(seen_beside(facts, code) for code in beside)


def judge(condition: Condition, facts: Facts) -> Verdict:
    """The verdict on one condition of the call: passed, failed, or a person must look (None).

    What would come out otherwise without an accreditation that nobody has confirmed yet is for a person to see.
    """
    verdict = CONDITIONS[condition.kind](condition, facts)
    if facts.type_confirmed:
        return verdict
    unaccredited = replace(facts, draft=replace(facts.draft, type=ApplicantType.OTHER_NONPROFIT))
    if CONDITIONS[condition.kind](condition, unaccredited).ok is verdict.ok:
        return verdict
    return undecided("accreditation-unconfirmed", day=facts.terms.reference_date.isoformat())


def overall(verdicts: Mapping[int, bool | None]) -> bool | None:
    """Failed where one failed; a person must look where one is undecided; else passed."""
    if False in verdicts.values():
        return False
    return None if None in verdicts.values() else True


def failed(code: str, **facts: Any) -> Verdict:
    return Verdict(False, (Reason(code, facts),))


def undecided(code: str, **facts: Any) -> Verdict:
    return Verdict(None, (Reason(code, facts),))


@condition(ConditionKind.ON_TIME, "seen-received", "seen-closes")
def on_time(condition: Condition, facts: Facts) -> Verdict:
    """On time is strictly before the closing instant, to the second, by the server's clock at arrival."""
    if facts.received_at < facts.terms.closes:
        return PASSED
    return failed(
        "late", received_at=facts.received_at.isoformat(), closes_at=facts.terms.closes.isoformat()
    )  # fmt: skip


@condition(ConditionKind.COMPLETE)
def complete(condition: Condition, facts: Facts) -> Verdict:
    """Every required question answered and every required document present."""
    questions = [problem.reason.facts["question"] for problem in missing(facts.terms, facts.draft)]
    return failed("incomplete", questions=questions) if questions else PASSED


@condition(ConditionKind.BELGIAN_LEGAL_PERSONALITY, "seen-legal-form", "seen-country")
def belgian_legal_personality(condition: Condition, facts: Facts) -> Verdict:
    """Open to Belgian associations only; an unknown legal form is for a person to look up.

    An association under foreign law cannot apply by itself; as partner of a Belgian applicant it is not looked at.
    """
    if facts.legal_form in BELGIAN_FORMS:
        return PASSED
    if facts.legal_form == FOREIGN or facts.country != "BE":
        return failed("foreign-association")
    return undecided("legal-form-unknown", legal_form=facts.legal_form)


@condition(ConditionKind.APPLICANT_TYPE, "seen-type", "seen-reference-date")
def applicant_type(condition: Condition, facts: Facts) -> Verdict:
    """The type of applicant at the reference date is one the call invites."""
    if facts.terms.applicant_rule(facts.draft.type):
        return PASSED
    return failed("applicant-type-not-invited")


@condition(ConditionKind.ZONE, Meaning.ZONE)
def zone(condition: Condition, facts: Facts) -> Verdict:
    """The zone is one of the edition's own: Chennai was one in 2021 and is none in 2024."""
    code = facts.meaning(Meaning.ZONE)
    if facts.terms.zone(code or ""):
        return PASSED
    return failed("zone-not-in-call", zone=code or "—", zones=[zone.name.texts() for zone in facts.terms.zones])


@condition(ConditionKind.PLACES, Meaning.ZONE, Meaning.PLACES)
def places(condition: Condition, facts: Facts) -> Verdict:
    """Every place lies in the chosen zone and none is excluded: the Gaza Strip is, in the 2024 edition."""
    zone = facts.terms.zone(facts.meaning(Meaning.ZONE) or "")
    chosen = set(facts.meaning(Meaning.PLACES) or ())
    reasons: list[Reason] = []
    for found in facts.terms.zones:  # an excluded place is named with the zone it is excluded from
        excluded = [place.name.texts() for place in found.places if place.excluded and place.code in chosen]
        if excluded:
            reasons.append(Reason("place-excluded", {"places": excluded, "zone": found.name.texts()}))
    outside = [
        place.name.texts() for found in facts.terms.zones for place in found.places
        if zone and found.code != zone.code and place.code in chosen and not place.excluded
    ]  # fmt: skip
    if outside and zone:
        reasons.append(Reason("place-outside-zone", {"places": outside, "zone": zone.name.texts()}))
    return Verdict(False, tuple(reasons)) if reasons else PASSED


@condition(ConditionKind.AMOUNT, Meaning.REQUESTED, "seen-type", "seen-reference-date")
def amount(condition: Condition, facts: Facts) -> Verdict:
    """Between floor and ceiling of the applicant's type, both included."""
    rule, requested = facts.terms.applicant_rule(facts.draft.type), facts.meaning(Meaning.REQUESTED)
    if rule is None or requested is None:
        return failed("amount-unknown")
    bounds = {"requested": requested, "floor": rule.floor_cents, "ceiling": rule.ceiling_cents}
    if requested > rule.ceiling_cents:
        return failed("amount-above-ceiling", **bounds)
    return failed("amount-below-floor", **bounds) if requested < rule.floor_cents else PASSED


@condition(ConditionKind.BUDGET_CAPS, Meaning.TOTAL_BUDGET)
def budget_caps(condition: Condition, facts: Facts) -> Verdict:
    """Each cost category and the overheads within the caps of the call, bounds included."""
    found, budget = facts.sums(), facts.terms.budget
    if found is None or budget is None:
        return failed("budget-unknown")
    return _all_of(caps(budget, found))


@condition(ConditionKind.CO_FINANCING, Meaning.TOTAL_BUDGET)
def co_financing(condition: Condition, facts: Facts) -> Verdict:
    """Own means and other funders pay at least the part of all costs that the call wants, bound included."""
    found, budget = facts.sums(), facts.terms.budget
    if found is None or budget is None:
        return failed("budget-unknown")
    return _all_of(cofinancing(budget, found))


@condition(ConditionKind.STARTS_BETWEEN, Meaning.STARTS_ON)
def starts_between(condition: Condition, facts: Facts) -> Verdict:
    """The project starts in the window of the call, both days included."""
    starts = _day(facts.meaning(Meaning.STARTS_ON))
    if starts is None:
        return undecided("start-unknown")
    early = condition.earliest and starts < condition.earliest
    late = condition.latest and starts > condition.latest
    if early or late:
        window = {"earliest": str(condition.earliest), "latest": str(condition.latest)}
        return failed("starts-outside-window", starts=starts.isoformat(), **window)
    return PASSED


@condition(ConditionKind.LASTS_AT_MOST, Meaning.STARTS_ON, Meaning.ENDS_ON)
def lasts_at_most(condition: Condition, facts: Facts) -> Verdict:
    """The project ends before the same day of the month, `months` later."""
    starts, ends = _day(facts.meaning(Meaning.STARTS_ON)), _day(facts.meaning(Meaning.ENDS_ON))
    if starts is None or ends is None or condition.months is None:
        return undecided("period-unknown")
    if ends >= _months_later(starts, condition.months):
        return failed("lasts-too-long", starts=starts.isoformat(), ends=ends.isoformat(), months=condition.months)
    return PASSED


@condition(ConditionKind.ANSWERED_YES)
def answered_yes(condition: Condition, facts: Facts) -> Verdict:
    """A yes-or-no question of the call is answered with yes."""
    if facts.spares(condition.question):
        return PASSED
    given = facts.draft.answers.get(condition.question or "")
    if given is True:
        return PASSED
    return failed("answered-no")


@condition(ConditionKind.ANSWERED_ONE_OF)
def answered_one_of(condition: Condition, facts: Facts) -> Verdict:
    """The answer (or one of several) is among the accepted ones."""
    if facts.spares(condition.question):
        return PASSED
    if codes(facts.draft.answers.get(condition.question or "")) & set(condition.accepted):
        return PASSED
    return failed("answer-not-accepted")


@condition(ConditionKind.NUMBER_BETWEEN)
def number_between(condition: Condition, facts: Facts) -> Verdict:
    """A number in the form lies within the bounds of the call, both included: an age from 12 to 25."""
    if facts.spares(condition.question):
        return PASSED
    given = facts.draft.answers.get(condition.question or "")
    if not isinstance(given, int):
        return failed("number-unknown")
    least, most = condition.least or 0, condition.most
    if most is not None and least <= given <= most:
        return PASSED
    return failed("number-outside-bounds", given=given, least=least, most=most)


@condition(ConditionKind.DOCUMENT_PRESENT)
def document_present(condition: Condition, facts: Facts) -> Verdict:
    """The documents the call wants under a question are there, as many as it wants."""
    question = facts.question(condition.question)
    if question is None or answered(question, facts.draft.answers, facts.draft.attachments):
        return PASSED
    return failed("document-absent", question=question.label.texts())


@condition(ConditionKind.SIGNED, "seen-signatory")
def signed(condition: Condition, facts: Facts) -> Verdict:
    """The document that is to be signed is there; whether a signature stands on it is for a person to see."""
    present = document_present(condition, facts)
    if present.ok and facts.question(condition.question):
        return undecided("signature-to-see", signatory=facts.signatory or "—")
    return present


@condition(ConditionKind.FILES_PER_ORGANISATION, "seen-others")
@condition(ConditionKind.ONE_PER_ORGANISATION, "seen-others")
def files_per_organisation(condition: Condition, facts: Facts) -> Verdict:
    """So many files per enterprise number, one where nothing is said; which of more count is for a person to say."""
    most = condition.most or 1
    if len(facts.others) < most:
        return PASSED
    if most == 1:
        return undecided("several-files", others=list(facts.others))
    return undecided("too-many-files", others=list(facts.others), most=most)


def _all_of(verdicts: tuple[Verdict, ...]) -> Verdict:
    """Passed where each is; else the reasons of those that are not."""
    broken = tuple(reason for verdict in verdicts if not verdict.ok for reason in verdict.reasons)
    return Verdict(False, broken) if broken else PASSED


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


def _months_later(day: date, months: int) -> date:
    """The same day of the month `months` later, or the first of the month after where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        return date(year, month + 2, 1)  # only months of 30 days or fewer lack a day, so never December
