"""How envelopes lie in one another, and the money each application may be paid from.

`ceiling` bounds what its members get. The other three policies set money apart inside the smallest enclosing
envelope and turn it into a *pool*: one source of money per earmark plus the general rest, each source with
those it may pay. `pot`: members only from it, others never. `reserved`: members from it first, then like
anyone from the rest. `priority`: as reserved, but its list is walked first on its own money and what that
leaves is released (rules.py). Source of the four meanings: allocation.md, sections 1 and 13. An envelope
encloses another when its members, pass mark or not, include all of the other's; for an envelope nobody
belongs to, when its groups do.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workflows.allocation.model import EVERYONE, Envelope, InputRefused

Reach = tuple[int, ...]  # the sources of one pool that may pay an application, most specific first


@dataclass(slots=True)
class Source:
    """Money in cents of one envelope that no envelope inside it has set apart."""

    envelope: int
    cap: int
    left: int
    level: int  # how many priority envelopes it lies in: those lists are walked first, the innermost before all
    priority: bool
    upward: int | None  # the source it is released to
    closed_by: str | None = None
    passed: int | None = None  # best rank refused for lack of this money


@dataclass(frozen=True)
class Withheld:
    """Where earmarks promise more than encloses them: those in `inside` but not in `earmark` get at most `room`."""

    inside: int
    earmark: int
    room: int


class Chart:
    """The envelopes of a call, in the order of their ids, and who belongs to which as bits of a mask."""

    def __init__(self, envelopes: Sequence[Envelope], carried: Iterable[frozenset[str]]) -> None:
        self.envelopes = sorted(envelopes, key=lambda envelope: envelope.id)
        self._bits: dict[str, int] = {}
        for index, envelope in enumerate(self.envelopes):
            for group in envelope.groups:
                self._bits[group] = self._bits.get(group, 0) | 1 << index
        self._masks: dict[frozenset[str], int] = {}
        masks = Counter(map(self.mask, carried))
        self.sizes = [
            (sum(count for mask, count in masks.items() if mask >> index & 1), EVERYONE in envelope.groups,
             len(set(envelope.groups)), envelope.amount, envelope.id)
            for index, envelope in enumerate(self.envelopes)
        ]  # fmt: skip
        self.parents = self._parents(masks)
        self._refuse_homeless(envelopes)
        self.amounts, self.withheld = self._amounts()
        self.pools = self._pools()

    def mask(self, groups: frozenset[str]) -> int:
        """The envelopes an application with these groups belongs to, bit i for envelope i."""
        known = self._masks.get(groups)
        if known is None:
            known = self._bits.get(EVERYONE, 0)
            for group in groups:
                known |= self._bits.get(group, 0)
            self._masks[groups] = known
        return known

    def members_of(self, mask: int) -> list[int]:
        return [index for index in range(len(self.envelopes)) if mask >> index & 1]

    def earmarked(self, index: int) -> bool:
        return self.envelopes[index].policy != "ceiling"

    def children(self, index: int) -> list[int]:
        """The earmarks directly inside an envelope."""
        return [child for child, parent in enumerate(self.parents) if parent == index and self.earmarked(child)]

    def depth(self, index: int) -> int:
        """How many envelopes lie around an envelope."""
        parent = self.parents[index]
        return 0 if parent is None else 1 + self.depth(parent)

    def ancestry(self, index: int) -> list[int]:
        """The envelope, then the earmarks it lies in, up to and including the first ceiling."""
        line = [index]
        while self.earmarked(line[-1]) and (parent := self.parents[line[-1]]) is not None:
            line.append(parent)
        return line

    def _parents(self, masks: Iterable[int]) -> list[int | None]:
        everything = (1 << len(self.envelopes)) - 1
        around = [everything] * len(self.envelopes)
        lived_in = 0
        for mask in masks:
            lived_in |= mask
            for index in self.members_of(mask):
                around[index] &= mask
        for index, envelope in enumerate(self.envelopes):
            if not lived_in >> index & 1:
                around[index] = sum(
                    1 << other
                    for other, outer in enumerate(self.envelopes)
                    if EVERYONE in outer.groups or set(envelope.groups) <= set(outer.groups)
                )
        return [
            min(
                (other for other in self.members_of(around[index]) if self.sizes[other] > self.sizes[index]),
                key=lambda other: self.sizes[other],
                default=None,
            )
            for index in range(len(self.envelopes))
        ]

    def _refuse_homeless(self, given: Sequence[Envelope]) -> None:
        homeless = {
            envelope.id
            for envelope, parent in zip(self.envelopes, self.parents, strict=True)
            if parent is None and envelope.policy in ("reserved", "priority")
        }
        for place, envelope in enumerate(given):
            if envelope.id in homeless:
                raise InputRefused(
                    f"envelopes[{place}].policy",
                    f"{envelope.policy} needs an envelope that encloses {envelope.id}: none has all its members",
                )

    def _amounts(self) -> tuple[list[int], list[Withheld]]:
        """Cents truly there for each earmark, and the withholdings where earmarks promise more than there is."""
        amounts = [envelope.amount for envelope in self.envelopes]
        withheld = []
        for index in sorted(range(len(amounts)), key=self.depth):
            rest = amounts[index]
            inside = self.children(index)
            if sum(amounts[child] for child in inside) > rest:
                withheld += [
                    Withheld(index, child, max(0, rest - amounts[child]))
                    for child in inside
                    if self.envelopes[child].policy in ("reserved", "pot")
                ]
            for child in inside:
                amounts[child] = min(amounts[child], rest)
                rest -= amounts[child]
        return amounts, withheld

    def _pools(self) -> list[list[Source]]:
        """One pool per ceiling with earmarks inside it, and one for the pots that lie in no envelope."""
        roots: dict[int | None, list[int]] = {}
        for index in sorted(range(len(self.envelopes)), key=self.depth, reverse=True):
            top = self.ancestry(index)[-1]
            if self.earmarked(index) or self.children(index):
                roots.setdefault(None if self.earmarked(top) else top, []).append(index)
        return [self._sources(roots[root]) for root in sorted(roots, key=lambda root: (root is not None, root or 0))]

    def _sources(self, members: list[int]) -> list[Source]:
        sources = []
        for index in members:
            free = self.amounts[index] - sum(self.amounts[child] for child in self.children(index))
            line = self.ancestry(index)
            upward = members.index(line[1]) if len(line) > 1 else None
            policies = [self.envelopes[step].policy for step in line]
            level = policies.count("priority")
            sources.append(Source(index, free, free, level, policies[0] == "priority", upward))
        return sources

    def reach(self, sources: Sequence[Source], mask: int) -> Reach:
        """The sources that may pay an application: a pot shuts out every source that does not lie in it."""
        own = [place for place, source in enumerate(sources) if mask >> source.envelope & 1]
        lines = {place: set(self.ancestry(sources[place].envelope)) for place in own}
        inside = {sources[place].envelope for place in own}
        pots = {index for index in inside if self.envelopes[index].policy == "pot"}
        innermost = {pot for pot in pots if not any(other != pot and pot in self.ancestry(other) for other in pots)}
        return tuple(place for place in own if not innermost or lines[place] & innermost)

    def is_chain(self, sources: Sequence[Source], reach: Reach) -> bool:
        """Whether each source lies in the next: then paying the most specific first is exact."""
        inside = [self.ancestry(sources[place].envelope) for place in reach]
        return all(sources[outer].envelope in line for line, outer in zip(inside, reach[1:], strict=False))
