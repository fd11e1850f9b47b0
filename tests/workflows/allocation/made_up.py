"""Made-up calls for the properties of the allocation, and what one asks of them."""

import os
from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from workflows.allocation.rules import AllocationInput, Candidate, Envelope, GreyZone, Limit, Seed

RANK = ["rank-stop", "rank-skip", "rank-partial-stop", "rank-partial-skip"]
EVERY = [*RANK, "pro-rata"]
POLICIES = ["ceiling", "reserved", "pot", "priority"]
GROUPS = ["a", "b", "c"]
OPTIMA = ["optimum-points", "optimum-point-euros", "optimum-projects", "optimum-spent"]
EXAMPLES = os.environ.get("OPROEP_EXAMPLES")  # 10,000 with `make prove`
some = settings(max_examples=int(EXAMPLES or 80), deadline=None, suppress_health_check=list(HealthCheck))
few = settings(some, max_examples=int(EXAMPLES or 30))  # where each example asks the solver several times


@st.composite
def candidates(draw, whole=False):
    found = []
    for index in range(draw(st.integers(1, 9))):
        requested = draw(st.integers(1, 40))
        found.append(
            Candidate(
                f"p{index}", f"o{draw(st.integers(0, 3))}", draw(st.integers(0, 8)), requested,
                requested if whole else draw(st.integers(0, requested)),
                draw(st.frozensets(st.sampled_from(GROUPS), max_size=2)),
            )
        )  # fmt: skip
    return tuple(found)


@st.composite
def calls(draw, rules=EVERY, policies=POLICIES, limits=True, whole=False):
    """A call with a total and up to three more envelopes, nested or crossing."""
    envelopes = [Envelope("total", draw(st.integers(0, 150)), ("*",), "ceiling")]
    for index in range(draw(st.integers(0, 3))):
        groups = tuple(draw(st.sets(st.sampled_from(GROUPS), min_size=1, max_size=2)))
        envelopes.append(
            Envelope(f"e{index}", draw(st.integers(0, 80)), groups, draw(st.sampled_from(policies)))
        )  # fmt: skip
    found = []
    if limits and draw(st.booleans()):
        per = draw(st.sampled_from(["applicant", "group:a"]))
        found.append(Limit("n", per, draw(st.integers(0, 3)), draw(st.none() | st.integers(0, 60)), None))
    everyone = draw(candidates(whole))
    if found and found[0].per == "group:a" and not any("a" in one.groups for one in everyone):
        found = []
    ties = draw(st.sampled_from([("smaller-request", "id"), ("larger-request",), (Seed("s"),), ("id",)]))
    rule, pass_mark = draw(st.sampled_from(rules)), draw(st.integers(0, 4))
    zone = None
    if rule.startswith("rank") and draw(st.integers(0, 3)) == 0:
        lowest = draw(st.integers(0, 8))
        zone = GreyZone(lowest, lowest + draw(st.integers(0, 3)), "z")
    return AllocationInput("c", rule, pass_mark, everyone, tuple(envelopes), tuple(found), ties, grey_zone=zone)


@st.composite
def crossing_calls(draw):
    """Three pots of which every two share members; one file of each group sees to it that none lies in another."""
    amounts = [draw(st.integers(0, 60)) for _ in GROUPS]
    pairs = [("a", "b"), ("b", "c"), ("a", "c")]
    pots = tuple(Envelope(f"pot {place}", amounts[place], pairs[place], "pot") for place in range(3))
    singles = [
        Candidate(f"s{group}", group, draw(st.integers(0, 8)), draw(st.integers(1, 40)), 1, frozenset({group}))
        for group in GROUPS
    ]
    rule = draw(st.sampled_from(["rank-skip", "rank-partial-skip"]))
    return AllocationInput("c", rule, 0, (*draw(candidates()), *singles), pots)


def members(envelope, everyone):
    return [one for one in everyone if envelope.groups == ("*",) or one.groups & set(envelope.groups)]


def cents(result, those):
    return sum(result.awards.get(one.id, 0) for one in those)


def changed(data, id, **fields):
    return replace(data, candidates=tuple(replace(one, **fields) if one.id == id else one for one in data.candidates))


def grown(data, names, cents):
    return replace(
        data, envelopes=tuple(replace(e, amount=e.amount + cents) if e.id in names else e for e in data.envelopes)
    )  # fmt: skip


def without(data, id):
    return replace(data, candidates=tuple(one for one in data.candidates if one.id != id))


def enclosing(envelope, data):
    """The smallest envelope around: all its members are inside, or where it has none, all its groups."""

    def size(e):
        return len(members(e, data.candidates)), e.groups == ("*",), len(e.groups), e.amount, e.id

    def lies_in(other):
        if own:
            return own <= {one.id for one in members(other, data.candidates)}
        return other.groups == ("*",) or set(envelope.groups) <= set(other.groups)

    own = {one.id for one in members(envelope, data.candidates)}
    return min((other for other in data.envelopes if size(other) > size(envelope) and lies_in(other)), key=size)
