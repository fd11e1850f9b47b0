"""What would be decided under other terms: a changed setting, and who gains and loses by it. Pure; decides nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows.allocation.model import Result
from workflows.calls.terms import Envelope, Terms

WHOLE = 100


@dataclass(frozen=True)
class Setting:
    """What is changed: per cent more or less of every envelope, cents of some, the pass mark (1/100 point), the rule.

    The amounts are those before the per cent; what is None or not named stands as in the terms.
    """

    percent: int = 0
    amounts: Mapping[str, int] = field(default_factory=dict)
    pass_mark: int | None = None
    rule: str | None = None

    def of(self, terms: Terms) -> Terms:
        """The terms with this change. A per cent is rounded down to the cent: never more than there is."""
        mark, rule = self.pass_mark, self.rule
        return terms.model_copy(update={
            "envelopes": tuple(self._envelope(one) for one in terms.envelopes),
            "scoring": terms.scoring if mark is None else terms.scoring.model_copy(
                update={"pass_mark_hundredths": mark}
            ),
            "allocation": terms.allocation if rule is None else terms.allocation.model_copy(update={"rule": rule}),
        })  # fmt: skip

    def to_data(self) -> dict[str, Any]:
        """The setting as it is kept."""
        return {"percent": self.percent, "amounts": dict(self.amounts), "pass_mark": self.pass_mark, "rule": self.rule}

    @classmethod
    def of_data(cls, kept: Mapping[str, Any]) -> "Setting":
        """What `to_data` wrote."""
        return cls(kept["percent"], kept["amounts"], kept["pass_mark"], kept["rule"])

    def _envelope(self, one: Envelope) -> Envelope:
        cents = self.amounts.get(one.id, one.amount_cents) * (WHOLE + self.percent) // WHOLE
        return one.model_copy(update={"amount_cents": cents})


@dataclass(frozen=True)
class Moved:
    """Who gets an award they did not get, who loses theirs, and whose award is another amount; cents more in all."""

    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    other: tuple[str, ...]
    cents: int


def moved(before: Result, after: Result) -> Moved:
    """What differs between two allocations of the same files, by file number."""
    old, new = ({id: cents for id, cents in one.awards.items() if cents} for one in (before, after))
    both = old.keys() & new.keys()
    return Moved(
        tuple(sorted(new.keys() - both)), tuple(sorted(old.keys() - both)),
        tuple(sorted(id for id in both if old[id] != new[id])), sum(new.values()) - sum(old.values()),
    )  # fmt: skip
