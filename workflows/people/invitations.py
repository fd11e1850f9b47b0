"""Places offered by mail: in an organisation, or as juror, expert or administrator. The link works once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from workflows.history import record
from workflows.lifecycle import Event
from workflows.people import actions, queries, rules
from workflows.people.actions import NewPerson
from workflows.people.links import Purpose
from workflows.people.membership import admit_member
from workflows.people.organisations import relation_to
from workflows.people.queries import require_confirmed
from workflows.people.tables import Invitation, Link, Organisation, Person
from workflows.permissions import SYSTEM, Action, Actor, MemberRole, Role, may, require
from workflows.problems import NotThere, Problem

TO_ACCEPT = timedelta(days=14)
OPEN_AT_ONCE = 25
"""Invitations of one organisation that may wait for an answer: enough for an association, too few for a spammer."""


@dataclass(frozen=True)
class InvitationView:
    """A place that is offered, and whether the offer still stands."""

    id: int
    address: str
    organisation_id: int | None
    organisation: str
    member_role: MemberRole | None
    role: Role | None
    language: str
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    known: bool
    """Whether somebody has an account with this address."""

    def expired(self, now: datetime) -> bool:
        return now >= self.expires_at


def invite_member(
    session: Session, actor: Actor, organisation_id: int, email: str, role: MemberRole, language: str, *, now: datetime
) -> int:
    """Offer a place in an organisation to an address; an offer that waits there is replaced. Returns its id.

    Raises NotThere for who is not an owner, Problem `address-unconfirmed`, `email-wrong`, `already-member` or
    `invitations-too-many`.
    """
    require(actor, Action.MANAGE_ORGANISATION, relation_to(session, actor, organisation_id))
    require_confirmed(session, actor)
    address = rules.email(email)
    organisation = session.get_one(Organisation, organisation_id, with_for_update=True)
    person = queries.person_by_email(session, address)
    if person is not None and queries.member_role(session, person.id, organisation_id) is not None:
        raise Problem("already-member", field="email", organisation=organisation.name)
    waiting = _waiting(session, _of_organisation(organisation_id), address)
    if len(of_organisation(session, organisation_id)) - len(waiting) >= OPEN_AT_ONCE:
        raise Problem("invitations-too-many", field="email", most=OPEN_AT_ONCE)
    return _offer(session, actor, address, language, waiting, now, organisation=organisation, member_role=role)


def invite_to_role(session: Session, actor: Actor, email: str, role: Role, language: str, *, now: datetime) -> int:
    """Offer a role in the programme to an address; returns the id of the invitation.

    Raises NotThere for who may not, Problem `email-wrong`, or `role-held` where its owner has the role.
    """
    require(actor, Action.GIVE_ROLE)
    address = rules.email(email)
    person = queries.person_by_email(session, address)
    if person is not None and role in queries.actor_of(session, person.id).roles:
        raise Problem("role-held", field="email", name=person.name)
    waiting = _waiting(session, _of_programme().where(Invitation.role == role), address)
    return _offer(session, actor, address, language, waiting, now, role=role)


def revoke(session: Session, actor: Actor, invitation_id: int, *, now: datetime) -> None:
    """Take an offer back. Raises NotThere, Problem `invitation-closed` where it was accepted or taken back."""
    invitation = _managed(session, actor, invitation_id)
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        raise Problem("invitation-closed")
    invitation.revoked_at = now
    record(
        session, _subject(session, invitation), Event.REVOKE_INVITATION, actor=actor, now=now,
        facts={"invitation": invitation.id},
    )  # fmt: skip


def of_link(session: Session, token: str, *, now: datetime) -> InvitationView:
    """The offer a link leads to. Raises NotThere, Problem `link-used`, `link-expired` or `invitation-closed`."""
    link = queries.link(session, token, Purpose.JOIN, now=now)
    invitation = _by_link(session, link)
    return _view(session, invitation, link)


def accept(session: Session, actor: Actor, token: str, *, now: datetime) -> InvitationView:
    """Take the place, as the person to whose address it was offered.

    Raises NotThere, the problems of a link, or Problem `invitation-for-another`.
    """
    require(actor, Action.USE_ACCOUNT)
    link = queries.link(session, token, Purpose.JOIN, now=now)
    person = session.get_one(Person, actor.person_id)
    if person.email != link.address:
        raise Problem("invitation-for-another", address=link.address)
    return _accept(session, person, token, now)


def accept_as_new(session: Session, token: str, name: str, password: str, language: str, *, now: datetime) -> int:
    """Open an account with the address of the offer, which its link has proven, and take the place; the person's id.

    Raises NotThere, the problems of a link, `password-…`, or `email-taken` where there is an account by now.
    """
    link = queries.link(session, token, Purpose.JOIN, now=now)
    actor = actions.open_account(session, NewPerson(name, link.address, language, password), now=now)
    person = session.get_one(Person, actor.person_id)
    person.confirmed_at = now
    _accept(session, person, token, now)
    return person.id


def of_organisation(session: Session, organisation_id: int) -> tuple[InvitationView, ...]:
    """The offers of an organisation that nobody accepted or took back, expired ones too."""
    return _views(session, _of_organisation(organisation_id))


def of_programme(session: Session) -> tuple[InvitationView, ...]:
    """The roles that are offered."""
    return _views(session, _of_programme())


def _offer(
    session: Session,
    actor: Actor,
    address: str,
    language: str,
    replaced: list[Invitation],
    now: datetime,
    *,
    organisation: Organisation | None = None,
    member_role: MemberRole | None = None,
    role: Role | None = None,
) -> int:
    for one in replaced:
        one.revoked_at = now
    link = Link(purpose=Purpose.JOIN, address=address, expires_at=now + TO_ACCEPT)
    session.add(link)
    session.flush()
    invitation = Invitation(
        link_id=link.id, organisation_id=organisation.id if organisation else None, member_role=member_role,
        role=role, language=language, invited_by=actor.person_id, invited_at=now,
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    facts = {"invitation": invitation.id, "role": str(member_role or role)}
    record(session, _subject(session, invitation), Event.INVITE, actor=actor, now=now, facts=facts)
    return invitation.id


def _accept(session: Session, person: Person, token: str, now: datetime) -> InvitationView:
    link = actions.use_link(session, token, Purpose.JOIN, now=now)
    invitation = _by_link(session, link)
    _still_offered(session, invitation)
    view = _view(session, invitation, link)
    invitation.accepted_at, invitation.accepted_by = now, person.id
    actor = Actor(person.id, person.name)
    if view.organisation_id is not None and view.member_role is not None:
        admit_member(session, view.organisation_id, person.id, view.member_role)
    if view.role is not None:
        actions.give_role(session, person.id, view.role, actor=SYSTEM, now=now)
    if person.confirmed_at is None:
        person.confirmed_at = now  # the link came to this address
    record(
        session, _subject(session, invitation), Event.ACCEPT_INVITATION, actor=actor, now=now,
        facts={"invitation": invitation.id, "person": person.id},
    )  # fmt: skip
    return view


def _still_offered(session: Session, invitation: Invitation) -> None:
    """An offer is worth what whoever made it may still give. Raises Problem `invitation-closed`."""
    if invitation.organisation_id is not None:
        host = queries.member_role(session, invitation.invited_by, invitation.organisation_id)
        stands = host is MemberRole.OWNER
    else:
        stands = may(queries.actor_of(session, invitation.invited_by), Action.GIVE_ROLE)
    if not stands:
        raise Problem("invitation-closed")


def _subject(session: Session, invitation: Invitation) -> Organisation | Person:
    """Whose history an invitation belongs to: the organisation's, or that of the person who offers a role."""
    if invitation.organisation_id is not None:
        return session.get_one(Organisation, invitation.organisation_id)
    return session.get_one(Person, invitation.invited_by)


def _managed(session: Session, actor: Actor, invitation_id: int) -> Invitation:
    require(actor, Action.USE_ACCOUNT)
    invitation = session.get(Invitation, invitation_id, with_for_update=True)
    if invitation is None:
        raise NotThere
    if invitation.organisation_id is None:
        require(actor, Action.GIVE_ROLE)
    else:
        require(actor, Action.MANAGE_ORGANISATION, relation_to(session, actor, invitation.organisation_id))
    return invitation


def _by_link(session: Session, link: Link) -> Invitation:
    """The invitation of a link. Raises Problem `invitation-closed` once it was taken back."""
    invitation = session.scalars(
        select(Invitation).where(Invitation.link_id == link.id).with_for_update()
    ).one()  # fmt: skip
    if invitation.revoked_at is not None:
        raise Problem("invitation-closed")
    return invitation


def _open() -> Select[Invitation]:
    return select(Invitation).where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))


def _of_organisation(organisation_id: int) -> Select[Invitation]:
    return _open().where(Invitation.organisation_id == organisation_id).order_by(Invitation.id)


def _of_programme() -> Select[Invitation]:
    return _open().where(Invitation.role.is_not(None)).order_by(Invitation.id)


def _waiting(session: Session, statement: Select[Invitation], address: str) -> list[Invitation]:
    return list(session.scalars(statement.join(Link, Link.id == Invitation.link_id).where(Link.address == address)))


def _views(session: Session, statement: Select[Invitation]) -> tuple[InvitationView, ...]:
    return tuple(_view(session, one, session.get_one(Link, one.link_id)) for one in session.scalars(statement))


def _view(session: Session, one: Invitation, link: Link) -> InvitationView:
    organisation = session.get_one(Organisation, one.organisation_id) if one.organisation_id else None
    return InvitationView(
        one.id, link.address, one.organisation_id, organisation.name if organisation else "",
        MemberRole(one.member_role) if one.member_role else None, Role(one.role) if one.role else None,
        one.language, session.get_one(Person, one.invited_by).name, one.invited_at, link.expires_at,
        queries.person_by_email(session, link.address) is not None,
    )  # fmt: skip
