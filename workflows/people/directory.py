"""The office's list of organisations: found by name, number or town, with what waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from workflows.people.rules import AccreditationState
from workflows.people.tables import Accreditation, BankAccount, Organisation

_PLAIN = str.maketrans({"!": "!!", "%": "!%", "_": "!_"})
"""The signs that stand for others in a search, made to stand for themselves."""


@dataclass(frozen=True)
class ListedOrganisation:
    """An organisation as it stands in the office's list, with what waits there."""

    id: int
    name: str
    enterprise_number: str
    city: str
    accreditation_waits: bool
    account_waits: bool


def found(session: Session, wanted: str, *, waiting: bool = False, limit: int = 100) -> list[ListedOrganisation]:
    """Organisations whose name, number or town has these words in it; only those the office owes an answer, if asked.

    `limit` is the most that are given back.
    """
    accreditation = exists().where(
        Accreditation.organisation_id == Organisation.id, Accreditation.status == AccreditationState.STATED
    )
    account = exists().where(BankAccount.id == _standing_account(), BankAccount.confirmed_at.is_(None),
        BankAccount.certificate.is_not(None))  # fmt: skip
    statement = select(Organisation, accreditation, account).order_by(func.lower(Organisation.name), Organisation.id)
    for word in wanted.split():
        statement = statement.where(or_(*_matches(word)))
    if waiting:
        statement = statement.where(or_(accreditation, account))
    return [
        ListedOrganisation(one.id, one.name, one.enterprise_number, one.city, bool(stated), bool(given))
        for one, stated, given in session.execute(statement.limit(limit))
    ]


def _standing_account() -> ScalarSelect[int]:
    """The id of the account of an organisation that stands: the newest that was not refused."""
    newest = aliased(BankAccount)
    return (
        select(func.max(newest.id))
        .where(newest.organisation_id == Organisation.id, newest.refused_at.is_(None))
        .correlate(Organisation).scalar_subquery()
    )  # fmt: skip


def _matches(word: str) -> Sequence[ColumnElement[bool]]:
    """Where a word may stand. Each way of writing it is tried: SQLite knows no capitals but those of ASCII."""
    ways = {f"%{way.translate(_PLAIN)}%" for way in (word.lower(), word.upper(), word.title())}
    columns = (Organisation.name, Organisation.city)
    digits = "".join(sign for sign in word if sign.isdigit())
    found: list[ColumnElement[bool]] = [column.ilike(way, escape="!") for column in columns for way in sorted(ways)]
    return [*found, Organisation.enterprise_number.like(f"%{digits}%")] if len(digits) > 2 else found
