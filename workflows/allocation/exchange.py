"""The exchange format of `oproep allocate`: strict reading, canonical writing, the result with its fingerprint.

Described for people in docs/allocate.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workflows.allocation import strict
from workflows.allocation.checks import check
from workflows.allocation.model import (
    AllocationInput,
    Candidate,
    Envelope,
    GreyZone,
    InputRefused,
    Limit,
    Override,
    Refusal,
    Result,
    Seed,
)
from workflows.allocation.strict import Object, keys, text, texts, whole
from workflows.canonical import canonical, fingerprint

TOP = frozenset({"call", "rule", "pass_mark", "applications", "envelopes"})
TOP_OPTIONAL = frozenset({"limits", "ties", "overrides", "frozen", "grey_zone", "least_award", "ranked_within"})
APPLICATION = frozenset({"id", "applicant", "score", "requested"})
APPLICATION_OPTIONAL = frozenset({"minimum", "groups"})
LIMIT_NUMBERS = ("max_awards", "max_amount", "min_awards")


def read(json_text: str) -> AllocationInput:
    """The allocation described by a JSON text in the exchange format.

    Raises InputRefused with the place and what was expected there: for text that is no JSON, unknown, missing
    or repeated keys, numbers that are not whole, and everything `checks.check` refuses.
    """
    return from_data(strict.parse(json_text))


def from_data(top: Any) -> AllocationInput:
    """The allocation described by parsed JSON. Raises InputRefused as `read` does."""
    keys(strict.TOP, top, TOP, TOP_OPTIONAL)
    data = AllocationInput(
        call=text("call", top["call"]),
        rule=text("rule", top["rule"]),
        pass_mark=whole("pass_mark", top["pass_mark"]),
        candidates=strict.each("applications", top["applications"], _candidate),
        envelopes=strict.each("envelopes", top["envelopes"], _envelope),
        limits=strict.each("limits", top.get("limits", []), _limit),
        ties=_ties(top["ties"]) if "ties" in top else AllocationInput.ties,
        overrides=strict.each("overrides", top.get("overrides", []), _override),
        frozen=_frozen(top.get("frozen", {})),
        grey_zone=_grey_zone(top["grey_zone"]) if "grey_zone" in top else None,
        least_award=whole("least_award", top.get("least_award", 0)),
        ranked_within=texts("ranked_within", top.get("ranked_within", [])),
    )
    check(data)
    return data


def to_json(data: AllocationInput) -> str:
    """The one text for these inputs: the same for every order in which they are given. `read` reads it back."""
    return canonical(to_data(data))


def to_data(data: AllocationInput) -> Object:
    """The inputs in the exchange format, lists in order of id; everything explicit but what most calls do without."""
    found: Object = {
        "call": data.call,
        "rule": data.rule,
        "pass_mark": data.pass_mark,
        "applications": [
            {
                "id": one.id, "applicant": one.applicant, "score": one.score, "requested": one.requested,
                "minimum": one.minimum, "groups": sorted(one.groups),
            }
            for one in sorted(data.candidates, key=lambda one: one.id)
        ],
        "envelopes": _by_id(data.envelopes),
        "limits": _by_id(data.limits),
        "ties": [{"seed": tie.seed} if isinstance(tie, Seed) else tie for tie in data.ties],
        "overrides": _by_id(data.overrides),
        "frozen": dict(data.frozen),
    }  # fmt: skip
    if data.grey_zone:
        zone = data.grey_zone
        found["grey_zone"] = {"from": zone.lowest, "to": zone.highest, "seed": zone.seed}
    if data.least_award:
        found["least_award"] = data.least_award
    if data.ranked_within:
        found["ranked_within"] = sorted(data.ranked_within)
    return found


def refusal_to_data(refusal: Refusal) -> Object:
    """A refusal in the exchange format; what does not apply to its cause is null."""
    return {name: getattr(refusal, name) for name in Refusal.__slots__}


def result_to_json(data: AllocationInput, result: Result, known: str | None = None) -> Object:
    """The result in the exchange format, without bound, proof and certificate: `certificate.answer` adds them.

    `known` is the fingerprint of the inputs where it is known already.
    """
    return {
        "call": data.call,
        "rule": data.rule,
        "awards": dict(sorted(result.awards.items())),
        "reserve": list(result.reserve),
        "refusals": [refusal_to_data(refusal) for refusal in result.refusals],
        "envelopes": [vars(use) for use in result.envelopes],
        "overtakings": [list(pair) for pair in result.overtakings],
        "overrides": _by_id(data.overrides),
        "frozen": dict(sorted(data.frozen.items())),
        "bookings": [list(booking) for booking in result.bookings],
        "floors_missed": [vars(floor) for floor in result.floors_missed],
        "below_minimum": list(result.below_minimum),
        "draws": [list(lot) for lot in result.draws],
        "value": result.value,
        "bound": None,
        "proved": None,
        "certificate": None,
        "fingerprint": known or fingerprint(to_data(data)),
    }


def _by_id(things: Sequence[Envelope | Limit | Override]) -> list[Object]:
    return [
        {name: sorted(value) if name == "groups" else value for name, value in vars(thing).items() if value is not None}
        for thing in sorted(things, key=lambda thing: thing.id)
    ]


def _candidate(place: str, one: Object) -> Candidate:
    keys(place, one, APPLICATION, APPLICATION_OPTIONAL)
    requested = whole(f"{place}.requested", one["requested"])
    return Candidate(
        id=text(f"{place}.id", one["id"]),
        applicant=text(f"{place}.applicant", one["applicant"]),
        score=whole(f"{place}.score", one["score"]),
        requested=requested,
        minimum=whole(f"{place}.minimum", one.get("minimum", requested)),
        groups=frozenset(texts(f"{place}.groups", one.get("groups", []))),
    )


def _envelope(place: str, one: Object) -> Envelope:
    keys(place, one, frozenset({"id", "amount", "groups", "policy"}))
    return Envelope(
        id=text(f"{place}.id", one["id"]),
        amount=whole(f"{place}.amount", one["amount"]),
        groups=texts(f"{place}.groups", one["groups"]),
        policy=text(f"{place}.policy", one["policy"]),
    )


def _limit(place: str, one: Object) -> Limit:
    keys(place, one, frozenset({"id", "per"}), frozenset(LIMIT_NUMBERS))
    given = [whole(f"{place}.{name}", one[name]) if name in one else None for name in LIMIT_NUMBERS]
    return Limit(text(f"{place}.id", one["id"]), text(f"{place}.per", one["per"]), *given)


def _override(place: str, one: Object) -> Override:
    keys(place, one, frozenset({"id", "award", "reason"}))
    return Override(
        id=text(f"{place}.id", one["id"]),
        award=whole(f"{place}.award", one["award"]),
        reason=text(f"{place}.reason", one["reason"]),
    )


def _ties(given: Any) -> tuple[str | Seed, ...]:
    """Tie keys in order; a published seed may stand alone."""
    if isinstance(given, dict):
        return (_seed("ties", given),)
    if not isinstance(given, list):
        raise InputRefused("ties", 'expected a list of keys or {"seed": "..."}')
    return tuple(
        _seed(f"ties[{index}]", tie) if isinstance(tie, dict) else text(f"ties[{index}]", tie)
        for index, tie in enumerate(given)
    )


def _seed(place: str, given: Object) -> Seed:
    keys(place, given, frozenset({"seed"}))
    return Seed(text(f"{place}.seed", given["seed"]))


def _grey_zone(given: Any) -> GreyZone:
    keys("grey_zone", given, frozenset({"from", "to", "seed"}))
    return GreyZone(
        whole("grey_zone.from", given["from"]),
        whole("grey_zone.to", given["to"]),
        text("grey_zone.seed", given["seed"]),
    )


def _frozen(given: Any) -> Mapping[str, int]:
    if not isinstance(given, dict):
        raise InputRefused("frozen", "expected an object of awards in cents by application id")
    return {id: whole(f"frozen.{id}", award) for id, award in given.items()}
