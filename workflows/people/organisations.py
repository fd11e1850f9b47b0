"""What an organisation says of itself after it was founded, and what the office makes of its accreditation."""

from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.history import record
from workflows.lifecycle import Event
from workflows.people import queries, rules
from workflows.people.rules import AccreditationState
from workflows.people.tables import Accreditation, Organisation
from workflows.permissions import Action, Actor, MemberRole, Relation, require
from workflows.problems import NotThere, Problem


@dataclass(frozen=True)
class AccreditationView:
    """A period of accreditation, days inclusive, with what the office found."""

    id: int
    starts: date
    ends: date | None
    state: AccreditationState
    stated_at: datetime
    reason: str


@dataclass(frozen=True)
class Particulars:
    """Everything an organisation may change of itself; its enterprise number is what it is known by, and stays."""

    name: str
    legal_form: str
    street: str
    postal_code: str
    city: str
    website: str
    contact_name: str
    contact_email: str
    contact_phone: str
    signatory_name: str
    signatory_function: str


def change_organisation(
    session: Session, actor: Actor, organisation_id: int, new: Particulars, seen_version: int, *, now: datetime
) -> None:
    """Keep what an organisation says of itself; what it submitted before keeps the words of its day.

    Raises NotThere for who may not write for it, Problem `organisation-changed-elsewhere` where `seen_version` is
    not the version that stands now, and the problems of `rules` on what is malformed.
    """
    require(actor, Action.EDIT_ORGANISATION, relation_to(session, actor, organisation_id))
    organisation = session.get_one(Organisation, organisation_id, with_for_update=True)
    if organisation.row_version != seen_version:
        raise Problem("organisation-changed-elsewhere")
    given = _tidy(new)
    changed = {name: value for name, value in given.items() if getattr(organisation, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(organisation, name, value)
    record(
        session, organisation, Event.CHANGE_ORGANISATION, actor=actor, now=now, facts={"changed": sorted(changed)}
    )  # fmt: skip


def _tidy(new: Particulars) -> dict[str, str]:
    """The particulars in their normal form, by name."""
    given = {field.name: getattr(new, field.name).strip() for field in fields(new)}
    for name in ("name", "legal_form"):
        if not given[name]:
            raise Problem("organisation-nameless", field=name)
    for name, rule in _RULES.items():
        if given[name]:
            given[name] = rule(given[name])
    return given


def _contact_email(typed: str) -> str:
    try:
        return rules.email(typed)
    except Problem as problem:
        raise Problem(problem.code, field="contact_email", **problem.reason.facts) from None


_RULES = {
    "postal_code": rules.postal_code,
    "website": rules.website,
    "contact_email": _contact_email,
    "contact_phone": rules.phone,
}


def state_accreditation(
    session: Session, actor: Actor, organisation_id: int, starts: date, ends: date | None, *, now: datetime
) -> int:
    """State a period of accreditation (days inclusive) for the office to confirm; returns its id.

    One the office has not judged yet is replaced: it is one statement, made better. Raises Problem
    `accreditation-backwards` or `accreditation-known`.
    """
    require(actor, Action.EDIT_ORGANISATION, relation_to(session, actor, organisation_id))
    rules.acceptable_period(starts, ends)
    known = accreditations(session, organisation_id)
    if any((one.starts, one.ends) == (starts, ends) and one.state is not AccreditationState.REFUSED for one in known):
        raise Problem("accreditation-known", field="starts")
    waiting = next((one.id for one in known if one.state is AccreditationState.STATED), None)
    accreditation = session.get_one(Accreditation, waiting) if waiting else Accreditation(stated_at=now)
    accreditation.organisation_id, accreditation.starts, accreditation.ends = organisation_id, starts, ends
    accreditation.stated_at = now
    session.add(accreditation)
    session.flush()
    _write_down(session, accreditation, Event.STATE_ACCREDITATION, actor, now)
    return accreditation.id


def confirm_accreditation(
    session: Session, actor: Actor, accreditation_id: int, starts: date, ends: date | None, *, now: datetime
) -> None:
    """Confirm a stated accreditation for these days, corrected where the office found others.

    Raises NotThere, Problem `accreditation-backwards` or `accreditation-judged`.
    """
    accreditation = _stated(session, actor, accreditation_id)
    rules.acceptable_period(starts, ends)
    accreditation.starts, accreditation.ends = starts, ends
    accreditation.status = AccreditationState.CONFIRMED
    accreditation.judged_at, accreditation.judged_by = now, actor.person_id
    _write_down(session, accreditation, Event.CONFIRM_ACCREDITATION, actor, now)


def refuse_accreditation(session: Session, actor: Actor, accreditation_id: int, reason: str, *, now: datetime) -> None:
    """Say that an accreditation does not exist, and why. Raises NotThere, Problem `reason-needed`."""
    accreditation = _stated(session, actor, accreditation_id)
    if not reason.strip():
        raise Problem("reason-needed", field="reason")
    accreditation.status, accreditation.reason = AccreditationState.REFUSED, reason.strip()
    accreditation.judged_at, accreditation.judged_by = now, actor.person_id
    _write_down(session, accreditation, Event.REFUSE_ACCREDITATION, actor, now, reason.strip())


def accreditation(session: Session, accreditation_id: int) -> tuple[AccreditationView, int]:
    """One accreditation, with the id of its organisation. Raises NotThere."""
    found = session.get(Accreditation, accreditation_id)
    if found is None:
        raise NotThere
    return _accreditation_view(found), found.organisation_id


def accreditations(session: Session, organisation_id: int) -> tuple[AccreditationView, ...]:
    """Every accreditation an organisation stated, the newest period first."""
    rows = session.scalars(
        select(Accreditation).where(Accreditation.organisation_id == organisation_id)
        .order_by(Accreditation.starts.desc(), Accreditation.id.desc())
    )  # fmt: skip
    return tuple(_accreditation_view(one) for one in rows)


def _accreditation_view(one: Accreditation) -> AccreditationView:
    return AccreditationView(
        one.id, one.starts, one.ends, AccreditationState(one.status), one.stated_at, one.reason
    )  # fmt: skip


def relation_to(session: Session, actor: Actor, organisation_id: int) -> Relation:
    """What the actor is to an organisation: a member of it, and therefore nobody of the office to it."""
    role: MemberRole | None = queries.member_role(session, actor.person_id, organisation_id)
    return Relation(member=role, conflicted=role is not None)


def _stated(session: Session, actor: Actor, accreditation_id: int) -> Accreditation:
    """A statement the office has not judged yet, for somebody of the office who is not of the organisation."""
    require(actor, Action.CHECK_ORGANISATION)
    accreditation = session.get(Accreditation, accreditation_id, with_for_update=True)
    if accreditation is None:
        raise NotThere
    require(actor, Action.CHECK_ORGANISATION, relation_to(session, actor, accreditation.organisation_id))
    if accreditation.status != AccreditationState.STATED:
        raise Problem("accreditation-judged")
    return accreditation


def _write_down(
    session: Session, accreditation: Accreditation, event: Event, actor: Actor, now: datetime, reason: str = ""
) -> None:
    facts = {"starts": accreditation.starts.isoformat(), "ends": accreditation.ends and accreditation.ends.isoformat()}
    organisation = session.get_one(Organisation, accreditation.organisation_id)
    record(session, organisation, event, actor=actor, now=now, reason=reason, facts=facts)
