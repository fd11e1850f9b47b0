"""Inputs that cannot be allocated, found before a cent is given, with their place."""

from collections.abc import Iterable, Iterator

from workflows.allocation.model import (
    OPTIMUM_RULES,
    POLICIES,
    PRO_RATA,
    RULES,
    TIE_KEYS,
    AllocationInput,
    InputRefused,
    Limit,
    Seed,
)

LARGEST = 10**15  # ten thousand billion euros in cents: beyond, somebody mistook a number


def check(data: AllocationInput) -> None:
    """Raises InputRefused at the first number that is no whole number, id given twice or name that means nothing."""
    _one_of("rule", data.rule, RULES)
    _whole("pass_mark", data.pass_mark)
    _check_candidates(data)
    _check_envelopes(data)
    _check_limits(data)
    for index, tie in enumerate(data.ties):
        if not isinstance(tie, Seed):
            _one_of(f"ties[{index}]", tie, TIE_KEYS)
    _check_fixed(data)
    _check_order(data)


def _check_candidates(data: AllocationInput) -> None:
    for index, candidate in enumerate(data.candidates):
        for name, number in (
            ("score", candidate.score),
            ("requested", candidate.requested),
            ("minimum", candidate.minimum),
        ):
            if type(number) is not int or not 0 <= number <= LARGEST:
                _whole(f"applications[{index}].{name}", number)
        if candidate.requested < 1:
            raise InputRefused(f"applications[{index}].requested", "expected at least 1 cent")
        if candidate.minimum > candidate.requested:
            raise InputRefused(f"applications[{index}].minimum", "expected at most the amount requested")
    _all_different("applications", (candidate.id for candidate in data.candidates))


def _check_envelopes(data: AllocationInput) -> None:
    for index, envelope in enumerate(data.envelopes):
        _whole(f"envelopes[{index}].amount", envelope.amount)
        _one_of(f"envelopes[{index}].policy", envelope.policy, POLICIES)
        if not envelope.groups:
            raise InputRefused(f"envelopes[{index}].groups", 'expected at least one group, "*" for everyone')
    _all_different("envelopes", (envelope.id for envelope in data.envelopes))


def _check_limits(data: AllocationInput) -> None:
    known: set[str] = set()
    if data.limits:
        known = known.union(*(candidate.groups for candidate in data.candidates))
        known = known.union(*(envelope.groups for envelope in data.envelopes))
    for index, limit in enumerate(data.limits):
        group = limit.per.removeprefix("group:")
        if limit.per != "applicant" and (group == limit.per or group not in known):
            raise InputRefused(f"limits[{index}].per", 'expected "applicant" or "group:" and a group in use')
        for name, number in _numbers(limit):
            _whole(f"limits[{index}].{name}", number)
        if not list(_numbers(limit)):
            raise InputRefused(f"limits[{index}]", "expected max_awards, max_amount or min_awards")
    _all_different("limits", (limit.id for limit in data.limits))


def _numbers(limit: Limit) -> Iterator[tuple[str, int]]:
    for name, number in (
        ("max_awards", limit.max_awards),
        ("max_amount", limit.max_amount),
        ("min_awards", limit.min_awards),
    ):
        if number is not None:
            yield name, number


def _check_fixed(data: AllocationInput) -> None:
    if not data.overrides and not data.frozen:
        return
    requested = {candidate.id: candidate.requested for candidate in data.candidates}
    places = [(f"frozen.{id}", id, award) for id, award in data.frozen.items()]
    for index, override in enumerate(data.overrides):
        places.append((f"overrides[{index}].award", override.id, override.award))
        if not override.reason.strip():
            raise InputRefused(f"overrides[{index}].reason", "expected the reason of the override")
        if override.id in data.frozen:
            raise InputRefused(f"overrides[{index}].id", f"{override.id} is frozen and never changes")
    for place, id, award in places:
        if id not in requested:
            raise InputRefused(place, f"there is no application {id}")
        _whole(place, award)
        if award > requested[id]:
            raise InputRefused(place, f"expected at most the {requested[id]} cents {id} requested")
    _all_different("overrides", (override.id for override in data.overrides))


def _check_order(data: AllocationInput) -> None:
    """The grey zone and the groups an optimum keeps in order."""
    _whole("least_award", data.least_award)
    if data.grey_zone:
        _whole("grey_zone.from", data.grey_zone.lowest)
        _whole("grey_zone.to", data.grey_zone.highest)
        if data.grey_zone.highest < data.grey_zone.lowest:
            raise InputRefused("grey_zone.to", f"expected at least {data.grey_zone.lowest}, where the zone begins")
        if data.rule in OPTIMUM_RULES or data.rule == PRO_RATA:
            raise InputRefused("grey_zone", f"a draw decides an order, and {data.rule} follows none")
    if data.ranked_within and data.rule not in OPTIMUM_RULES:
        raise InputRefused("ranked_within", f"{data.rule} keeps no order of groups, only an optimum rule does")
    kept: dict[str, str] = {}
    for index, group in enumerate(data.ranked_within):
        inside = [one.id for one in data.candidates if group in one.groups]
        if not inside:
            raise InputRefused(f"ranked_within[{index}]", f"no application carries the group {group}")
        for id in inside:
            if id in kept:
                raise InputRefused(f"ranked_within[{index}]", f"{id} is already kept in order within {kept[id]}")
            kept[id] = group


def _whole(place: str, number: object) -> None:
    if type(number) is not int:
        raise InputRefused(place, f"expected a whole number, got {number!r}")
    if number < 0:
        raise InputRefused(place, f"expected no negative number, got {number}")
    if number > LARGEST:
        raise InputRefused(place, f"expected at most {LARGEST}, got {number}")


def _one_of(place: str, word: str, words: tuple[str, ...]) -> None:
    if word not in words:
        raise InputRefused(place, f"expected one of {', '.join(words)}, got {word!r}")


def _all_different(place: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for index, id in enumerate(ids):
        if id in seen:
            raise InputRefused(f"{place}[{index}].id", f"{id} is there twice")
        seen.add(id)
