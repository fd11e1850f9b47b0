"""Applications that arrive another way: a file of them is weighed, then taken in whole or not at all."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls import asking
from workflows.calls.form import QuestionKind
from workflows.calls.queries import CallView, call_view
from workflows.calls.rules import is_open
from workflows.files import rules as documents
from workflows.files import store
from workflows.files.tables import Document
from workflows.history import HistoryEntry
from workflows.lifecycle import CallState, Event
from workflows.people.rules import AccreditationState, ApplicantType, Period, applicant_standing
from workflows.people.tables import Accreditation, Organisation
from workflows.permissions import Action, Actor, require
from workflows.problems import Problem, Reason
from workflows.submission import exchange, handing_on, rules
from workflows.submission.exchange import Refused
from workflows.submission.records import Paper, Record, RowRefused, mark, read
from workflows.submission.tables import Application

MOST_REFUSED = 500
"""How many mistakes of a file are told; the rest is counted."""

Fetch = Callable[[Paper], bytes | None]
"""The content of a document, None where it is not there."""


@dataclass(frozen=True)
class Arrival:
    """A row to be taken in, judged: its number, its application, the type of its applicant, its mark."""

    row: int
    record: Record
    type: ApplicantType
    mark: str

    @property
    def draft(self) -> rules.Draft:
        return rules.Draft(self.record.answers, (), self.type)


@dataclass(frozen=True)
class Weighed:
    """A file as it was found. `known`: rows that were taken in before; `mistakes`: how many there are in all;
    `unaccompanied`: rows to be taken in without every document the call asks."""

    arrivals: tuple[Arrival, ...]
    known: int
    refused: tuple[Refused, ...]
    mistakes: int
    unaccompanied: int


def nowhere(paper: Paper) -> bytes | None:
    """The content of a document where no folder came with the file: none."""
    return None


def weigh(
    session: Session, actor: Actor, call_id: str, file: IO[bytes], *, fetch: Fetch = nowhere, now: datetime
) -> Weighed:
    """Judge every row of a file by the rules a submission on the web meets; nothing is written.

    Only documents may be missing: of a paper file they may lie in a cupboard, and the screening says so. Raises
    NotThere, Problem `call-takes-no-files` for a call that is not published or already decided.
    """
    require(actor, Action.EXCHANGE_APPLICATIONS)
    call = call_view(session, call_id, now)
    if call.state is not CallState.PUBLISHED:
        raise Problem("call-takes-no-files")
    scales = _Scales(session, call, fetch, now)
    for row, found in exchange.rows(file):
        scales.weigh(row, found)
    if not scales.rows:
        scales.refuse([Refused(1, "", Reason("file-empty"))])
    return Weighed(tuple(scales.arrivals), scales.known, tuple(scales.refused), scales.mistakes, scales.unaccompanied)


class _Scales:
    """What the rows of one file are weighed with and against."""

    def __init__(self, session: Session, call: CallView, fetch: Fetch, now: datetime) -> None:
        self.session, self.call, self.fetch, self.now = session, call, fetch, now
        self.stated = _stated(session)
        self.taken = _taken(session, call_id=call.id)
        self.references = frozenset(
            session.scalars(select(Application.reference).where(Application.call_id == call.id, ~Application.test))
        )
        self.seen: dict[str, int] = {}
        self.arrivals: list[Arrival] = []
        self.refused: list[Refused] = []
        self.rows = self.known = self.mistakes = self.unaccompanied = 0

    def refuse(self, refused: Iterable[Refused]) -> None:
        for one in refused:
            self.mistakes += 1
            if len(self.refused) < MOST_REFUSED:
                self.refused.append(one)

    def weigh(self, row: int, found: exchange.Row) -> None:
        """Judge one row. Once one is refused nothing is taken in, so no more arrivals are kept."""
        self.rows += 1
        if isinstance(found, Refused):
            self.refuse([found])
            return
        if found.get("call") and found["call"] != self.call.id:
            told = {"call": str(found["call"]), "this": self.call.id}
            self.refuse([Refused(row, "call", Reason("row-of-other-call", told))])
            return
        try:
            record = self._with_papers(row, read(self.call.terms, row, found))
        except RowRefused as refused:
            self.refuse(refused.refused)
            return
        type = self._type(record)
        arrival = Arrival(row, record, type, mark(as_asked(self.call, record, type)))
        if self._is_known(arrival):
            return
        wrong = [*self._unfitting(arrival), *self._unanswered(arrival)]
        self.refuse(wrong)
        if not self.mistakes:
            self.arrivals.append(arrival)

    def _with_papers(self, row: int, record: Record) -> Record:
        """The record with the hash of every document. Raises RowRefused where one is not there or not taken."""
        accepted = {question.id: frozenset(question.accepted) for question in self.call.terms.questions()}
        refused, found = [], []
        for paper in record.papers:
            try:
                found.append(self._found(paper, accepted[paper.question]))
            except Problem as problem:
                refused.append(Refused(row, f"documents.{paper.question}", problem.reason))
        if refused:
            raise RowRefused(tuple(refused))
        return replace(record, papers=tuple(found))

    def _found(self, paper: Paper, accepted: frozenset[str]) -> Paper:
        known = self.session.get(Document, paper.sha256) if paper.sha256 else None
        content = store.get(known.sha256) if known else self.fetch(paper)
        if content is None:
            raise Problem("document-not-there", name=paper.name or paper.sha256)
        media = documents.media_type(content, accepted or documents.EVERY_KIND)
        digest = store.digest_of(content)
        if paper.sha256 and digest != paper.sha256:
            raise Problem("document-not-there", name=paper.name or paper.sha256)
        return replace(paper, sha256=digest, name=documents.safe_name(paper.name, media))

    def _type(self, record: Record) -> ApplicantType:
        """The type of the applicant by what was stated when the application arrived; a new one states it in its row."""
        starts, own = record.organisation.accredited_from, record.organisation
        new = [(record.received_at, Period(starts, own.accredited_until))] if starts else []
        stated = self.stated.setdefault(own.enterprise_number, new)
        periods = [period for at, period in stated if at <= record.received_at]
        return applicant_standing(periods, self.call.terms.reference_date).type

    def _is_known(self, arrival: Arrival) -> bool:
        """Whether the row was taken in before, or stands in the file twice; the latter, and other content under a
        known name, is refused."""
        external = arrival.record.external
        first = self.seen.setdefault(external, arrival.row)
        if first != arrival.row:
            self.refuse([Refused(arrival.row, "external", Reason("row-twice", {"external": external, "row": first}))])
            return True
        before = self.taken.get(external)
        if before is None and external in self.references:
            before = mark(handing_on.record_of(self.session, external))
        if before is None:
            return False
        if before == arrival.mark:
            self.known += 1
        else:
            self.refuse([Refused(arrival.row, "external", Reason("row-known-otherwise", {"external": external}))])
        return True

    def _unfitting(self, arrival: Arrival) -> Iterable[Refused]:
        """An instant at which no application of this call can have arrived."""
        terms, record = self.call.terms, arrival.record
        if record.received_at > self.now:
            told = {"received_at": record.received_at.isoformat()}
            yield Refused(arrival.row, "received_at", Reason("received-in-future", told))
        elif not is_open(self.call.state, terms, record.received_at):
            period = {"opens_at": terms.opens.isoformat(), "closes_at": terms.closes.isoformat()}
            told = {**period, "received_at": record.received_at.isoformat()}
            yield Refused(arrival.row, "received_at", Reason("received-outside", told))

    def _unanswered(self, arrival: Arrival) -> Iterable[Refused]:
        """What a submission on the web would be refused for; documents that are missing are counted only."""
        terms, draft = self.call.terms, arrival.draft
        kinds = {question.id: question.kind for question in terms.questions()}
        brought = {paper.question for paper in arrival.record.papers}
        lacking = False
        for problem in rules.missing(terms, draft):
            field = problem.field or ""
            if kinds[field] is QuestionKind.DOCUMENT:
                lacking = lacking or field not in brought
            else:
                yield Refused(arrival.row, f"answers.{field}", problem.reason)
        for problem in rules.wrong(terms, draft):
            column = f"answers.{problem.field}" if problem.field else "organisation.accredited_from"
            yield Refused(arrival.row, column, problem.reason)
        self.unaccompanied += lacking


def as_asked(call: CallView, record: Record, type: ApplicantType) -> Record:
    """The record without what its applicant is not asked."""
    asked = asking.asked(tuple(call.terms.questions()), record.answers, type)
    return replace(
        record,
        answers={key: value for key, value in record.answers.items() if key in asked},
        papers=tuple(paper for paper in record.papers if paper.question in asked),
    )


def _stated(session: Session) -> dict[str, list[tuple[datetime, Period]]]:
    """The accreditations of every known organisation by its enterprise number, each with when it was stated."""
    found: dict[str, list[tuple[datetime, Period]]] = {
        number: [] for number in session.scalars(select(Organisation.enterprise_number))
    }
    accredited = (
        select(Organisation.enterprise_number, Accreditation.stated_at, Accreditation.starts, Accreditation.ends)
        .join(Accreditation, Accreditation.organisation_id == Organisation.id)
        .where(Accreditation.status != AccreditationState.REFUSED)
    )
    for number, at, starts, ends in session.execute(accredited):
        found[number].append((at, Period(starts, ends)))
    return found


def _taken(session: Session, call_id: str) -> Mapping[str, str]:
    """The marks of what was brought in before, by the name it has elsewhere."""
    entries = select(HistoryEntry.facts).where(
        HistoryEntry.chain == f"call:{call_id}", HistoryEntry.event == Event.BRING_IN
    )
    return {facts["external"]: facts["mark"] for facts in session.scalars(entries)}
