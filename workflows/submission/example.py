"""A made-up file of a call, to show its form, its desk and its letters before there is a real one. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from workflows.calls.form import Meaning, Question, QuestionKind
from workflows.calls.terms import ConditionKind, Terms
from workflows.lifecycle import ApplicationState
from workflows.people.queries import OrganisationView
from workflows.people.rules import ApplicantType
from workflows.submission import rules
from workflows.submission.queries import ApplicationView

WORDS = {
    "nl": ("Voorbeeldvereniging", "Voorbeeld van een project", "Dit is een verzonnen antwoord, als voorbeeld."),
    "fr": ("Association exemple", "Exemple de projet", "Ceci est une réponse inventée, à titre d’exemple."),
    "en": ("Example association", "Example of a project", "This is a made-up answer, as an example."),
}
"""In each language: an association, a project, an answer."""
HALF_A_YEAR = timedelta(days=180)


def example(
    terms: Terms, call_id: str, language: str, now: datetime, state: ApplicationState = ApplicationState.DRAFT
) -> ApplicationView:
    """A file of nobody that answers every question it can; it attaches no documents. Amounts in cents."""
    rule = terms.applicants[0]
    type = ApplicantType.OTHER_NONPROFIT if rule.type is ApplicantType.ANY else rule.type
    organisation = OrganisationView(
        id=0, enterprise_number="0000000097", name=WORDS[language][0], legal_form="vzw" if language == "nl" else "asbl",
        street="Voorbeeldstraat 1", postal_code="1000", city="Bruxelles" if language == "fr" else "Brussel",
        country="BE", website="", contact_name="", contact_email="", contact_phone="", signatory_name="",
        signatory_function="", row_version=0, iban="",
    )  # fmt: skip
    return ApplicationView(
        id=0, reference=rules.reference(terms.reference_prefix, 1), number=1, call_id=call_id, state=state,
        language=language, organisation=organisation, type=type, answers=dict(_answers(terms, language)),
        attachments=(), terms=terms, started_at=now, saved_at=now,
        received_at=None if state is ApplicationState.DRAFT else now, awarded_cents=None, row_version=0,
    )  # fmt: skip


def _answers(terms: Terms, language: str) -> Iterator[tuple[str, Any]]:
    for question in terms.questions():
        answer = _answer(question, terms, language)
        if answer is not None:
            yield question.id, answer


def _answer(question: Question, terms: Terms, language: str) -> Any:
    """An answer of the right kind; None for a kind that needs no example."""
    _, title, text = WORDS[language]
    match question.kind:
        case QuestionKind.SHORT_TEXT | QuestionKind.LONG_TEXT:
            written = title if question.means is Meaning.TITLE else text
            return written[: question.max_length] if question.max_length else written
        case QuestionKind.NUMBER:
            return 1
        case QuestionKind.AMOUNT:
            rule = terms.applicants[0]
            return rule.ceiling_cents if question.means is Meaning.TOTAL_BUDGET else rule.floor_cents
        case QuestionKind.DATE:
            later = HALF_A_YEAR if question.means is Meaning.ENDS_ON else timedelta()
            return (_start(terms) + later).date().isoformat()
        case QuestionKind.YES_NO:
            return True
        case QuestionKind.ONE_OF:
            return question.choices[0].code
        case QuestionKind.SEVERAL_OF:
            return [choice.code for choice in question.choices[:2]]
        case QuestionKind.ZONE:
            return terms.zones[0].code
        case QuestionKind.PLACES:
            return [place.code for place in terms.zones[0].places if not place.excluded][:1]
    return None


def _start(terms: Terms) -> datetime:
    """A start the call allows, or half a year after the closing."""
    windows = (one.earliest for one in terms.conditions if one.kind is ConditionKind.STARTS_BETWEEN)
    earliest = next((day for day in windows if day), None)
    return datetime(earliest.year, earliest.month, earliest.day) if earliest else terms.closes + HALF_A_YEAR  # noqa: DTZ001
