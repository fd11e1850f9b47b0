"""Two who do the same at the same moment, on SQLite and on PostgreSQL: nothing is doubled, nobody gets a failure."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.exc import IntegrityError, OperationalError

from config.settings import Settings
from migrations.run import upgrade
from tests.builders import (
    NOW,
    a_call,
    a_juror,
    a_number,
    a_person,
    an_application,
    an_association,
    asked,
    assign,
    done,
    refusal,
    terms,
)
from workflows import database
from workflows.calls import actions as calls
from workflows.calls.tables import Call, Envelope
from workflows.clashes import problem_of
from workflows.database import reading, transaction
from workflows.files.tables import Document
from workflows.language import LANGUAGES, say
from workflows.people import actions as people
from workflows.people import membership, payment
from workflows.people.actions import NewOrganisation, NewPerson
from workflows.people.payment import Certificate
from workflows.people.queries import person_by_email
from workflows.people.tables import Membership, Person
from workflows.permissions import SYSTEM, Actor, Duty, MemberRole
from workflows.problems import NotThere, Problem
from workflows.replay.paper import one_page
from workflows.schema import metadata
from workflows.scoring import actions as scoring
from workflows.scoring.actions import NewReview
from workflows.submission import actions as submission
from workflows.submission import queries as applications

Act = Callable[[Any], Any]


def meanwhile(first: Act, second: Act) -> tuple[Any, Any]:
    """What two acts give, or the problem of the second: it begins while the transaction of the first is open."""
    with ThreadPoolExecutor(1) as other:
        with transaction() as session:
            one = first(session)
            session.flush()
            waiting = other.submit(done, second)
            time.sleep(0.3)  # it comes as far as it can
        try:
            return one, waiting.result(timeout=30)
        except Problem as problem:
            return one, problem


def told(problem: Any) -> tuple[str, str | None]:
    """The code and the field of a problem that can be said in every language."""
    assert isinstance(problem, Problem)
    assert [bool(say(problem.reason, language)) for language in LANGUAGES] == [True, True, True]
    return problem.code, problem.field


def test_of_two_who_register_one_address_the_second_is_told_that_it_is_taken(installation: Settings) -> None:
    def register(session: Any) -> Actor:
        return people.open_account(session, NewPerson("Mia", "mia@people.example", "nl"), now=NOW)

    _first, second = meanwhile(register, register)
    assert told(second) == ("email-taken", "email")
    assert asked(lambda session: session.scalar(select(func.count()).select_from(Person))) == 1


def test_of_two_who_register_one_organisation_the_second_is_told_that_it_is_known(installation: Settings) -> None:
    number, one, other = a_number(), a_person(), a_person()

    def found(actor: Actor) -> Act:
        new = NewOrganisation(number, "Vereniging", "vzw")
        return lambda session: people.found_organisation(session, actor, new, now=NOW)

    organisation, second = meanwhile(found(one), found(other))
    assert told(second) == ("organisation-known", "enterprise_number")
    assert asked(lambda session: session.scalars(select(Membership.organisation_id)).all()) == [organisation]


def test_two_colleagues_who_begin_at_once_work_on_one_draft(installation: Settings) -> None:
    a_call()
    actor, organisation = an_association()

    def begin(session: Any) -> str:
        return submission.begin(session, actor, "small", organisation, "nl", now=NOW)

    first, second = meanwhile(begin, begin)
    assert first == second
    assert [one.reference for one in asked(applications.of_call, "small")] == [first]


def test_two_organisations_that_begin_at_once_get_a_number_each(installation: Settings) -> None:
    a_call()
    starting = [
        lambda session, by=by: submission.begin(session, by[0], "small", by[1], "nl", now=NOW)
        for by in (an_association(), an_association())
    ]
    assert meanwhile(*starting) == ("S26-0001-21", "S26-0002-22")


def test_of_two_windows_that_save_a_first_review_the_second_is_told_so(installation: Settings) -> None:
    a_call()
    reference, juror = an_application("eligible"), a_juror()
    assign(reference, juror)

    def save(mark: int) -> Act:
        new = NewReview({"relevance": mark}, {})
        return lambda session: scoring.save_review(
            session, juror, reference, Duty.JURY, new, submit=False, seen_version=0, now=NOW
        )

    _first, second = meanwhile(save(1), save(2))
    assert told(second) == ("review-changed-elsewhere", None)


def test_one_document_sent_twice_at_once_is_kept_once(installation: Settings) -> None:
    a_call()
    by = an_association()
    reference = an_application(by=by)
    content = one_page("Bijlage")

    def attach(session: Any) -> str:
        return submission.attach(session, by[0], reference, "budget", "bijlage.pdf", content, now=NOW)

    first, second = meanwhile(attach, attach)
    assert first == second
    names = [one.name for one in asked(applications.view, reference).attachments]
    assert sorted(names) == ["begroting.pdf", "bijlage.pdf"]


def test_a_content_that_two_associations_send_at_once_is_stored_once_and_stands_in_both_files(
    installation: Settings,
) -> None:
    a_call()
    content = one_page("Bijlage")
    files = [(by, an_application(by=by)) for by in (an_association(), an_association())]
    sending = [
        lambda session, actor=by[0], reference=reference: submission.attach(
            session, actor, reference, "budget", "bijlage.pdf", content, now=NOW
        )
        for by, reference in files
    ]
    tokens = meanwhile(*sending)
    kept = [[one.token for one in asked(applications.view, reference).attachments] for _by, reference in files]
    assert [token in names for token, names in zip(tokens, kept, strict=True)] == [True, True]
    assert asked(lambda session: session.scalar(select(func.count()).select_from(Document))) == 2


def test_of_two_owners_who_give_an_account_number_both_are_kept_and_the_last_one_stands(installation: Settings) -> None:
    owner, organisation = an_association()
    other = a_person()
    done(membership.admit_member, organisation, other.person_id, MemberRole.OWNER)
    attest = Certificate("attest.pdf", one_page("Rekeninghouder"))

    def give(actor: Actor, iban: str) -> Act:
        return lambda session: payment.give_account(session, actor, organisation, iban, attest, now=NOW)

    meanwhile(give(owner, "BE71 0961 2345 6769"), give(other, "NL91 ABNA 0417 1643 00"))
    accounts = asked(payment.accounts_of, organisation)
    assert [(one.iban[-4:], one.standing.value) for one in accounts] == [("4300", "to-check"), ("6769", "replaced")]


def test_of_two_new_calls_with_one_prefix_the_second_is_refused(installation: Settings) -> None:
    def take_in(name: str) -> Act:
        return lambda session: calls.import_call(session, SYSTEM, terms(id=name), now=NOW)

    _first, second = meanwhile(take_in("one"), take_in("other"))
    assert told(second) == ("prefix-taken", "reference_prefix")
    assert asked(lambda session: session.scalars(select(Call.id)).all()) == ["one"]


@pytest.mark.postgresql
def test_of_two_who_wait_for_each_other_one_is_asked_to_try_again(postgresql: str) -> None:
    upgrade(database.connect(postgresql))
    a_call(terms(id="one", reference_prefix="A26"))
    a_call(terms(id="two", reference_prefix="B26"))
    both, outcomes = threading.Barrier(2), []

    def take(first: str, second: str) -> None:
        try:
            with transaction() as session:
                calls.locked(session, first)
                both.wait()
                calls.locked(session, second)
            outcomes.append("done")
        except Problem as problem:
            outcomes.append(problem.code)

    crossing = [threading.Thread(target=take, args=names) for names in (("one", "two"), ("two", "one"))]
    for thread in crossing:
        thread.start()
    for thread in crossing:
        thread.join()
    assert sorted(outcomes) == ["busy", "done"]
    assert told(Problem("busy")) == ("busy", None)


@pytest.mark.postgresql
def test_what_no_column_can_hold_is_the_name_of_nothing_and_cannot_be_kept(postgresql: str) -> None:
    upgrade(database.connect(postgresql))
    with pytest.raises(NotThere), reading() as session:
        person_by_email(session, "mia\0@people.example")
    too_long = NewPerson("x" * 201, "mia@people.example", "nl")
    assert told(refusal(people.open_account, too_long, now=NOW)) == ("cannot-be-kept", None)


def test_a_broken_constraint_tells_its_problem_whoever_forgot_to_look_first(installation: Settings) -> None:
    a_person(), a_person()

    def rename(session: Any) -> None:
        one, other = session.scalars(select(Person).order_by(Person.id))
        other.email = one.email

    assert told(refusal(rename)) == ("email-taken", "email")


def test_who_waits_in_vain_for_sqlite_is_asked_to_try_again(settings: Settings) -> None:
    impatient = create_engine(settings.database, connect_args={"timeout": 0})
    with transaction() as session, impatient.connect() as connection:
        session.execute(select(Person))
        with pytest.raises(OperationalError) as refused:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    impatient.dispose()
    assert told(problem_of(refused.value, metadata)) == ("busy", None)


def test_a_fault_of_ours_stays_a_fault(installation: Settings) -> None:
    a_call()
    with pytest.raises(IntegrityError):
        done(lambda session: session.add(Envelope(call_id="small", code="less", amount_cents=-1)))
