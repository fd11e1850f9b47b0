"""Tables for the public: computed from the rows, never typed. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflows.calls.terms import Envelope, EnvelopePolicy, Terms


@dataclass(frozen=True)
class AwardRow:
    """One award. Amounts in cents; `groups` are the zone code in lower case and the applicant type."""

    reference: str
    organisation: str
    project: str
    summary: str
    zone: str
    requested: int
    awarded: int
    groups: frozenset[str]


@dataclass(frozen=True)
class Share:
    """What was used of a part of the money. `name` by language; in cents."""

    name: Mapping[str, str]
    amount: int
    used: int

    @property
    def left(self) -> int:
        return self.amount - self.used


@dataclass(frozen=True)
class Difference:
    """A total somebody published, beside the computed one."""

    published: int
    computed: int
    source: Mapping[str, str]

    @property
    def cents(self) -> int:
        return self.computed - self.published


OTHERS = {"nl": "Andere zones", "fr": "Autres zones", "en": "Other zones"}


def shares(terms: Terms, rows: Sequence[AwardRow]) -> tuple[Share, ...]:
    """Each envelope with what its members received, and for an earmark what it leaves for the others."""
    found: list[Share] = []
    for envelope in terms.envelopes:
        found.append(Share(envelope.name.texts(), envelope.amount_cents, _used(envelope, rows)))
        total = _enclosing(terms, envelope)
        if total is not None:
            used = _used(total, rows) - _used(envelope, rows)
            found.append(Share(OTHERS, total.amount_cents - envelope.amount_cents, used))
    return tuple(found)


def difference(terms: Terms, rows: Sequence[AwardRow]) -> Difference | None:
    """The published total beside the computed one, where they differ."""
    if terms.published_figure is None:
        return None
    computed = sum(row.awarded for row in rows)
    found = Difference(terms.published_figure.total_cents, computed, terms.published_figure.source.texts())
    return found if found.cents else None


def _used(envelope: Envelope, rows: Sequence[AwardRow]) -> int:
    return sum(row.awarded for row in rows if "*" in envelope.groups or row.groups & set(envelope.groups))


def _enclosing(terms: Terms, envelope: Envelope) -> Envelope | None:
    """The general envelope around an earmark; None for one that stands by itself."""
    if envelope.policy is EnvelopePolicy.CEILING or "*" in envelope.groups:
        return None
    return next((other for other in terms.envelopes if "*" in other.groups), None)
