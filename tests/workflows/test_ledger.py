"""The budget: what a line is called, and a ledger that nobody exceeds, changes or empties, on either database."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import create_engine, delete, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from config.settings import Settings
from tests.builders import NOW, a_person, an_administrator, asked, at_once, done, refusal
from workflows.budget import actions, queries
from workflows.budget.rules import Entry, EntryKind, Pledge, Standing, basic_allocation, mission_and_programme
from workflows.budget.tables import BudgetLine, LedgerEntry
from workflows.database import Base
from workflows.permissions import SYSTEM, Actor
from workflows.problems import NotThere, Problem

CODE = "29.006.27.01.3300"
NAME = {"nl": "Subsidies", "fr": "Subventions"}
EURO = 100


def a_line(clerk: Actor, commitment: int = 1000 * EURO, liquidation: int = 1000 * EURO, year: int = 2026) -> int:
    """A line with credits in cents."""
    line: int = done(actions.open_line, clerk, year, CODE, NAME, now=NOW)
    done(actions.book_credit, clerk, line, commitment, liquidation, "initiële begroting", now=NOW)
    return line


def commitment(cents: int, of: str = "application:S26-0001-21") -> Entry:
    return Entry(EntryKind.COMMITMENT, -cents, 0, of)


def payment(cents: int, of: str = "application:S26-0001-21") -> Entry:
    return Entry(EntryKind.LIQUIDATION, 0, -cents, of)


@pytest.mark.parametrize(
    "typed", ["29.006.27.01.3300", " 29 006 27 01 3300 ", "29-006-27-01-3300", "29.006.27.01.3300."]
)
def test_a_basic_allocation_is_read_as_people_write_it(typed: str) -> None:
    assert (basic_allocation(typed), mission_and_programme(CODE)) == (CODE, ("29", "006"))


@pytest.mark.parametrize("typed", ["", "29.006.27.01", "29.006.27.01.33000", "29.006.27.01.33.00", "AA.006.27.01.3300"])
def test_what_is_no_basic_allocation_is_refused_under_its_field(typed: str) -> None:
    with pytest.raises(Problem) as refused:
        basic_allocation(typed)
    assert (refused.value.code, refused.value.field) == ("budget-code-wrong", "code")


def test_only_an_administrator_opens_a_line_and_each_only_once_a_year(installation: Settings) -> None:
    clerk = an_administrator()
    a_line(clerk)
    with pytest.raises(NotThere):
        done(actions.open_line, a_person(), 2026, CODE, NAME, now=NOW)
    again = refusal(actions.open_line, clerk, 2026, CODE, NAME, now=NOW)
    assert (again.code, again.field) == ("budget-line-known", "code")
    assert done(actions.open_line, clerk, 2027, CODE, NAME, now=NOW) == 2


def test_a_line_says_what_was_booked_committed_paid_and_what_is_free(installation: Settings) -> None:
    clerk = an_administrator()
    line = a_line(clerk, 1000 * EURO, 500 * EURO)
    done(actions.write, SYSTEM, line, commitment(400 * EURO), "", now=NOW)
    done(actions.write, SYSTEM, line, payment(150 * EURO), "claim 1", now=NOW)
    done(actions.correct_credit, clerk, line, -100 * EURO, 0, "herverdeling", now=NOW)
    (found,) = asked(queries.lines, 2026)
    assert (found.commitment_credit, found.committed, found.free.commitment) == (900_00, 400_00, 500_00)
    assert (found.liquidation_credit, found.paid, found.free.liquidation) == (500_00, 150_00, 350_00)
    assert asked(queries.pledge, "application:S26-0001-21") == Pledge(400_00, 150_00)
    assert [one.position for one in asked(queries.entries, line)] == [1, 2, 3, 4]
    assert asked(queries.first_broken, line) is None


def test_a_cent_too_much_is_refused_with_what_is_missing_and_nothing_is_booked(installation: Settings) -> None:
    line = a_line(an_administrator())
    done(actions.write, SYSTEM, line, commitment(1000 * EURO), "", now=NOW)
    refused = refusal(actions.write, SYSTEM, line, commitment(1, "application:other"), "", now=NOW)
    assert (refused.code, refused.reason.facts) == ("credit-exceeded", {"line": CODE, "short": 1})
    beyond = refusal(actions.write, SYSTEM, line, payment(1000 * EURO + 1), "claim 1", now=NOW)
    assert beyond.code == "credit-exceeded"
    unpledged = refusal(actions.write, SYSTEM, line, payment(1, "application:other"), "claim 1", now=NOW)
    assert (unpledged.code, unpledged.reason.facts) == ("pledge-exceeded", {"owed": 0})
    assert len(asked(queries.entries, line)) == 2


def raw(line: int, position: int, kind: str, free: int, liquidation: int, of: str, reason: str = "") -> LedgerEntry:
    """An entry written past every rule of the programme."""
    return LedgerEntry(
        line_id=line, position=position, kind=kind, commitment_cents=free, liquidation_cents=liquidation, of=of,
        reason=reason, by="", at=NOW, previous="", digest="",
    )  # fmt: skip


def test_either_database_refuses_what_the_rules_would_refuse(installation: Settings) -> None:
    line = a_line(an_administrator())
    done(actions.write, SYSTEM, line, commitment(600 * EURO), "", now=NOW)
    paid = "application:S26-0001-21"
    for entry, told in (
        (raw(line, 3, "commitment", -400_01, 0, "x"), "credit exceeded"),
        (raw(line, 3, "correction", 0, -1000_01, "", "weg"), "credit exceeded"),
        (raw(line, 3, "liquidation", 0, -600_01, paid), "paid beyond what is committed"),
        (raw(line, 3, "liquidation", 0, -1, "x"), "paid beyond what is committed"),
        (raw(line, 3, "credit", -1, 0, ""), "ck_ledger_credit_adds"),
        (raw(line, 3, "commitment", 1, 0, paid), "ck_ledger_commitment_takes"),
        (raw(line, 3, "correction", 1, 0, ""), "ck_ledger_correction_says_why"),
    ):
        with pytest.raises(IntegrityError, match=told):
            done(lambda session, entry=entry: session.add(entry))
    for statement in (
        update(LedgerEntry).values(reason="anders"), delete(LedgerEntry).where(LedgerEntry.position == 2),
    ):  # fmt: skip
        with pytest.raises(IntegrityError, match="the ledger only grows"):
            done(lambda session, statement=statement: session.execute(statement))


def test_an_entry_changed_behind_the_back_of_the_database_shows(installation: Settings) -> None:
    line = a_line(an_administrator())
    done(actions.write, SYSTEM, line, commitment(600 * EURO), "", now=NOW)
    sqlite = "sqlite" in installation.database
    drop = ("ledger_never_changes", "") if sqlite else ("ledger_only_grows", " ON ledger")
    done(lambda session: session.execute(text(f"DROP TRIGGER {drop[0]}{drop[1]}")))
    done(lambda session: session.execute(update(LedgerEntry).where(LedgerEntry.position == 1).values(reason="x")))
    assert asked(queries.first_broken, line) == 1


def test_of_fifty_who_commit_the_last_money_at_once_only_as_many_succeed_as_it_pays(installation: Settings) -> None:
    line = a_line(an_administrator(), 1000 * EURO)
    outcomes: list[str] = []
    waiting = iter(range(50))

    def commit_one() -> None:
        for number in waiting:
            try:
                done(actions.write, SYSTEM, line, commitment(90 * EURO, f"application:{number}"), "", now=NOW)
            except Problem as problem:
                outcomes.append(problem.code)
            else:
                outcomes.append("done")

    at_once(commit_one, threads=10)
    assert (outcomes.count("done"), outcomes.count("credit-exceeded"), len(outcomes)) == (11, 39, 50)
    (found,) = asked(queries.lines, 2026)
    assert (found.committed, found.free.commitment) == (990 * EURO, 10 * EURO)
    assert [one.position for one in asked(queries.entries, line)] == list(range(1, 13))
    assert asked(queries.first_broken, line) is None


CENTS = st.integers(min_value=-50, max_value=300)
AWARDS = st.sampled_from(["application:a", "application:b", "application:c"])


class Ledger(RuleBasedStateMachine):
    """Any order of credits, commitments, payments, decommitments and corrections, against sums kept by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.engine = create_engine("sqlite://")
        Base.metadata.create_all(self.engine)  # without triggers: the rules alone must hold
        self.session = Session(self.engine)
        self.session.add_all(BudgetLine(year=year, code=CODE, name=NAME) for year in (2026, 2027))
        self.session.flush()
        self.free = {1: [0, 0], 2: [0, 0]}
        self.committed: dict[str, int] = {}
        self.paid: dict[str, int] = {}
        self.written = 0

    def teardown(self) -> None:
        self.session.close()
        self.engine.dispose()

    def enter(self, line: int, entry: Entry) -> None:
        free, of = self.free[line], entry.of
        committed, paid = self.committed.get(of, 0), self.paid.get(of, 0)
        fits = (
            (entry.commitment or entry.liquidation)
            and free[0] + entry.commitment >= 0 and free[1] + entry.liquidation >= 0
            and (not of or 0 <= paid - entry.liquidation <= committed - entry.commitment)
        )  # fmt: skip
        try:
            actions.write(self.session, SYSTEM, line, entry, "waarom", now=NOW)
        except Problem:
            assert not fits
            return
        assert fits
        self.written += 1
        free[0] += entry.commitment
        free[1] += entry.liquidation
        if of:
            self.committed[of], self.paid[of] = committed - entry.commitment, paid - entry.liquidation

    @initialize(first=st.integers(0, 500), second=st.integers(0, 500))
    def credit(self, first: int, second: int) -> None:
        for line in (1, 2):
            self.enter(line, Entry(EntryKind.CREDIT, first, second))

    @rule(line=st.sampled_from([1, 2]), cents=st.integers(1, 300), of=AWARDS)
    def commit(self, line: int, cents: int, of: str) -> None:
        self.enter(line, commitment(cents, of))

    @rule(line=st.sampled_from([1, 2]), cents=st.integers(1, 300), of=AWARDS)
    def pay(self, line: int, cents: int, of: str) -> None:
        self.enter(line, payment(cents, of))

    @rule(line=st.sampled_from([1, 2]), cents=st.integers(1, 300), of=AWARDS)
    def decommit(self, line: int, cents: int, of: str) -> None:
        self.enter(line, Entry(EntryKind.DECOMMITMENT, cents, 0, of))

    @rule(line=st.sampled_from([1, 2]), commitment=CENTS, liquidation=CENTS)
    def correct(self, line: int, commitment: int, liquidation: int) -> None:
        self.enter(line, Entry(EntryKind.CORRECTION, commitment, liquidation))

    @invariant()
    def nothing_is_exceeded_and_nothing_vanishes(self) -> None:
        for line, free in self.free.items():
            assert queries.standing(self.session, line) == Standing(*free)
            assert min(free) >= 0
            assert queries.first_broken(self.session, line) is None
        of = ["application:a", "application:b", "application:c"]
        assert queries.pledges(self.session, of) == {
            one: Pledge(self.committed.get(one, 0), self.paid.get(one, 0)) for one in of
        }
        assert sum(len(queries.entries(self.session, line)) for line in (1, 2)) == self.written


TestLedger = Ledger.TestCase
TestLedger.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
