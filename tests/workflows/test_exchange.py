"""Applications that arrive another way: read as strictly as the web, whole or not at all, handed on unchanged."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from config.settings import Settings
from migrations.run import upgrade
from portal import set_up
from tests.builders import CLOSES, NOW, a_call, a_number, a_person, an_application, an_association, asked, done, refusal
from tests.every_kind import FULL, every_kind
from workflows import database
from workflows.calls.form import QuestionKind
from workflows.calls.queries import terms_of
from workflows.calls.sdg import GOALS
from workflows.database import reading
from workflows.eligibility import actions as eligibility
from workflows.history import HistoryEntry, chains, entries, first_broken
from workflows.language import LANGUAGES, say, tidy
from workflows.letters.tables import Letter, Mail
from workflows.lifecycle import ApplicationState, Event
from workflows.people.queries import members, organisation_by_number
from workflows.people.tables import Organisation, Person
from workflows.permissions import SYSTEM, MemberRole
from workflows.problems import NotThere
from workflows.replay.paper import one_page
from workflows.submission import bringing, exchange, handing_on, intake, queries
from workflows.submission.exchange import FORMATS, bare, guarded
from workflows.submission.records import Paper, Record, raw, read
from workflows.submission.tables import Application

SMALL = {"title": "Waterpunt", "summary": "Een waterpunt voor de wijk.", "zone": "KIN", "requested": 2_000_000}


def a_row(call: str = "small", **changes: Any) -> dict[str, Any]:
    """A row as JSON lines have it; `changes` replace its keys, those of `organisation` and `contact` one by one."""
    number = a_number()
    row: dict[str, Any] = {
        "call": call, "external": f"P-{number}", "received_at": "2026-11-20T10:00:00", "language": "nl",
        "state": "submitted",
        "organisation": {"enterprise_number": number, "name": "Vereniging", "legal_form": "vzw"},
        "contact": {"name": "Jan", "email": f"jan{number}@elders.example"},
        "answers": SMALL if call == "small" else FULL,
    }  # fmt: skip
    for name, value in changes.items():
        row[name] = {**row[name], **value} if name in ("organisation", "contact") else value
    return row


def a_file(*rows: Mapping[str, Any]) -> io.BytesIO:
    return io.BytesIO("".join(json.dumps(row) + "\n" for row in rows).encode())


def bring(*rows: Mapping[str, Any], call: str = "small", fetch: intake.Fetch = intake.nowhere) -> intake.Weighed:
    return done(bringing.bring_in, SYSTEM, call, a_file(*rows), fetch=fetch, now=NOW)


def refused(content: io.BytesIO, call: str = "small") -> list[tuple[int, str, str]]:
    """Row, column and code of every refusal of a file, of which nothing is taken in."""
    with reading() as session:
        before = session.scalar(select(func.count()).select_from(HistoryEntry))
    with pytest.raises(bringing.FileRefused) as caught:
        done(bringing.bring_in, SYSTEM, call, content, now=NOW)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(HistoryEntry)) == before
        assert session.scalar(select(func.count()).select_from(Application)) == 0
    found = caught.value.weighed.refused
    assert all(say(one.reason, language) for one in found for language in LANGUAGES)
    return [(one.row, one.column, one.reason.code) for one in found]


def exported(call: str, format: str) -> bytes:
    with reading() as session:
        records = [raw(record) for record in handing_on.records(session, SYSTEM, call)]
        return "".join(exchange.write(terms_of(session, call), records, format)).encode()


def test_an_application_from_elsewhere_is_submitted_frozen_and_in_the_history(settings: Settings) -> None:
    a_call()
    row = a_row(answers={**SMALL, "requested": "€ 20.000,00"})
    weighed = bring(row)
    found = asked(queries.of_call, "small")[0]
    receipt = asked(queries.receipts, found.id)[0]
    happened = asked(entries, f"application:{found.reference}")
    assert (len(weighed.arrivals), weighed.known, weighed.unaccompanied) == (1, 0, 1)
    assert (found.state, found.requested, found.language) == (ApplicationState.SUBMITTED, 2_000_000, "nl")
    assert found.received_at is not None
    assert found.received_at.isoformat() == "2026-11-20T09:00:00+00:00"
    assert receipt.content["answers"] == SMALL
    assert [(one.event, one.facts["external"], one.facts["receipt"]) for one in happened] == [
        (Event.BRING_IN, row["external"], receipt.number)
    ]
    with reading() as session:
        assert [chain for chain in chains(session) if first_broken(session, chain)] == []
        assert session.scalars(select(Letter)).all() == []
        assert session.scalars(select(Mail)).all() == []


def test_what_lacks_a_document_comes_in_and_is_screened_like_every_other(settings: Settings) -> None:
    a_call()
    bring(a_row())
    reference = asked(queries.of_call, "small")[0].reference
    done(eligibility.screen, SYSTEM, reference, now=CLOSES)
    done(eligibility.admit, SYSTEM, reference, now=CLOSES)
    assert asked(queries.view, reference).state is ApplicationState.ELIGIBLE


def test_a_new_organisation_belongs_to_its_contact_and_a_known_one_to_its_members(settings: Settings) -> None:
    a_call()
    owner, organisation = an_association()
    with reading() as session:
        number = session.get_one(Organisation, organisation).enterprise_number
    new = a_row()
    bring(new, a_row(organisation={"enterprise_number": number, "name": "Andere naam"}))
    with reading() as session:
        founded = organisation_by_number(session, new["organisation"]["enterprise_number"])
        assert founded is not None
        assert [one.email for one in members(session, founded.id)] == [new["contact"]["email"]]
        assert [one.id for one in members(session, organisation)] == [owner.person_id]
        assert session.get_one(Organisation, organisation).name != "Andere naam"
        person = session.scalars(select(Person).where(Person.email == new["contact"]["email"])).one()
        assert person.password_hash is None
    assert MemberRole.OWNER == "owner"


def test_taking_a_file_in_twice_changes_nothing(settings: Settings) -> None:
    a_call()
    rows = [a_row(), a_row()]
    bring(*rows)
    before = exported("small", "jsonl")
    weighed = bring(*rows, a_row())
    assert (len(weighed.arrivals), weighed.known) == (1, 2)
    assert exported("small", "jsonl").startswith(before)


def test_what_was_exported_here_is_known_here(settings: Settings) -> None:
    a_call()
    an_application("submitted")
    bring(a_row())
    again = io.BytesIO(exported("small", "jsonl"))
    assert done(bringing.bring_in, SYSTEM, "small", again, now=NOW).known == 2


def test_other_content_under_a_known_name_is_refused(settings: Settings) -> None:
    a_call()
    row = a_row()
    bring(row)
    with pytest.raises(bringing.FileRefused) as caught:
        bring({**row, "answers": {**SMALL, "title": "Anders"}})
    assert [(one.row, one.column, one.reason.code) for one in caught.value.weighed.refused] == [
        (1, "external", "row-known-otherwise")
    ]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"call": "other"}, "call", "row-of-other-call"),
    ({"external": ""}, "external", "column-empty"),
    ({"external": 5}, "external", "text-wanted"),
    ({"external": "x" * 101}, "external", "text-too-long"),
    ({"received_at": "gisteren"}, "received_at", "instant-unreadable"),
    ({"received_at": "2026-10-01T10:00:00"}, "received_at", "received-outside"),
    ({"received_at": (NOW + timedelta(seconds=1)).isoformat()}, "received_at", "received-in-future"),
    ({"received_at": "0001-01-01T00:00:00"}, "received_at", "instant-unreadable"),
    ({"language": "en"}, "language", "language-unknown"),
    ({"state": "awarded"}, "state", "state-unknown"),
    ({"organisation": {"enterprise_number": "1"}}, "organisation.enterprise_number", "enterprise-number-wrong"),
    ({"organisation": {"accredited_from": "30/2/2026"}}, "organisation.accredited_from", "day-unreadable"),
    ({"organisation": {"accredited_until": "2026-01-01"}}, "organisation.accredited_from", "column-empty"),
    ({"organisation": {"accredited_from": "2026-01-02", "accredited_until": "2026-01-01"}},
     "organisation.accredited_until", "accreditation-backwards"),
    ({"organisation": {"iban": "BE1"}}, "organisation.iban", "column-unknown"),
    ({"contact": {"email": "jan"}}, "contact.email", "email-wrong"),
    ({"iban": "BE1"}, "iban", "column-unknown"),
    ({"answers": []}, "answers", "object-wanted"),
    ({"answers": {**SMALL, "shoe-size": 42}}, "answers.shoe-size", "column-unknown"),
    ({"answers": {**SMALL, "title": ""}}, "answers.title", "answer-missing"),
    ({"answers": {**SMALL, "title": "x" * 81}}, "answers.title", "text-too-long"),
    ({"answers": {**SMALL, "title": ["x"]}}, "answers.title", "answer-misshapen"),
    ({"answers": {**SMALL, "title": "\ud800"}}, "", "cannot-be-kept"),
    ({"answers": {**SMALL, "zone": "Kinshasa"}}, "answers.zone", "code-unknown"),
    ({"answers": {**SMALL, "places": [["GAZA"]]}}, "answers.places", "answer-misshapen"),
    ({"answers": {**SMALL, "requested": "1.234"}}, "answers.requested", "amount-below-floor"),
    ({"answers": {**SMALL, "requested": "1,234"}}, "answers.requested", "amount-ambiguous"),
    ({"answers": {**SMALL, "requested": 20000.5}}, "answers.requested", "answer-misshapen"),
    ({"answers": {**SMALL, "requested": True}}, "answers.requested", "answer-misshapen"),
    ({"answers": {**SMALL, "requested": 10**20}}, "answers.requested", "answer-misshapen"),
    ({"answers": {**SMALL, "requested": 2_500_001}}, "answers.requested", "amount-above-ceiling"),
    ({"documents": {}}, "documents", "list-wanted"),
    ({"documents": [{"question": "title", "path": "a.pdf"}]}, "documents", "column-unknown"),
    ({"documents": [{"question": "budget", "path": "a.pdf"}]}, "documents.budget", "document-not-there"),
    ({"documents": [{"question": "budget", "sha256": "../" * 9}]}, "documents.budget", "document-not-there"),
    ({"documents": [{"question": "budget", "sha256": "0" * 64}] * 6}, "documents.budget", "documents-too-many"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "column", "code"), WRONG, ids=[f"{column}: {code}" for _, column, code in WRONG])
def test_a_bad_row_is_refused_with_its_number_its_column_and_the_reason(
    settings: Settings, changes: dict[str, Any], column: str, code: str
) -> None:
    a_call()
    assert refused(a_file(a_row(), a_row(**changes))) == [(2, column, code)]


TYPED: list[tuple[str, Any, str]] = [
    ("period", "1/9/2027 - 31/8/2028", "period-unreadable"),
    ("period", {"from": "2028-01-01", "to": "2027-01-01"}, "period-backwards"),
    ("period", {"starts": "2028-01-01"}, "answer-misshapen"),
    ("people", "veel", "number-unreadable"),
    ("people", 9, "number-too-small"),
    ("people", -20, "answer-misshapen"),
    ("goals", "6 18", "code-unknown"),
    ("goals", "1, 2, 3, 4", "choices-too-many"),
    ("partnered", "misschien", "yes-no-unreadable"),
    ("partner-list", "geen", "answer-misshapen"),
    ("partner-list", [{"naam": "x"}], "answer-misshapen"),
    ("partner-list", [{"name": "x", "role": "sleeps"}], "code-unknown"),
    ("partner-list", [{"name": "x" * 61, "role": "builds"}], "text-too-long"),
    ("partner-list", [{"name": "x"}], "cells-empty"),
    ("budget", {**FULL["budget"], "own": "1,234"}, "amount-ambiguous"),
    ("budget", {**FULL["budget"], "total": 1}, "answer-misshapen"),
    ("budget", {**FULL["budget"], "lines": [{"category": "boats", "label": "x", "amount": 1}]}, "code-unknown"),
    ("budget", {**FULL["budget"], "funders": FULL["budget"]["funders"] * 21}, "lines-too-many"),
    ("budget", {**FULL["budget"], "own": 0}, "budget-cofinancing"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer", "code"), TYPED, ids=[f"{one}: {code}" for one, _, code in TYPED])
def test_an_answer_meets_the_rules_of_its_kind(settings: Settings, question: str, answer: Any, code: str) -> None:
    a_call(every_kind())
    row = a_row("every", answers={**FULL, question: answer})
    assert refused(a_file(row), "every") == [(1, f"answers.{question}", code)]


def test_what_is_no_file_of_applications_is_refused_where_it_breaks(settings: Settings) -> None:
    a_call()
    good = json.dumps(a_row())
    broken = {
        b"": [(1, "", "file-empty")],
        b"\n\n": [(1, "", "file-empty")],
        f"{good}\n[1]\n".encode(): [(2, "", "row-unreadable")],
        f"{good}\n{{\n".encode(): [(2, "", "row-unreadable")],
        b'{"call": NaN}': [(1, "", "row-unreadable")],
        b'{"call": "a", "call": "b"}': [(1, "call", "column-twice")],
        f"{good}\n".encode() + b'{"call": "\xff"}': [(2, "", "file-not-utf8")],
        b"call;call\nsmall;small\n": [(1, "call", "column-twice")],
        b"call\nsmall;small\n": [(2, "", "row-too-wide")],
        b'call;external\nsmall;"open\n': [(2, "", "row-unreadable")],
    }
    assert {content: refused(io.BytesIO(content)) for content in broken} == broken


def test_a_name_that_stands_twice_in_a_file_is_refused(settings: Settings) -> None:
    a_call()
    assert refused(a_file(a_row(external="A"), a_row(external="A"))) == [(2, "external", "row-twice")]


def test_checking_a_file_changes_nothing(settings: Settings) -> None:
    a_call()
    assert len(asked(intake.weigh, SYSTEM, "small", a_file(a_row()), now=NOW).arrivals) == 1
    assert asked(queries.of_call, "small") == ()


def test_only_the_office_exchanges_applications_and_only_while_the_call_takes_them(settings: Settings) -> None:
    a_call(published=False)
    for act in (
        lambda: done(bringing.bring_in, a_person(), "small", a_file(a_row()), now=NOW),
        lambda: list(asked(handing_on.records, a_person(), "small")),
        lambda: done(bringing.bring_in, SYSTEM, "nothing", a_file(a_row()), now=NOW),
    ):
        with pytest.raises(NotThere):
            act()
    assert refusal(bringing.bring_in, SYSTEM, "small", a_file(a_row()), now=NOW).code == "call-takes-no-files"


@pytest.mark.parametrize("format", FORMATS)
def test_what_goes_out_comes_in_elsewhere_and_goes_out_the_same_to_the_byte(
    settings: Settings, tmp_path: Path, format: str
) -> None:
    call = a_call(every_kind())
    permit = one_page("Vergunning")
    brought = {"permit.pdf": permit, "=cmd.pdf": one_page("Ander")}
    watered = {**FULL, "themes": ["water", "work"], "permit": "yes", "title": "=1+1", "accreditation": "E12"}
    bring(
        a_row("every", external="'=A", organisation={"name": "+Vereniging", "city": "’s-Gravenhage"}),
        a_row("every", language="fr", answers=watered,
              documents=[{"question": "permit-document", "path": "permit.pdf"}],
              organisation={"accredited_from": "2022-01-01"}),
        a_row("every", answers={**FULL, "partnered": "nee"}),
        call="every", fetch=lambda paper: brought.get(paper.path),
    )  # fmt: skip
    first = exported("every", format)
    database.disconnect()
    other = Settings(instance=tmp_path / "other", secret_key="only for tests " * 3)
    other.instance.mkdir()
    set_up.connect(other)
    upgrade(database.engine())
    a_call(call)

    def fetch(paper: Paper) -> bytes | None:
        return permit

    done(bringing.bring_in, SYSTEM, "every", io.BytesIO(first), fetch=fetch, now=NOW)
    assert exported("every", format) == first


def test_a_spreadsheet_runs_no_cell_of_what_goes_out(settings: Settings) -> None:
    a_call()
    bring(a_row(external="=1+1", contact={"name": "@SUM(A1)"}, answers={**SMALL, "title": "'t Stad", "summary": "-1"}))
    cells = next(csv.DictReader(io.StringIO(exported("small", "csv").decode("utf-8-sig")), delimiter=";"))
    wanted = ("external", "contact.name", "answers.title", "answers.summary")
    assert [cells[name] for name in wanted] == ["'=1+1", "'@SUM(A1)", "''t Stad", "'-1"]


@given(st.text())
def test_the_apostrophe_before_a_cell_comes_off_again(cell: str) -> None:
    assert bare(guarded(cell)) == cell
    assert not guarded(cell).startswith(exchange.DANGEROUS)


TERMS = every_kind()
days = st.dates(date(1990, 1, 1), date(2150, 1, 1)).map(date.isoformat)
cents = st.integers(0, 10**12)
words = st.text(max_size=40).map(tidy).filter(bool)
perhaps_words = st.none() | words
BY_KIND: dict[QuestionKind, Any] = {
    QuestionKind.SHORT_TEXT: words, QuestionKind.LONG_TEXT: words, QuestionKind.NUMBER: st.integers(0, 10**9),
    QuestionKind.AMOUNT: cents, QuestionKind.YES_NO: st.booleans(), QuestionKind.DATE: days,
    QuestionKind.ONE_OF: st.sampled_from(("yes", "no")), QuestionKind.ZONE: st.sampled_from(("OPT", "KIN")),
    QuestionKind.SEVERAL_OF: st.lists(st.sampled_from(("water", "work", "school")), unique=True, min_size=1),
    QuestionKind.SDG: st.lists(st.sampled_from(sorted(GOALS)), unique=True, min_size=1),
    QuestionKind.PERIOD: st.fixed_dictionaries({"from": st.none() | days, "to": days}),
    QuestionKind.TABLE: st.lists(st.fixed_dictionaries({
        "name": words, "role": st.sampled_from(("builds", "teaches")), "since": st.none() | days,
        "share": st.none() | cents, "phone": perhaps_words,
    }), min_size=1, max_size=3),
    QuestionKind.BUDGET: st.fixed_dictionaries({
        "lines": st.lists(st.fixed_dictionaries({
            "category": st.sampled_from(("activities", "travel")), "label": perhaps_words, "amount": st.none() | cents,
            "explanation": perhaps_words,
        }), min_size=1, max_size=3),
        "own": st.none() | cents,
        "funders": st.lists(st.fixed_dictionaries({
            "name": perhaps_words, "amount": st.none() | cents,
            "status": st.none() | st.sampled_from(("acquired", "requested")),
        }), max_size=2),
    }),
}  # fmt: skip
answers = st.fixed_dictionaries({}, optional={
    question.id: BY_KIND[question.kind] for question in TERMS.questions() if question.kind in BY_KIND
})  # fmt: skip


@given(answers, words, st.sampled_from(FORMATS), st.sampled_from(("nl", "fr")))
def test_every_shape_of_answer_goes_out_and_comes_in_the_same(
    given_answers: dict[str, Any], name: str, format: str, language: str
) -> None:
    own = {"enterprise_number": "0900000147", "name": " ".join(name.split()) or "x"}
    record = raw(read(TERMS, 1, a_row("every", answers=given_answers, language=language, organisation=own)))
    written = "".join(exchange.write(TERMS, [record], format))
    ((_, found),) = exchange.rows(io.BytesIO(written.encode()))
    assert not isinstance(found, exchange.Refused)
    again: Record = read(TERMS, 1, found)
    assert raw(again) == record
    assert again.answers == given_answers


@pytest.mark.parametrize("format", FORMATS)
def test_a_template_has_a_place_for_everything_and_is_no_application(settings: Settings, format: str) -> None:
    call = a_call(every_kind())
    template = exchange.template(call, format)
    if format == "csv":
        assert template == "\ufeff" + ";".join(exchange.columns(call)) + "\r\n"
        assert refused(io.BytesIO(template.encode()), "every") == [(1, "", "file-empty")]
    else:
        codes = {code for _row, _column, code in refused(io.BytesIO(template.encode()), "every")}
        assert codes == {"column-empty"}


def test_a_person_may_type_a_row_in_a_spreadsheet(settings: Settings) -> None:
    a_call(every_kind())
    number = a_number()
    typed = {
        "call": "every", "external": "P1", "received_at": "2026-11-20 10:00", "language": "fr", "state": "submitted",
        "organisation.enterprise_number": f"BE {number[:4]}.{number[4:7]}.{number[7:]}",
        "organisation.name": "Les Amis", "organisation.legal_form": "asbl", "contact.name": "Anne",
        "contact.email": "Anne@Elders.example", "answers.title": "'t Stad", "answers.summary": "Deux\nlignes",
        "answers.zone": "KIN", "answers.period": "2027-09-01/2028-08-31", "answers.people": "1 200",
        "answers.goals": "6;10", "answers.partnered": "non",
        "answers.budget": json.dumps({"lines": [{"category": "activities", "label": "Tout", "amount": "15 000,50"}],
                                      "own": "€ 2 000"}),
    }  # fmt: skip
    written = io.StringIO()
    sheet = csv.DictWriter(written, list(typed), delimiter=",")
    sheet.writeheader()
    sheet.writerow(typed)
    done(bringing.bring_in, SYSTEM, "every", io.BytesIO(written.getvalue().encode()), now=NOW)
    found = asked(queries.of_call, "every")[0]
    assert found.organisation.enterprise_number == number
    assert found.requested == 1_300_050
    assert [found.answers[name] for name in ("title", "summary", "people", "goals", "partnered")] == [
        "'t Stad", "Deux\nlignes", 1200, ["6", "10"], False,
    ]  # fmt: skip
