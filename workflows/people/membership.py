"""Who belongs to an organisation: roles, leaving, and asking to join one that is known here already."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.history import record
from workflows.lifecycle import Event
from workflows.people import queries, rules
from workflows.people.organisations import relation_to
from workflows.people.queries import require_confirmed
from workflows.people.tables import JoinRequest, Membership, Organisation, Person
from workflows.permissions import Action, Actor, MemberRole, require
from workflows.problems import NotThere, Problem


@dataclass(frozen=True)
class MemberView:
    """A member of an organisation, as the other members see them."""

    person_id: int
    name: str
    email: str
    role: MemberRole


@dataclass(frozen=True)
class RequestView:
    """Somebody who asks to join, as the owners see them."""

    id: int
    person_id: int
    name: str
    email: str
    organisation_id: int
    organisation: str
    asked_at: datetime


def members_of(session: Session, organisation_id: int) -> tuple[MemberView, ...]:
    """The members of an organisation, in the order in which they came."""
    rows = session.execute(
        select(Person, Membership.role).join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation_id).order_by(Membership.id)
    )  # fmt: skip
    return tuple(MemberView(person.id, person.name, person.email, MemberRole(role)) for person, role in rows)


def change_role(
    session: Session, actor: Actor, organisation_id: int, person_id: int, role: MemberRole, *, now: datetime
) -> None:
    """Give a member another role. Raises NotThere for who is not an owner, Problem `last-owner`."""
    membership = _managed(session, actor, organisation_id, person_id)
    if membership.role == role:
        return
    _keep_an_owner(session, membership, role)
    before, membership.role = membership.role, role
    _write_down(session, membership, Event.CHANGE_MEMBER, actor, now, {"from": before, "to": str(role)})


def remove_member(session: Session, actor: Actor, organisation_id: int, person_id: int, *, now: datetime) -> None:
    """End somebody's membership. Raises NotThere for who is not an owner, Problem `last-owner`."""
    membership = _managed(session, actor, organisation_id, person_id)
    _keep_an_owner(session, membership, None)
    session.delete(membership)
    _write_down(session, membership, Event.REMOVE_MEMBER, actor, now, {"from": membership.role})


def leave(session: Session, actor: Actor, organisation_id: int, *, now: datetime) -> None:
    """End one's own membership. Raises NotThere for a stranger, Problem `last-owner`."""
    require(actor, Action.READ_ORGANISATION, relation_to(session, actor, organisation_id))
    membership = _membership(session, organisation_id, actor.person_id or 0)
    _keep_an_owner(session, membership, None)
    session.delete(membership)
    _write_down(session, membership, Event.LEAVE, actor, now, {"from": membership.role})


def admit_member(session: Session, organisation_id: int, person_id: int, role: MemberRole) -> bool:
    """Make a person a member; whoever is one already keeps the role they have. Whether anything changed."""
    _lock(session, organisation_id)
    if queries.member_role(session, person_id, organisation_id) is not None:
        return False
    session.add(Membership(person_id=person_id, organisation_id=organisation_id, role=role))
    return True


def ask_to_join(session: Session, actor: Actor, enterprise_number: str, *, now: datetime) -> str:
    """Ask the owners of an organisation known by this number to let one in; returns its name.

    Asking twice is asking once. Raises Problem `address-unconfirmed`, `enterprise-number-wrong`,
    `organisation-unknown` or `already-member`.
    """
    require(actor, Action.USE_ACCOUNT)
    require_confirmed(session, actor)
    number = rules.enterprise_number(enterprise_number)
    organisation = queries.organisation_by_number(session, number)
    if organisation is None:
        raise Problem("organisation-unknown", field="enterprise_number", number=rules.show_enterprise_number(number))
    _lock(session, organisation.id)
    if queries.member_role(session, actor.person_id, organisation.id) is not None:
        raise Problem("already-member", field="enterprise_number", organisation=organisation.name)
    waiting = select(JoinRequest.id).where(
        JoinRequest.organisation_id == organisation.id, JoinRequest.person_id == actor.person_id,
        JoinRequest.answered_at.is_(None),
    )  # fmt: skip
    if session.scalar(waiting.limit(1)) is None:
        request = JoinRequest(organisation_id=organisation.id, person_id=actor.person_id, asked_at=now)
        session.add(request)
        session.flush()
        record(session, organisation, Event.ASK_TO_JOIN, actor=actor, now=now, facts={"request": request.id})
    return organisation.name


def answer_request(
    session: Session, actor: Actor, organisation_id: int, request_id: int, role: MemberRole | None, *, now: datetime
) -> None:
    """Let somebody in with a role, or (None) not.

    Raises NotThere for who is not an owner, Problem `request-answered`.
    """
    require(actor, Action.MANAGE_ORGANISATION, relation_to(session, actor, organisation_id))
    request = session.get(JoinRequest, request_id, with_for_update=True)
    if request is None or request.organisation_id != organisation_id:
        raise NotThere
    if request.answered_at is not None:
        raise Problem("request-answered")
    request.answered_at, request.answered_by, request.accepted = now, actor.person_id, role is not None
    if role is not None:
        admit_member(session, organisation_id, request.person_id, role)
    organisation = session.get_one(Organisation, organisation_id)
    facts = {"request": request.id, "person": request.person_id, "role": role and str(role)}
    record(session, organisation, Event.ANSWER_JOIN, actor=actor, now=now, facts=facts)


def requests_for(session: Session, organisation_id: int) -> tuple[RequestView, ...]:
    """Who waits for an answer of the owners."""
    return _requests(session, JoinRequest.organisation_id == organisation_id)


def requests_by(session: Session, person_id: int | None) -> tuple[RequestView, ...]:
    """What a person asked and got no answer to yet."""
    return _requests(session, JoinRequest.person_id == person_id)


def _requests(session: Session, which: object) -> tuple[RequestView, ...]:
    rows = session.execute(
        select(JoinRequest, Person, Organisation)
        .join(Person, Person.id == JoinRequest.person_id)
        .join(Organisation, Organisation.id == JoinRequest.organisation_id)
        .where(which, JoinRequest.answered_at.is_(None)).order_by(JoinRequest.id)  # type: ignore[arg-type]
    )  # fmt: skip
    return tuple(
        RequestView(request.id, person.id, person.name, person.email, body.id, body.name, request.asked_at)
        for request, person, body in rows
    )


def _managed(session: Session, actor: Actor, organisation_id: int, person_id: int) -> Membership:
    """A membership of the organisation, for one of its owners."""
    require(actor, Action.MANAGE_ORGANISATION, relation_to(session, actor, organisation_id))
    return _membership(session, organisation_id, person_id)


def _membership(session: Session, organisation_id: int, person_id: int) -> Membership:
    _lock(session, organisation_id)
    found = session.scalar(
        select(Membership).where(Membership.organisation_id == organisation_id, Membership.person_id == person_id)
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if found is None:
        raise NotThere
    return found


def _lock(session: Session, organisation_id: int) -> None:
    """One change of the members at a time: two owners who leave at once must not both be let go."""
    session.get_one(Organisation, organisation_id, with_for_update=True)


def _keep_an_owner(session: Session, membership: Membership, becomes: MemberRole | None) -> None:
    if membership.role != MemberRole.OWNER or becomes is MemberRole.OWNER:
        return
    others = select(Membership.id).where(
        Membership.organisation_id == membership.organisation_id, Membership.role == MemberRole.OWNER,
        Membership.id != membership.id,
    )  # fmt: skip
    if session.scalar(others.limit(1)) is None:
        raise Problem("last-owner")


def _write_down(
    session: Session, membership: Membership, event: Event, actor: Actor, now: datetime, facts: dict[str, str]
) -> None:
    organisation = session.get_one(Organisation, membership.organisation_id)
    record(session, organisation, event, actor=actor, now=now, facts={"person": membership.person_id, **facts})
