"""What somebody is to a file, or to the decision over a call: the facts that permissions judge."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.lifecycle import ApplicationState
from workflows.people.queries import member_role
from workflows.people.tables import Membership
from workflows.permissions import Action, Actor, MemberRole, Relation, may
from workflows.submission.tables import Application, Conflict


def own_relation(session: Session, actor: Actor, application: Application) -> Relation:
    """What the actor is to an application as a member of its organisation. A test belongs to who may try the call."""
    if application.test:
        owner = MemberRole.OWNER if may(actor, Action.TRY_CALL) else None
        return Relation(member=owner, state=ApplicationState(application.state))
    role = member_role(session, actor.person_id, application.organisation_id)
    return Relation(member=role, state=ApplicationState(application.state))


def conflicted_people(session: Session, application: Application) -> frozenset[int]:
    """Persons with a conflict of interest in a file: declared or recused, or members of the applicant organisation."""
    declared = select(Conflict.person_id).where(Conflict.application_id == application.id)
    members = select(Membership.person_id).where(Membership.organisation_id == application.organisation_id)
    return frozenset(session.scalars(declared.union(members)))


def conflicted_pairs(session: Session, applications: Sequence[int]) -> frozenset[tuple[int, int]]:
    """The same of many files at once: (application id, person id)."""
    declared = select(Conflict.application_id, Conflict.person_id).where(Conflict.application_id.in_(applications))
    members = (
        select(Application.id, Membership.person_id)
        .join(Membership, Membership.organisation_id == Application.organisation_id)
        .where(Application.id.in_(applications))
    )
    return frozenset((file, person) for file, person in session.execute(declared.union(members)))


def clerk_relation(session: Session, actor: Actor, application: Application) -> Relation:
    """What the actor is to a file as somebody of the office: a conflict of interest binds the office too.

    A test is nobody's to handle: it is closed to everybody as a conflict would close it.
    """
    conflicted = application.test or (
        actor.person_id is not None and actor.person_id in conflicted_people(session, application)
    )
    return Relation(conflicted=conflicted, state=ApplicationState(application.state))


def conflicted_files(session: Session, actor: Actor, call_id: str) -> frozenset[str]:
    """The submitted files of a call in which the actor has a conflict of interest, in one statement."""
    memberships = select(Membership.organisation_id).where(Membership.person_id == actor.person_id)
    declared = select(Conflict.application_id).where(Conflict.person_id == actor.person_id)
    return frozenset(
        session.scalars(
            select(Application.reference).where(
                Application.call_id == call_id,
                ~Application.test,
                Application.received_at.is_not(None),
                Application.organisation_id.in_(memberships) | Application.id.in_(declared),
            )
        )
    )


def call_relation(session: Session, actor: Actor, call_id: str) -> Relation:
    """What the actor is to the decision over a call: conflicted where they are in any submitted file of it."""
    return Relation(conflicted=bool(conflicted_files(session, actor, call_id)))
