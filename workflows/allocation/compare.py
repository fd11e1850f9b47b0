"""Side by side: what the chosen rule costs, next to stop, skip and the optimum; and what a decision by hand does."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from workflows.allocation.checks import check
from workflows.allocation.model import OPTIMUM_RULES, AllocationInput, Result
from workflows.allocation.walk import decide

BESIDE = ("rank-stop", "rank-skip")


@dataclass(frozen=True)
class Side:
    """One rule: cents spent, projects funded, their points (1/100) and points times cents, how many of them were paid
    from money a better ranked refused one was short of, and who gets an award by it or loses it against the chosen
    rule. `proved` says of an optimum whether it is one."""

    rule: str
    spent: int
    projects: int
    points: int
    point_cents: int
    overtakings: int
    enters: tuple[str, ...]
    leaves: tuple[str, ...]
    proved: bool | None = None


@dataclass(frozen=True)
class Effect:
    """Who gains and who loses cents because of the overrides, best rank first: (application, cents more or less)."""

    changes: tuple[tuple[str, int], ...]


def sides(
    data: AllocationInput, result: Result, optima: Mapping[str, tuple[Result, bool]] | None = None
) -> tuple[Side, ...]:
    """The chosen rule first, then stop and skip, then the optima that were computed, each with whether it is proved."""
    optima = dict(optima or {})
    proved = optima.pop(data.rule, (None, None))[1]
    found = [_side(data, data.rule, result.awards, len(result.overtakings), result.awards, proved)]
    for rule in BESIDE:
        if rule != data.rule:
            run = decide(replace(data, rule=rule, ranked_within=()))
            passed = sum(run.order.ranked[place].id not in run.awards for _, place in run.passed_by)
            found.append(_side(data, rule, run.awards, passed, result.awards))
    for rule, (optimum, sure) in optima.items():
        found.append(_side(data, rule, optimum.awards, len(optimum.overtakings), result.awards, sure))
    return tuple(found)


def override_effect(data: AllocationInput, result: Result) -> Effect:
    """What the overrides change for everyone, under a rank rule or pro rata. For an optimum rule, which would have to
    be solved again, only for those they name."""
    if data.rule in OPTIMUM_RULES or not data.overrides:
        return Effect(())
    bare = replace(data, overrides=())
    check(bare)
    run = decide(bare)
    changes = ((one.id, result.awards.get(one.id, 0) - run.awards.get(one.id, 0)) for one in run.order.ranked)
    return Effect(tuple((id, cents) for id, cents in changes if cents))


def _side(
    data: AllocationInput, rule: str, awards: Mapping[str, int], overtakings: int, chosen: Mapping[str, int],
    proved: bool | None = None,
) -> Side:  # fmt: skip
    funded = [(one, awards[one.id]) for one in data.candidates if awards.get(one.id)]
    return Side(
        rule, sum(cents for _, cents in funded), len(funded), sum(one.score for one, _ in funded),
        sum(one.score * cents for one, cents in funded), overtakings,
        _less(awards, chosen), _less(chosen, awards), proved,
    )  # fmt: skip


def _less(these: Mapping[str, int], those: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(id for id in these.keys() - set(those) if these[id]))
