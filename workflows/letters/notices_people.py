"""To whom notices about accounts, organisations and members go. What the programme itself enters is told to nobody."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.history import HistoryEntry
from workflows.letters.recipients import Recipient, Recipients, owner_of_the_link
from workflows.letters.rules import NoticeKind
from workflows.people.tables import Invitation, Link, Membership, Organisation, Person
from workflows.permissions import MemberRole, Role

PLACES: dict[str, Mapping[str, str]] = {
    MemberRole.OWNER: {"nl": "beheerder", "fr": "gestionnaire", "en": "owner"},
    MemberRole.EDITOR: {"nl": "redacteur", "fr": "rédacteur ou rédactrice", "en": "editor"},
    MemberRole.READER: {"nl": "lezer", "fr": "lecteur ou lectrice", "en": "reader"},
    Role.JUROR: {"nl": "jurylid", "fr": "membre du jury", "en": "juror"},
    Role.EXPERT: {"nl": "deskundige", "fr": "expert ou experte", "en": "expert"},
    Role.ADMINISTRATOR: {"nl": "administrator", "fr": "administrateur ou administratrice", "en": "administrator"},
}
"""What a place is called in a mail."""


THE_OFFICE = {"nl": "de administratie", "fr": "l’administration", "en": "the administration"}


def the_person(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """The person whose account it is."""
    person = session.get_one(Person, _id(entry))
    return [_to(person, "/password-forgotten")]


def the_old_address(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """The address that was replaced: its owner must know, should it not have been their doing."""
    link = session.get_one(Link, entry.facts["link"])
    person = session.get_one(Person, link.person_id)
    return [Recipient(person.name, link.replaces, person.language, facts={"address": _hidden(link.address)})]


def the_invited(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """The address to which a place is offered."""
    invitation = session.get_one(Invitation, entry.facts["invitation"])
    link = session.get_one(Link, invitation.link_id)
    if invitation.organisation_id is None:
        host: str | Mapping[str, str] = THE_OFFICE
    else:
        host = session.get_one(Organisation, invitation.organisation_id).name
    facts = {
        "by": session.get_one(Person, invitation.invited_by).name, "organisation": host,
        "place": PLACES[entry.facts["role"]], "until": link.expires_at,
    }  # fmt: skip
    return [Recipient(link.address, link.address, invitation.language, link_id=link.id, facts=facts)]


def the_inviter(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """Whoever offered a place that was taken."""
    invitation = session.get_one(Invitation, entry.facts["invitation"])
    accepted = session.get_one(Person, entry.facts["person"])
    path = _page(invitation.organisation_id) if invitation.organisation_id else "/administration/people"
    place = PLACES[invitation.member_role or invitation.role or MemberRole.READER]
    inviter = session.get_one(Person, invitation.invited_by)
    return [_to(inviter, path, {"person": accepted.name, "place": place})]


def the_owners(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """The owners of an organisation, about something that somebody (not the programme itself) did."""
    if entry.actor_id is None:
        return []
    organisation = session.get_one(Organisation, _id(entry))
    owners = session.scalars(
        select(Person).join(Membership, Membership.person_id == Person.id)
        .where(Membership.organisation_id == organisation.id, Membership.role == MemberRole.OWNER)
        .order_by(Person.id)
    )  # fmt: skip
    facts = {"organisation": organisation.name, "by": entry.actor, "reason": entry.reason}
    return [_to(owner, _page(organisation.id), facts) for owner in owners]


def the_owners_of_a_replaced_account(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """The owners, where another account number takes the place of one: a first one surprises nobody."""
    return the_owners(session, entry) if entry.facts.get("replaces") else []


def the_member(session: Session, entry: HistoryEntry) -> Iterable[Recipient]:
    """The member, or whoever asked to be one, that the owners decided about."""
    person = session.get_one(Person, entry.facts["person"])
    organisation = session.get_one(Organisation, _id(entry))
    role = entry.facts.get("to") or entry.facts.get("role")
    answer = ANSWERS[role is not None]
    facts = {
        "organisation": organisation.name, "by": entry.actor, "answer": answer,
        "place": PLACES[role] if role else "",
    }  # fmt: skip
    return [_to(person, _page(organisation.id) if role else "/applications/", facts)]


ANSWERS: dict[bool, Mapping[str, str]] = {
    True: {
        "nl": "U hoort er nu bij.", "fr": "Vous en faites désormais partie.", "en": "You are a member now.",
    },
    False: {
        "nl": "Uw vraag werd niet aanvaard. Denkt u aan een vergissing? Spreek iemand van de organisatie aan.",
        "fr": "Votre demande n’a pas été acceptée. Si vous pensez à une erreur, adressez-vous à l’organisation.",
        "en": "Your request was not accepted. Speak to somebody of the organisation if you think this is a mistake.",
    },
}  # fmt: skip
"""What is said to somebody who asked to join."""


def _to(person: Person, path: str, facts: Mapping[str, object] | None = None) -> Recipient:
    return Recipient(person.name, person.email, person.language, path, facts=facts or {})


def _page(organisation_id: int) -> str:
    return f"/applications/organisations/{organisation_id}"


def _id(entry: HistoryEntry) -> int:
    return int(entry.subject.split(":", 1)[1])


def _hidden(address: str) -> str:
    """Enough of an address to be recognised by who knows it: `m…@example.org`."""
    name, domain = address.rsplit("@", 1)
    return f"{name[:1]}…@{domain}"


RECIPIENTS_OF_PEOPLE: dict[NoticeKind, Recipients] = {
    NoticeKind.REGISTERED_ALREADY: the_person,
    NoticeKind.NEW_PASSWORD: owner_of_the_link,
    NoticeKind.PASSWORD_CHANGED: the_person,
    NoticeKind.NEW_ADDRESS: owner_of_the_link,
    NoticeKind.ADDRESS_CHANGED: the_old_address,
    NoticeKind.INVITATION: the_invited,
    NoticeKind.INVITATION_ACCEPTED: the_inviter,
    NoticeKind.JOIN_ASKED: the_owners,
    NoticeKind.JOIN_ANSWERED: the_member,
    NoticeKind.MEMBER_REMOVED: the_member,
    NoticeKind.MEMBER_CHANGED: the_member,
    NoticeKind.ACCOUNT_CHANGED: the_owners_of_a_replaced_account,
    NoticeKind.ACCOUNT_CONFIRMED: the_owners,
    NoticeKind.ACCOUNT_REFUSED: the_owners,
    NoticeKind.ACCREDITATION_CONFIRMED: the_owners,
    NoticeKind.ACCREDITATION_REFUSED: the_owners,
}
