"""Trying a call before it is shown: a test application of the office, which counts nowhere."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.calls.actions import locked
from workflows.calls.queries import terms_of
from workflows.history import record
from workflows.lifecycle import CallState, Event
from workflows.people.rules import AccreditationState, ApplicantType
from workflows.people.tables import Accreditation, Organisation
from workflows.permissions import Action, Actor, require
from workflows.problems import Problem
from workflows.submission import rules
from workflows.submission.tables import Application

STAND_INS = {ApplicantType.ACCREDITED: "0000000196", ApplicantType.OTHER_NONPROFIT: "0000000097"}
"""Numbers that the Crossroads Bank gives to nobody."""
BEGINNING = date(1900, 1, 1)


def start_test(
    session: Session, actor: Actor, call_id: str, type: ApplicantType, language: str, *, now: datetime
) -> str:
    """Begin a test application of the terms in force, as this type of applicant; returns its reference, with a T.

    Raises NotThere for who may not try calls, Problem `test-not-possible` once the call is published.
    """
    require(actor, Action.TRY_CALL)
    call = locked(session, call_id)
    if call.state != CallState.DRAFT:
        raise Problem("test-not-possible")
    numbers = select(func.coalesce(func.max(Application.number), 0)).where(
        Application.call_id == call_id, Application.test
    )
    number = (session.scalar(numbers) or 0) + 1
    prefix = terms_of(session, call_id).reference_prefix
    application = Application(
        reference=rules.reference(f"{prefix}T", number), call_id=call_id, number=number, test=True,
        organisation_id=_stand_in(session, type, now).id, language=language, answers={}, started_at=now, saved_at=now,
    )  # fmt: skip
    session.add(application)
    record(session, application, Event.START_TEST, actor=actor, now=now)
    return application.reference


def _stand_in(session: Session, type: ApplicantType, now: datetime) -> Organisation:
    """The made-up organisation that applies in tests; it has no members, so nobody else ever meets it."""
    number = STAND_INS.get(type, STAND_INS[ApplicantType.OTHER_NONPROFIT])
    found = session.scalar(select(Organisation).where(Organisation.enterprise_number == number))
    if found is None:
        found = Organisation(
            enterprise_number=number, name="Test", legal_form="vzw", street="Teststraat 1", postal_code="1000",
            city="Brussel", created_at=now,
        )  # fmt: skip
        session.add(found)
        session.flush()
        if type is ApplicantType.ACCREDITED:
            confirmed = AccreditationState.CONFIRMED
            session.add(
                Accreditation(
                    organisation_id=found.id, starts=BEGINNING, stated_at=now, status=confirmed, judged_at=now
                )
            )
    return found
