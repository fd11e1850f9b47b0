"""Checks the certificate of an allocation: `python -m workflows.allocation.verify FILE`, or this one file anywhere.

Uses the standard library alone and nothing of the rest of Oproep, on purpose: it is a second opinion, written apart,
and may be copied. FILE is what `oproep allocate` wrote, or the record of a decision. Everything is added up again in
whole numbers; the walk down the ranking is walked again; the bound on an optimum is weak duality: no allocation is
worth more than all money at the stated prices plus what each application brings above what it costs at them, whatever
the prices. Ends with 0 where all holds, 1 where something does not, 2 where FILE is no such file.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

SUMS = "SHA256SUMS"
PRICE = 10**18  # prices are in 1/PRICE units of the objective per cent or per award
Json = dict[str, Any]
Price = dict[tuple[str, str, str], int]


class Call:
    """The inputs: who may be paid how much, from which money."""

    def __init__(self, given: Json) -> None:
        self.given = given
        self.rule: str = given["rule"]
        self.files: dict[str, Json] = {one["id"]: one for one in given["applications"]}
        self.envelopes: dict[str, Json] = {
            one["id"]: one for one in sorted(given["envelopes"], key=lambda one: one["id"])
        }
        self.limits: list[Json] = given.get("limits", [])
        overridden = {one["id"]: one["award"] for one in given.get("overrides", [])}
        self.fixed: dict[str, int] = {**given.get("frozen", {}), **overridden}
        self.members = {id: self._members(set(one["groups"])) for id, one in self.envelopes.items()}
        self.parents = {id: self._parent(id) for id in self.envelopes}
        self.amounts = self._amounts()
        self.sources = [id for id in self.envelopes if self.earmark(id) or self.children(id)]

    def _members(self, groups: set[str]) -> set[str]:
        return {id for id, one in self.files.items() if "*" in groups or groups & set(one["groups"])}

    def _size(self, id: str) -> tuple[int, bool, int, int, str]:
        groups = set(self.envelopes[id]["groups"])
        return len(self.members[id]), "*" in groups, len(groups), self.envelopes[id]["amount"], id

    def _parent(self, id: str) -> str | None:
        """The smallest envelope that holds all members (without any, all groups) of this one."""
        own, groups = self.members[id], set(self.envelopes[id]["groups"])
        around = [
            other
            for other, outer in self.envelopes.items()
            if self._size(other) > self._size(id)
            and (own <= self.members[other] if own else "*" in outer["groups"] or groups <= set(outer["groups"]))
        ]
        return min(around, key=self._size, default=None)

    def earmark(self, id: str) -> bool:
        return str(self.envelopes[id]["policy"]) != "ceiling"

    def priority(self, id: str) -> bool:
        return str(self.envelopes[id]["policy"]) == "priority"

    def children(self, id: str) -> list[str]:
        """The earmarks directly inside an envelope."""
        return [child for child, parent in self.parents.items() if parent == id and self.earmark(child)]

    def line(self, id: str) -> list[str]:
        """The envelope, then the earmarks it lies in, up to and including the first ceiling."""
        line = [id]
        while self.earmark(line[-1]) and (parent := self.parents[line[-1]]) is not None:
            line.append(parent)
        return line

    def _depth(self, id: str) -> int:
        parent = self.parents[id]
        return 0 if parent is None else 1 + self._depth(parent)

    def _amounts(self) -> dict[str, int]:
        """The cents of each envelope, of an earmark no more than what encloses it still holds."""
        amounts = {id: int(one["amount"]) for id, one in self.envelopes.items()}
        for id in sorted(amounts, key=self._depth):
            rest = amounts[id]
            for child in self.children(id):
                amounts[child] = min(amounts[child], rest)
                rest -= amounts[child]
        return amounts

    def free(self, id: str) -> int:
        """The cents of an envelope that no earmark inside it sets apart."""
        return self.amounts[id] - sum(self.amounts[child] for child in self.children(id))

    def home(self, id: str) -> str:
        """The source that the money of this one is released to in the end; itself but for priority."""
        return next((step for step in self.line(id) if not self.priority(step)), id)

    def pool(self, source: str) -> str:
        """The ceiling whose money a source is part of; the pots that lie in none are one pool together."""
        top = self.line(source)[-1]
        return "" if self.earmark(top) else top

    def pools(self, id: str) -> list[list[str]]:
        """For each pool that concerns an application, the sources that may pay it, the most specific first: those of
        its own groups, of which a pot shuts out all that do not lie in it."""
        pools: dict[str, list[str]] = {}
        for source in sorted(self.sources, key=lambda one: (-self._depth(one), one)):
            if id in self.members[source]:
                pools.setdefault(self.pool(source), []).append(source)
        found = []
        for own in pools.values():
            pots = [source for source in own if self.envelopes[source]["policy"] == "pot"]
            inner = {pot for pot in pots if not any(other != pot and pot in self.line(other) for other in pots)}
            found.append([source for source in own if not inner or inner & set(self.line(source))])
        return found

    def ceilings(self, id: str) -> list[str]:
        """The ceilings an application stands under."""
        return [one for one in self.envelopes if not self.earmark(one) and id in self.members[one]]

    def competes(self, id: str) -> bool:
        """Whether an application is in the running: at or above the pass mark, not fixed, and of some envelope."""
        passed = int(self.files[id]["score"]) >= self.given["pass_mark"]
        return passed and id not in self.fixed and any(id in members for members in self.members.values())

    def fits_alone(self, id: str) -> bool:
        """Whether an application could be funded with all the money there is; who keeps a group in order stays, since
        it may not be passed over."""
        if set(self.files[id]["groups"]) & set(self.given.get("ranked_within", [])):
            return True
        most = [self.envelopes[one]["amount"] for one in self.ceilings(id)]
        for pool in self.pools(id):
            homes = {self.home(source) for source in pool}
            most.append(sum(self.free(source) for source in self.sources if self.home(source) in homes))
        limits = [limit for limit, _ in self.counted(id)]
        most += [limit["max_amount"] for limit in limits if "max_amount" in limit]
        return min(most) >= self.least(id) and min([limit.get("max_awards", 1) for limit in limits], default=1) >= 1

    def counted(self, id: str) -> list[tuple[Json, str]]:
        """The limits that concern an application, with whose count it adds to."""
        one = self.files[id]
        whoms = [(limit, one["applicant"] if limit["per"] == "applicant" else limit["per"]) for limit in self.limits]
        return [(limit, whom) for limit, whom in whoms if limit["per"] == "applicant" or whom[6:] in one["groups"]]

    def least(self, id: str) -> int:
        """The smallest award in cents the rule may give."""
        one = self.files[id]
        if self.rule == "pro-rata":
            return 1
        cut = "partial" in self.rule or self.rule.startswith("optimum")
        return max(1, int(one["minimum" if cut and "minimum" in one else "requested"]))

    def worth(self, id: str) -> tuple[int, int]:
        """What an application adds to the objective per award and per cent; of a rank rule its score per cent."""
        score = int(self.files[id]["score"])
        worths = {"optimum-points": (score, 0), "optimum-projects": (1, 0), "optimum-spent": (0, 1)}
        return worths.get(self.rule, (0, score))

    def value(self, awards: dict[str, int]) -> int:
        """What awards in cents are worth in units of the objective."""
        return sum(self.worth(id)[0] + self.worth(id)[1] * cents for id, cents in awards.items())

    def missed(self, awards: dict[str, int]) -> int:
        """How many awards the least numbers of the limits are short of."""
        counts: dict[tuple[str, str], int] = {}
        for id in self.files if self.limits else ():
            for limit, whom in self.counted(id):
                key = (limit["id"], whom)
                counts[key] = counts.get(key, int(limit.get("min_awards") or 0)) - (id in awards)
        return sum(count for count in counts.values() if count > 0)


def ranked(call: Call) -> list[str]:
    """The ids from the best rank down: by score, in the grey zone by lot, equal scores by the ties, then by id."""
    given, zone = call.given, call.given.get("grey_zone")

    def lots(id: str, seed: str) -> list[Any]:
        bits = int.from_bytes(hashlib.sha256(f"{given['call']}|{id}|{seed}".encode()).digest()[:5], "big")
        return [-(bits >> 20), -(bits & 0xFFFFF)]

    def key(id: str) -> list[Any]:
        one = call.files[id]
        if zone and zone["from"] <= one["score"] <= zone["to"]:
            return [-zone["to"], *lots(id, zone["seed"]), id]
        keys: list[Any] = [-one["score"]]
        for tie in given.get("ties", ["smaller-request", "id"]):
            if isinstance(tie, dict):
                keys += lots(id, tie["seed"])
            elif tie != "score":
                keys.append({"smaller-request": one["requested"], "larger-request": -one["requested"]}.get(tie, id))
        return [*keys, id]

    return sorted(call.files, key=key)


def upper_bound(call: Call, prices: Price, missed: int) -> int:
    """No allocation that misses at most so many awards of the floors is worth more, in units of the objective."""
    if any(price < 0 for price in prices.values()):
        raise ValueError("a price is below nought")
    total = sum(prices.get(("money", call.home(id), ""), 0) * call.free(id) for id in call.sources)
    total += sum(prices.get(("ceiling", id, ""), 0) * one["amount"] for id, one in call.envelopes.items())
    total += missed * max((price for (sort, _, _), price in prices.items() if sort == "least"), default=0)
    limits = {limit["id"]: limit for limit in call.limits}
    for (sort, id, _), price in prices.items():
        if sort in ("cents", "awards"):
            total += price * limits[id]["max_amount" if sort == "cents" else "max_awards"]
        elif sort == "least":
            total -= price * limits[id]["min_awards"]
    gains: dict[str, tuple[int, int]] = {}
    for id, one in call.files.items():
        award, cent = _margins(call, prices, id)
        full = award + cent * one["requested"]
        if call.fixed.get(id):
            total += award + cent * call.fixed[id]
        elif call.competes(id) and call.fits_alone(id):
            gains[id] = (full if cent > 0 else award + cent * call.least(id), full)
    for group in call.given.get("ranked_within", []):
        best = above = 0
        for id in ranked(call):
            if group in call.files[id]["groups"] and id in gains:
                gain, full = gains.pop(id)
                best, above = max(best, above + gain), above + full
        total += best
    return int(total + sum(gain for gain, _ in gains.values() if gain > 0)) // PRICE


def _margins(call: Call, prices: Price, id: str) -> tuple[int, int]:
    """What an application adds to the objective above the prices, per award and per cent, in 1/PRICE units."""
    award, cent = (worth * PRICE for worth in call.worth(id))
    cent -= sum(prices.get(("ceiling", one, ""), 0) for one in call.ceilings(id))
    for pool in call.pools(id):
        cent -= min(prices.get(("money", call.home(source), ""), 0) for source in pool)
    for limit, whom in call.counted(id):
        cent -= prices.get(("cents", limit["id"], whom), 0)
        award -= prices.get(("awards", limit["id"], whom), 0)
        award += prices.get(("least", limit["id"], whom), 0)
    return award, cent


class Walk:
    """A rank rule walked again: down the ranking, paying whoever fits, the most specific money first."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.levels = {id: sum(map(call.priority, call.line(id))) for id in call.sources}
        self.money = {id: call.free(id) for id in call.sources}
        self.room = {
            ("ceiling", id, ""): int(one["amount"]) for id, one in call.envelopes.items() if not call.earmark(id)
        }
        self.reach = {id: call.pools(id) for id in call.files}
        self.awards: dict[str, int] = {}
        self.closed: set[Any] = set()

    def possible(self) -> bool:
        """Not where earmarks cross or promise more than there is, nor for fixed awards beside priority money."""
        chains = all(b in self.call.line(a) for pools in self.reach.values() for own in pools for a, b in pairwise(own))
        kept = all(self.call.amounts[id] == one["amount"] for id, one in self.call.envelopes.items())
        return (
            self.call.rule.startswith("rank")
            and chains
            and kept
            and not (self.call.fixed and any(self.levels.values()))
        )

    def run(self) -> dict[str, int]:
        """The awards in cents."""
        order = ranked(self.call)
        for id in order:
            if self.call.fixed.get(id):
                self._pay(id, self.call.fixed[id], 0)
        for level in range(max(self.levels.values(), default=0), -1, -1):
            self.closed = set()
            for id in sorted(self.money, key=lambda one: -self.levels[one]):
                if self.levels[id] > level and self.call.priority(id):
                    self.money[self.call.line(id)[1]] += self.money[id]
                    self.money[id] = 0
            for id in order:
                if self.call.competes(id) and (
                    not level or any(self.levels[one] >= level for own in self.reach[id] for one in own)
                ):
                    self._turn(id, level)
        return self.awards

    def _open(self, own: list[str], level: int) -> list[str]:
        return [one for one in own if self.levels[one] >= level] or own

    def _turn(self, id: str, level: int) -> None:
        have = self.awards.get(id, 0)
        wanted = self.call.files[id]["requested"] - have
        least = 1 if have and "partial" in self.call.rule else min(wanted, self.call.least(id))
        limits = {key: self._left(key) for key in self._limits(id) if key[0] == "cents"}
        numbers = [self._left(key) for key in self._limits(id) if key[0] == "awards" and not have]
        if not wanted or min(numbers, default=1) < 1 or min(limits.values(), default=least) < least:
            return
        rooms: dict[Any, int] = {key: 0 if key in self.closed else self.room[key] for key in self._ceilings(id)}
        for own in self.reach[id]:
            usable = tuple(self._open(own, level))
            rooms[usable] = sum(self.money[one] for one in usable if one not in self.closed)
        if min(rooms.values()) >= least:
            self._pay(id, min([wanted, *rooms.values(), *limits.values()]), level)
        elif self.call.rule.endswith("stop") and not have:
            for key, room in rooms.items():
                if room < least:
                    self.closed |= {key} if key in self.room else set(key)

    def _pay(self, id: str, cents: int, level: int) -> None:
        for key in self._ceilings(id):
            self.room[key] -= cents
        for key in self._limits(id):
            if key[0] == "cents" or id not in self.awards:
                self.room[key] = self._left(key) - (cents if key[0] == "cents" else 1)
        for own in self.reach[id]:
            rest = cents
            for one in self._open(own, level):
                part = min(rest, 0 if one in self.closed else self.money[one])
                self.money[one] -= part
                rest -= part
        self.awards[id] = self.awards.get(id, 0) + cents

    def _ceilings(self, id: str) -> list[tuple[str, str, str]]:
        return [("ceiling", one, "") for one in self.call.ceilings(id)]

    def _limits(self, id: str) -> list[tuple[str, str, str]]:
        sorts = (("cents", "max_amount"), ("awards", "max_awards"))
        return [(sort, one["id"], whom) for one, whom in self.call.counted(id) for sort, key in sorts if key in one]

    def _left(self, key: tuple[str, str, str]) -> int:
        limit = next(one for one in self.call.limits if one["id"] == key[1])
        return self.room.get(key, int(limit["max_amount" if key[0] == "cents" else "max_awards"]))


def complaints(document: Json) -> Iterator[tuple[str, list[str]]]:
    """Each thing checked of an allocation with its certificate, with what does not hold of it."""
    certificate, awards = document["certificate"], document["awards"]
    call = Call(certificate["input"])
    yield "the fingerprint is that of the inputs and of the decision", list(_fingerprints(document))
    yield "every award is one the rule may give, and every application has its answer", list(_awards(call, document))
    yield (
        "every cent is booked, on money meant for it, and no envelope pays more than it has",
        list(_booked(call, document)),
    )
    yield "no limit is exceeded", list(_limited(call, awards))
    walk = Walk(call)
    if walk.possible():
        yield "walking down the ranking again gives these awards", _differences(walk.run(), awards)
    value, missed = call.value(awards), call.missed(awards)
    yield f"the awards are worth {value}", [] if value == document["value"] else [f"{document['value']} is said"]
    if document["bound"] is not None:
        prices = {(sort, id, whom): price for sort, id, whom, price in certificate["prices"]}
        bound = upper_bound(call, prices, missed)
        said = [] if value <= bound == document["bound"] else [f"{document['bound']} is said"]
        yield f"nothing can be worth more than {bound}", said
        if certificate["proved_by"] == "prices":
            yield "the prices alone prove that nothing is worth more", [] if value == bound else ["they leave room"]


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _fingerprints(document: Json) -> Iterator[str]:
    certificate = document["certificate"]
    if _hash(certificate["input"]) != document["fingerprint"]:
        yield "the inputs have another"
    if certificate["decision"] is None:
        return
    decision = {"input": document["fingerprint"], "awards": document["awards"], "bookings": document["bookings"]}
    if _hash(decision) != certificate["decision"]:
        yield "the decision has another"


def _awards(call: Call, document: Json) -> Iterator[str]:
    awards, refused = document["awards"], [one["id"] for one in document["refusals"]]
    if sorted([*awards, *refused]) != sorted(call.files):
        yield "somebody is missing, or stands there twice"
    for id, cents in awards.items():
        one = call.files.get(id)
        if one is None or type(cents) is not int:
            yield f"{id} gets {cents!r}"
        elif id in call.fixed:
            if cents != call.fixed[id]:
                yield f"{id} was to get {call.fixed[id]}, not {cents}"
        elif not call.competes(id) or not call.least(id) <= cents <= one["requested"]:
            yield f"{id} may not get {cents}"
    yield from (f"{id} was to get {cents}" for id, cents in call.fixed.items() if cents and id not in awards)


def _booked(call: Call, document: Json) -> Iterator[str]:
    awards = document["awards"]
    parts = {(id, envelope): cents for id, envelope, cents in document["bookings"]}
    if len(parts) < len(document["bookings"]):
        yield "something is booked twice"
    for (id, envelope), cents in parts.items():
        if id not in awards or id not in call.members.get(envelope, ()) or not 0 < cents <= awards[id]:
            yield f"{cents} of {envelope} for {id}"
    used = dict.fromkeys(call.envelopes, 0)
    for (_, envelope), cents in parts.items():
        used[envelope] = used.get(envelope, 0) + cents
    for one in document["envelopes"]:
        stated, amount = (one["used"], one["left"]), call.envelopes[one["id"]]["amount"]
        if stated != (used[one["id"]], amount - used[one["id"]]) or used[one["id"]] > amount:
            yield f"{one['id']} has paid {used[one['id']]} of {amount}"
    spent: dict[str, int] = {}
    for id, award in awards.items() if set(awards) <= set(call.files) else ():
        yield from (f"{id} under {one}" for one in call.ceilings(id) if parts.get((id, one)) != award)
        for own in call.pools(id):
            yield from _paid(call, parts, id, award, own, spent)
    for home in spent:
        held = sum(call.free(one) for one in call.sources if call.home(one) == home)
        if spent[home] > held:
            yield f"{home} has {held} and pays {spent[home]}"
    yield from _withheld(call, awards)


def _paid(
    call: Call, parts: dict[tuple[str, str], int], id: str, award: int, own: list[str], spent: dict[str, int]
) -> Iterator[str]:
    """What each source of a pool pays an application: only its own sources, and together the award."""
    total = 0
    for source in (one for one in call.sources if call.pool(one) == call.pool(own[0])):
        cents = parts.get((id, source), 0) - sum(parts.get((id, child), 0) for child in call.children(source))
        if cents < 0 or (cents and source not in own):
            yield f"{cents} of {source} itself for {id}"
        spent[call.home(source)] = spent.get(call.home(source), 0) + cents
        total += cents
    if total != award:
        yield f"{total} in all for {id}"


def _withheld(call: Call, awards: dict[str, int]) -> Iterator[str]:
    """Where earmarks promise more than encloses them, each still keeps its amount from those outside it."""
    for id, children in ((id, call.children(id)) for id in call.envelopes):
        stated = {child: int(call.envelopes[child]["amount"]) for child in children}
        for child in children if sum(stated.values()) > call.amounts[id] else ():
            outside = sum(awards.get(one, 0) for one in call.members[id] - call.members[child])
            if not call.priority(child) and outside > max(0, call.amounts[id] - stated[child]):
                yield f"{outside} of {id} for those outside {child}"


def _limited(call: Call, awards: dict[str, int]) -> Iterator[str]:
    counts: dict[tuple[str, str], list[int]] = {}
    for id, cents in awards.items():
        for limit, whom in call.counted(id) if id in call.files else ():
            counts.setdefault((limit["id"], whom), []).append(cents)
    for limit in call.limits:
        for (name, whom), given in counts.items():
            number, amount = limit.get("max_awards", len(given)), limit.get("max_amount", sum(given))
            if name == limit["id"] and (len(given) > number or sum(given) > amount):
                yield f"{name} for {whom}"


def _differences(again: dict[str, int], awards: dict[str, int]) -> list[str]:
    return [
        f"{id} gets {awards.get(id, 0)}, by the rule {again.get(id, 0)}"
        for id in sorted(again.keys() | awards.keys())
        if again.get(id, 0) != awards.get(id, 0)
    ]


def _document(read: Json) -> Json:
    """What was written by `oproep allocate`; the record of a decision holds it with its inputs beside it."""
    if "certificate" in read:
        return read
    bare = {"input": read["input"], "prices": [], "proved_by": None, "decision": None}
    return {**read["result"], "certificate": read["result"].get("certificate") or bare}


def _dossier(sums: Path, fingerprint: str) -> Iterator[tuple[str, list[str]]]:
    """Where FILE lies in a dossier: whether every file of it is as it was, by the list of their SHA-256."""
    if sums.is_file():
        listed = [line.split("  ", 1) for line in sums.read_text(encoding="utf-8").splitlines()]
        files = [(digest, sums.with_name(name)) for digest, name in listed]
        wrong = [one.name for digest, one in files if not one.is_file() or _hash_of(one) != digest]
        yield f"the dossier is whole; the fingerprint of the decision is {fingerprint}", wrong


def _hash_of(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main(file: str) -> int:
    """Print what was checked; 0 where all holds, 1 where something does not, 2 where the file is none to check."""
    try:
        document = _document(json.loads(Path(file).read_text(encoding="utf-8")))
        found = [*complaints(document), *_dossier(Path(file).with_name(SUMS), document["fingerprint"])]
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        sys.stderr.write(f"{file} is no allocation with its inputs: {error!r}\n")
        return 2
    for said, wrong in found:
        sys.stdout.write(f"{'no ' if wrong else 'yes'}  {said}\n")
        sys.stdout.writelines(f"       {one}\n" for one in wrong[:20])
    return 1 if any(wrong for _, wrong in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
