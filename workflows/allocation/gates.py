"""A gate is room an application must find, in cents or in awards, with the history of that room down the ranking."""

from collections.abc import Sequence

from workflows.allocation.envelopes import Reach
from workflows.allocation.pools import Pool

BEFORE_ALL = -1  # the position of what happened before the ranking was walked


class Gate:
    """Room in cents (or in awards) an application must find, and where in the ranking it became less.

    `rooms` holds the room after each change, negated so that it ascends; `positions` where the change
    happened. `short_from` is the first position at which it had too little.
    """

    __slots__ = ("closed_by", "left", "name", "passed", "positions", "room", "rooms", "short_from")

    def __init__(self, name: str, left: int) -> None:
        self.name = name
        self.left = left
        self.room = left
        self.rooms = [-left]
        self.positions = [BEFORE_ALL]
        self.closed_by: str | None = None
        self.passed: int | None = None
        self.short_from: int | None = None

    def take(self, amount: int, position: int) -> int | None:
        """Book an award; the best rank this overtakes, if any."""
        self.left -= amount
        self.room -= amount
        self.rooms.append(-self.room)
        self.positions.append(position)
        return self.passed

    def release(self, amount: int) -> None:
        """Only a pool has money to release."""

    def close(self, by: str, position: int) -> None:
        if self.closed_by is None:
            self.closed_by = by
            self.short_from = position
            self.room = 0
            self.rooms.append(0)
            self.positions.append(position)

    def pass_over(self, position: int) -> None:
        """Remember the best rank refused here: whoever is paid from this later overtakes it."""
        if self.passed is None:
            self.passed = self.short_from = position

    def own_money(self) -> int:
        """The cents of the envelope this gate is named after that are still there."""
        return self.room


class PoolGate(Gate):
    """The room a pool has for one kind of application; a booking changes the room of every kind of the pool."""

    __slots__ = ("closed_at", "kind", "pool", "siblings")

    def __init__(self, name: str, pool: Pool, kind: Reach, siblings: "list[PoolGate]") -> None:
        super().__init__(name, pool.room(kind))
        self.pool = pool
        self.kind = kind
        self.siblings = siblings
        self.closed_at: int | None = None

    def take(self, amount: int, position: int) -> int | None:
        touched = self.pool.pay(self.kind, amount)
        self._refresh(position)
        return min((source.passed for source in touched if source.passed is not None), default=None)

    def release(self, amount: int) -> None:
        """Find `amount` in cents for a fixed award, if need be in priority money: it may have been released to it."""
        if self.room < amount:
            self.pool.release_to(self.kind, amount)
            self._refresh(BEFORE_ALL)

    def close(self, by: str, position: int) -> None:
        self.pool.close(self.kind, by)
        self._refresh(position)

    def pass_over(self, position: int) -> None:
        self.short_from = position
        for place in self.pool.open_to(self.kind):
            source = self.pool.sources[place]
            if source.passed is None:
                source.passed = position

    def own_money(self) -> int:
        return self.pool.sources[self.pool.open_to(self.kind)[-1]].left

    def _refresh(self, position: int) -> None:
        for gate in self.siblings:
            room = gate.pool.room(gate.kind)
            gate.closed_by = gate.pool.closed_by(gate.kind)
            if gate.closed_at is None and gate.pool.all_closed(gate.kind):
                gate.closed_at = position
            if room != gate.room:
                gate.room = room
                gate.rooms.append(-room)
                gate.positions.append(position)


class Way:
    """What stands between an application and an award on one page: its envelopes, its limits in cents and in awards.

    `walked`: whether the application stands in the list the page walks.
    """

    __slots__ = ("cents", "gates", "limited", "money", "numbers", "walked")

    def __init__(
        self, gates: tuple[Gate, ...], cents: tuple[Gate, ...], numbers: tuple[Gate, ...], walked: bool
    ) -> None:
        self.gates = gates
        self.cents = cents
        self.numbers = numbers
        self.money = (*gates, *cents)
        self.limited = bool(cents or numbers)
        self.walked = walked

    def closed_at(self) -> int | None:
        """The place in the ranking at which the last money of the list being walked was closed; None while some is
        open."""
        closings = [gate.closed_at for gate in self.gates if isinstance(gate, PoolGate)]
        return None if None in closings else max((place for place in closings if place is not None), default=None)


def tightest(gates: Sequence[Gate]) -> Gate:
    """The gate with the least room, the first of equal ones."""
    return min(gates, key=lambda gate: gate.room)
