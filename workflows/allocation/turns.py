"""What an application that was not paid met when the ranking came to it."""

from collections.abc import Sequence
from dataclasses import dataclass

from workflows.allocation.gates import Gate, tightest


@dataclass(slots=True)
class Turn:
    """The first cause of a refusal; amounts in cents. `least` is what it needed, `fitting` what there was room for."""

    cause: str
    gate: str | None
    least: int
    short_by: int | None
    blocked_by: str | None
    fitting: int

    @classmethod
    def short(cls, gates: Sequence[Gate], least: int, room: int) -> "Turn":
        """No money: of the gates with too little a closed one is named before the one with the least room."""
        if not gates:
            return cls("envelope-short", None, least, least, None, 0)
        tight = gates[0]
        for gate in gates:
            if gate.closed_by is not None:
                return cls("envelope-closed", gate.name, least, None, gate.closed_by, max(0, room))
            if gate.room < tight.room:
                tight = gate
        return cls("envelope-short", tight.name, least, least - tight.room, None, room)

    @classmethod
    def limited(cls, cents: Sequence[Gate], numbers: Sequence[Gate], least: int, room: int) -> "Turn":
        """Refused by a limit, whatever money there was: no award left, or too few cents."""
        full = next((gate for gate in numbers if gate.room < 1), None)
        if full is not None:
            return cls("limit", full.name, least, None, None, 0)
        gate = tightest(cents)
        return cls("limit", gate.name, least, least - gate.room, None, min(room, gate.room))
