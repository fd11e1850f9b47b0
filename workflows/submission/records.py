"""A row of an exchange file, read strictly: every mistake in it by its column; and the way back."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from workflows.calls.form import Question, QuestionKind
from workflows.calls.terms import Terms
from workflows.canonical import canonical, fingerprint
from workflows.language import BRUSSELS, OFFICIAL, tidy
from workflows.people import rules as people
from workflows.people.actions import NewOrganisation
from workflows.problems import Problem, Reason
from workflows.submission.exchange import CONTACT, FACTS, ORGANISATION, Refused
from workflows.submission.typed import read_answer, read_day

SUBMITTED = "submitted"
"""The only state in which an application comes in."""
LENGTHS = {
    "external": 100, "organisation.name": 300, "organisation.legal_form": 40, "organisation.street": 200,
    "organisation.postal_code": 10, "organisation.city": 100, "contact.name": 200, "contact.email": 254,
}  # fmt: skip
"""Characters, as wide as what keeps them."""
OPTIONAL = ("street", "postal_code", "city", "accredited_from", "accredited_until")


@dataclass(frozen=True)
class Paper:
    """A document of a row: a content by its SHA-256, or a path within the folder of documents."""

    question: str
    name: str
    sha256: str = ""
    path: str = ""


@dataclass(frozen=True)
class Record:
    """An application as a row gives it. `external` names it in the place it comes from."""

    call: str
    external: str
    received_at: datetime
    language: str
    organisation: NewOrganisation
    contact_name: str
    contact_email: str
    answers: Mapping[str, Any]
    papers: tuple[Paper, ...]


class RowRefused(Exception):
    """A row with mistakes."""

    def __init__(self, refused: tuple[Refused, ...]) -> None:
        super().__init__(refused)
        self.refused = refused


def read(terms: Terms, row: int, raw: Mapping[str, Any]) -> Record:
    """The application in a row. Raises RowRefused with every mistake that is in it."""
    reading = _Reading(row)
    reading.known_columns(terms, raw)
    told = {name: reading.text(raw, name) for name in FACTS}
    own = {name: reading.text(raw, f"organisation.{name}", name not in OPTIONAL) for name in ORGANISATION}
    contact = {name: reading.text(raw, f"contact.{name}") for name in CONTACT}
    received = reading.take("received_at", _instant, told["received_at"])
    if told["language"] and told["language"] not in OFFICIAL:
        reading.refuse("language", "language-unknown", typed=told["language"])
    if told["state"] and told["state"] != SUBMITTED:
        reading.refuse("state", "state-unknown", typed=told["state"])
    number = reading.take("organisation.enterprise_number", people.enterprise_number, own["enterprise_number"])
    days = {name: reading.take(f"organisation.{name}", _day, own[name]) for name in ORGANISATION[-2:]}
    if days["accredited_until"] and days["accredited_from"] is None:
        reading.refuse("organisation.accredited_from", "column-empty", name="organisation.accredited_from")
    elif days["accredited_until"] and days["accredited_until"] < days["accredited_from"]:
        reading.refuse("organisation.accredited_until", "accreditation-backwards")
    email = reading.take("contact.email", people.email, contact["email"])
    answers = dict(reading.answers(terms, raw.get("answers") or {}, told["language"]))
    papers = tuple(reading.papers(terms, raw.get("documents", ())))
    if reading.refused:
        raise RowRefused(tuple(reading.refused))
    organisation = NewOrganisation(
        number, own["name"], own["legal_form"], own["street"], own["postal_code"], own["city"],
        accredited_from=days["accredited_from"], accredited_until=days["accredited_until"],
    )  # fmt: skip
    return Record(
        told["call"], told["external"], received, told["language"], organisation, contact["name"], email, answers,
        papers,
    )  # fmt: skip


def raw(record: Record) -> dict[str, Any]:
    """The row of an application: reading it gives the application again."""
    own = {name: getattr(record.organisation, name) for name in ORGANISATION}
    return {
        "call": record.call, "external": record.external, "received_at": record.received_at.isoformat(),
        "language": record.language, "state": SUBMITTED,
        "organisation": {name: str(value) for name, value in own.items() if value},
        "contact": {"name": record.contact_name, "email": record.contact_email},
        "answers": dict(record.answers),
        "documents": [
            {"question": paper.question, "sha256": paper.sha256, "name": paper.name}
            for paper in sorted(record.papers, key=lambda paper: (paper.question, paper.name, paper.sha256))
        ],
    }  # fmt: skip


def mark(record: Record) -> str:
    """What makes a row the same application again: all of it but how its organisation and contact are described,
    because what is known of those stands."""
    row = raw(record)
    described = {**row, "organisation": record.organisation.enterprise_number, "contact": ""}
    documents = sorted((paper.question, paper.sha256) for paper in record.papers)
    return fingerprint({**described, "documents": documents})


class _Reading:
    """One row being read; `refused` collects what is wrong with it."""

    def __init__(self, row: int) -> None:
        self.row = row
        self.refused: list[Refused] = []

    def refuse(self, column: str, code: str, **facts: Any) -> None:
        self.refused.append(Refused(self.row, column, Reason(code, facts)))

    def known_columns(self, terms: Terms, raw: Mapping[str, Any]) -> None:
        """Refuse what no column of this call is, and what cannot be written at all."""
        try:
            canonical(raw).encode()
        except UnicodeEncodeError:
            self.refuse("", "cannot-be-kept")
        groups = {"organisation": frozenset(ORGANISATION), "contact": frozenset(CONTACT), "answers": _answered(terms)}
        for name, value in raw.items():
            if name in groups:
                if not isinstance(value, dict):
                    self.refuse(name, "object-wanted")
                else:
                    for inner in sorted(set(value) - groups[name]):
                        self.refuse(f"{name}.{inner}", "column-unknown", name=f"{name}.{inner}")
            elif name not in (*FACTS, "documents"):
                self.refuse(name, "column-unknown", name=name)

    def text(self, raw: Mapping[str, Any], column: str, wanted: bool = True) -> str:
        """The text of a column, empty where it is refused."""
        outer, point, inner = column.partition(".")
        holder = raw.get(outer) if point else raw
        given = holder.get(inner or outer) if isinstance(holder, dict) else None
        if given is not None and not isinstance(given, str):
            self.refuse(column, "text-wanted")
            return ""
        found = " ".join(tidy(given).split())
        if wanted and not found:
            self.refuse(column, "column-empty", name=column)
        most = LENGTHS.get(column)
        if most is not None and len(found) > most:
            self.refuse(column, "text-too-long", given=len(found), most=most)
            return ""
        return found

    def take(self, column: str, reader: Callable[[str], Any], given: str) -> Any:
        """What the reader makes of a text; None where there is none or it is refused."""
        try:
            return reader(given) if given else None
        except Problem as problem:
            self.refuse(column, problem.code, **problem.reason.facts)
            return None

    def answers(self, terms: Terms, given: Any, language: str) -> Iterator[tuple[str, Any]]:
        """The answers that are there, in the order of the form."""
        for question in terms.questions() if isinstance(given, dict) else ():
            if question.kind is QuestionKind.DOCUMENT or question.id not in given:
                continue
            try:
                value = read_answer(terms, question, given[question.id], language if language in OFFICIAL else "nl")
            except Problem as problem:
                self.refuse(f"answers.{question.id}", problem.code, **problem.reason.facts)
            else:
                if value is not None:
                    yield question.id, value

    def papers(self, terms: Terms, given: Any) -> Iterator[Paper]:
        """The documents that are named; one without a path and a hash, as in a template, is none."""
        asked = {question.id: question for question in terms.questions() if question.kind is QuestionKind.DOCUMENT}
        if not isinstance(given, (list, tuple)):
            self.refuse("documents", "list-wanted")
            return
        counted = dict.fromkeys(asked, 0)
        for one in given:
            if not _all_texts(one):
                self.refuse("documents", "document-misshapen")
            elif one.get("question") not in asked:
                self.refuse("documents", "column-unknown", name=f"documents.{one.get('question', '')}")
            elif one.get("path") or one.get("sha256"):
                counted[one["question"]] += 1
                path = tidy(one.get("path"))
                yield Paper(one["question"], tidy(one.get("name")) or path, one.get("sha256", ""), path)
        for id, count in counted.items():
            self.too_many(asked[id], count)

    def too_many(self, question: Question, count: int) -> None:
        if question.most is not None and count > question.most:
            self.refuse(f"documents.{question.id}", "documents-too-many", most=question.most)


def _answered(terms: Terms) -> frozenset[str]:
    return frozenset(question.id for question in terms.questions() if question.kind is not QuestionKind.DOCUMENT)


def _all_texts(one: Any) -> bool:
    known = {"question", "path", "sha256", "name"}
    return isinstance(one, dict) and set(one) <= known and all(isinstance(text, str) for text in one.values())


def _instant(typed: str) -> datetime:
    """An instant with its zone, or Brussels wall-clock time. Raises Problem `instant-unreadable`."""
    try:
        found = datetime.fromisoformat(typed)
        here = found if found.tzinfo else found.replace(tzinfo=BRUSSELS)
        return here.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Problem("instant-unreadable", typed=typed) from None


def _day(typed: str) -> date:
    return date.fromisoformat(read_day(typed))
