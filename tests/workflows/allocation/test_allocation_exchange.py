"""The exchange format: what is read, what is refused with its place, what comes out."""

import json

import pytest

from workflows.allocation.exchange import read, result_to_json, to_json
from workflows.allocation.rules import (
    AllocationInput,
    Candidate,
    Envelope,
    GreyZone,
    InputRefused,
    Limit,
    Override,
    Seed,
    allocate,
    fingerprint,
)

FILE = {
    "call": "zuid-2024", "rule": "rank-skip", "pass_mark": 6000,
    "applications": [
        {"id": "Z-001", "applicant": "0123456749", "score": 7456, "requested": 12498600, "minimum": 12498600,
         "groups": ["opt", "accredited"]},
        {"id": "Z-003", "applicant": "0987654321", "score": 7000, "requested": 2500000, "groups": ["opt"]},
        {"id": "Z-007", "applicant": "0987654321", "score": 6900, "requested": 2500000},
    ],
    "envelopes": [
        {"id": "total", "amount": 65500000, "groups": ["*"], "policy": "ceiling"},
        {"id": "opt", "amount": 43000000, "groups": ["opt"], "policy": "priority"},
    ],
    "limits": [{"id": "two-each", "per": "applicant", "max_awards": 2}],
    "ties": ["score", "smaller-request", {"seed": "Lotto 1234"}],
    "overrides": [{"id": "Z-007", "award": 0, "reason": "funded twice"}],
    "frozen": {"Z-003": 2500000}, "grey_zone": {"from": 6500, "to": 6899, "seed": "Lotto 1234"},
    "least_award": 1000000, "ranked_within": [],
}  # fmt: skip


def altered(place, value):
    """The file with another value at a place such as `("applications", 0, "score")`."""
    copy = json.loads(json.dumps(FILE))
    inner = copy
    for step in place[:-1]:
        inner = inner[step]
    if value is ...:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return json.dumps(copy)


def test_every_key_of_the_format_is_read():
    assert read(json.dumps(FILE)) == AllocationInput(
        call="zuid-2024",
        rule="rank-skip",
        pass_mark=6000,
        candidates=(
            Candidate("Z-001", "0123456749", 7456, 12498600, 12498600, frozenset({"opt", "accredited"})),
            Candidate("Z-003", "0987654321", 7000, 2500000, 2500000, frozenset({"opt"})),
            Candidate("Z-007", "0987654321", 6900, 2500000, 2500000, frozenset()),
        ),
        envelopes=(
            Envelope("total", 65500000, ("*",), "ceiling"),
            Envelope("opt", 43000000, ("opt",), "priority"),
        ),
        limits=(Limit("two-each", "applicant", 2, None, None),),
        ties=("score", "smaller-request", Seed("Lotto 1234")),
        overrides=(Override("Z-007", 0, "funded twice"),),
        frozen={"Z-003": 2500000},
        grey_zone=GreyZone(6500, 6899, "Lotto 1234"),
        least_award=1000000,
        ranked_within=(),
    )


def test_the_canonical_text_reads_back_to_the_same_fingerprint_and_the_same_text():
    data = read(json.dumps(FILE))
    assert to_json(read(to_json(data))) == to_json(data)
    turned = dict(reversed(FILE.items())) | {"applications": FILE["applications"][::-1]}
    assert fingerprint(read(json.dumps(turned))) == fingerprint(data)


def test_a_published_seed_may_stand_alone():
    assert read(altered(("ties",), {"seed": "Lotto"})).ties == (Seed("Lotto"),)


@pytest.mark.parametrize(
    ("place", "value", "refused_at", "reason"),
    [
        (("applications", 2, "score"), 6900.0, "applications[2].score", "expected a whole number, got 6900.0"),
        (("applications", 2, "score"), "6900", "applications[2].score", "expected a whole number, got '6900'"),
        (("applications", 2, "score"), True, "applications[2].score", "expected a whole number, got True"),
        (("applications", 2, "score"), -1, "applications[2].score", "expected no negative number, got -1"),
        (("applications", 2, "requested"), 0, "applications[2].requested", "expected at least 1 cent"),
        (("applications", 1, "minimum"), 2500001, "applications[1].minimum", "expected at most the amount requested"),
        (("applications", 2, "id"), "Z-001", "applications[2].id", "Z-001 is there twice"),
        (("applications", 2, "applicant"), ..., "applications[2].applicant", "expected this key, it is missing"),
        (("applications", 0, "groups"), ["opt", 3], "applications[0].groups[1]", "expected a text, got 3"),
        (("envelopes", 1, "amount"), 4.3e7, "envelopes[1].amount", "expected a whole number, got 43000000.0"),
        (("envelopes", 1, "policy"), "earmark", "envelopes[1].policy",
         "expected one of ceiling, reserved, pot, priority, got 'earmark'"),
        (("envelopes", 1, "id"), "total", "envelopes[1].id", "total is there twice"),
        (("envelopes", 0, "groups"), [], "envelopes[0].groups", 'expected at least one group, "*" for everyone'),
        (("envelopes", 0, "groups"), ["accredited"], "envelopes[1].policy",
         "priority needs an envelope that encloses opt: none has all its members"),
        (("limits", 0, "per"), "group:kinshasa", "limits[0].per",
         'expected "applicant" or "group:" and a group in use'),
        (("limits", 0, "per"), "opt", "limits[0].per", 'expected "applicant" or "group:" and a group in use'),
        (("limits", 0, "max_awards"), ..., "limits[0]", "expected max_awards, max_amount or min_awards"),
        (("ties", 0), "alphabet", "ties[0]",
         "expected one of score, smaller-request, larger-request, id, got 'alphabet'"),
        (("overrides", 0, "id"), "Z-009", "overrides[0].award", "there is no application Z-009"),
        (("overrides", 0, "id"), "Z-003", "overrides[0].id", "Z-003 is frozen and never changes"),
        (("overrides", 0, "award"), 2500001, "overrides[0].award",
         "expected at most the 2500000 cents Z-007 requested"),
        (("overrides", 0, "reason"), " ", "overrides[0].reason", "expected a text, got ' '"),
        (("frozen", "Z-003"), 1.5, "frozen.Z-003", "expected a whole number, got 1.5"),
        (("grey_zone", "to"), 6499, "grey_zone.to", "expected at least 6500, where the zone begins"),
        (("grey_zone", "to"), 68.99, "grey_zone.to", "expected a whole number, got 68.99"),
        (("grey_zone", "until"), 7, "grey_zone.until", "unknown key, expected one of from, seed, to"),
        (("rule",), "pro-rata", "grey_zone", "a draw decides an order, and pro-rata follows none"),
        (("least_award",), "10000", "least_award", "expected a whole number, got '10000'"),
        (("ranked_within",), ["opt"], "ranked_within",
         "rank-skip keeps no order of groups, only an optimum rule does"),
        (("pass_mark",), ..., "pass_mark", "expected this key, it is missing"),
        (("applications",), {}, "applications", "expected a list"),
        (("applications", 0, "colour"), 3.5, "applications[0].colour", "expected a whole number, got 3.5"),
        (("applications", 0, "colour"), "red", "applications[0].colour",
         "unknown key, expected one of applicant, groups, id, minimum, requested, score"),
    ],
)  # fmt: skip
def test_what_cannot_be_allocated_is_refused_with_its_place_and_what_was_expected(place, value, refused_at, reason):
    with pytest.raises(InputRefused) as refused:
        allocate(read(altered(place, value)))
    assert (refused.value.place, refused.value.reason) == (refused_at, reason)


def test_an_unknown_rule_is_refused():
    with pytest.raises(InputRefused) as refused:
        read(altered(("rule",), "lottery"))
    assert refused.value.place == "rule"


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"call": ', "line 1, column 10"),
        ('{"call": "a", "call": "b"}', "call"),
        ('{"call": NaN}', "file"),
        ("[" * 100_000, "file"),
        ('{"pass_mark": ' + "9" * 5000 + "}", "file"),
        ("[]", "file"),
    ],
)
def test_what_is_no_file_of_this_format_is_refused(text, place):
    with pytest.raises(InputRefused) as refused:
        read(text)
    assert refused.value.place == place


def test_the_result_lists_awards_refusals_use_and_the_decisions_taken_by_hand():
    data = read(json.dumps(FILE))
    assert result_to_json(data, allocate(data)) == {
        "call": "zuid-2024",
        "rule": "rank-skip",
        "awards": {"Z-001": 12498600, "Z-003": 2500000},
        "reserve": [],
        "refusals": [
            {"id": "Z-007", "cause": "override", "envelope": None, "short_by": None, "blocked_by": None,
             "score_needed": None, "largest_fitting": None, "grow_by": None, "over_price": None}
        ],
        "envelopes": [
            {"id": "total", "amount": 65500000, "used": 14998600, "left": 50501400, "unusable": 0,
             "released_to": None},
            {"id": "opt", "amount": 43000000, "used": 14998600, "left": 28001400, "unusable": 0,
             "released_to": "total"},
        ],
        "overtakings": [],
        "overrides": [{"id": "Z-007", "award": 0, "reason": "funded twice"}],
        "frozen": {"Z-003": 2500000},
        "bookings": [
            ["Z-001", "opt", 12498600], ["Z-001", "total", 12498600],
            ["Z-003", "opt", 2500000], ["Z-003", "total", 2500000],
        ],
        "floors_missed": [],
        "below_minimum": [],
        "draws": [],
        "value": 7456 * 12498600 + 7000 * 2500000,
        "bound": None,
        "proved": None,
        "certificate": None,
        "fingerprint": fingerprint(data),
    }  # fmt: skip
