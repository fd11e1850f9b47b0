"""The budget of an application: what is typed, what is computed from it, and the caps of the call. Pure; all in cents.

Typed: `{"lines": [{"category": code, "label": str, "amount": cents, "explanation": str}], "own": cents,
"funders": [{"name": str, "amount": cents, "status": "acquired" | "requested"}]}`; an amount that is not given is null.
Everything else is computed, the requested amount too: all costs, less own means and other funders.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workflows.calls.budget import Budget, CostCategory
from workflows.problems import Problem, Reason, Verdict

WHOLE = 10_000
"""A whole, in the 1/100 % of shares."""
LINES, FUNDERS = 40, 20
"""How many lines a category may have, and how many other funders there may be."""
LINE_LENGTH = 300
"""Characters of a label, an explanation or a name in a budget."""


class FunderStatus(StrEnum):
    """Whether another funder's money is certain."""

    ACQUIRED = "acquired"
    REQUESTED = "requested"


@dataclass(frozen=True)
class Sums:
    """What a budget comes to, in cents. `certain`: what other funders have promised already."""

    by_category: Mapping[str, int]
    direct: int
    overheads: int
    own: int
    funders: int
    certain: int

    @property
    def total(self) -> int:
        return self.direct + self.overheads

    @property
    def cofinanced(self) -> int:
        return self.own + self.funders

    @property
    def requested(self) -> int:
        """What is left to ask; negative where others pay more than everything costs."""
        return self.total - self.cofinanced


def sums(budget: Budget, answer: Mapping[str, Any] | None) -> Sums:
    """The sums of what was typed. A line of a category the call no longer has counts as a direct cost."""
    given = answer or {}
    overheads = {category.code for category in budget.categories if not category.direct}
    by_category: dict[str, int] = {category.code: 0 for category in budget.categories}
    for line in given.get("lines", ()):
        by_category[line["category"]] = by_category.get(line["category"], 0) + (line["amount"] or 0)
    funders = given.get("funders", ())
    return Sums(
        by_category,
        sum(cents for code, cents in by_category.items() if code not in overheads),
        sum(cents for code, cents in by_category.items() if code in overheads),
        given.get("own") or 0,
        sum(funder["amount"] or 0 for funder in funders),
        sum(funder["amount"] or 0 for funder in funders if funder["status"] == FunderStatus.ACQUIRED),
    )


def at_most(cents: int, share: int) -> int:
    """The largest amount within a share (1/100 %) of an amount: rounded down to the cent."""
    return cents * share // WHOLE


def at_least(cents: int, share: int) -> int:
    """The smallest amount that makes a share (1/100 %) of an amount: rounded up to the cent."""
    return -(-cents * share // WHOLE)


def explained(budget: Budget, found: Sums) -> tuple[Verdict, ...]:
    """How every sum came about and what the call allows, as sentences in the order of the sums; False where a cap is
    broken."""
    return (
        Verdict(True, (_reason("budget-total", direct=found.direct, overheads=found.overheads, total=found.total),)),
        *caps(budget, found), *cofinancing(budget, found), _requested(found),
    )  # fmt: skip


def caps(budget: Budget, found: Sums) -> tuple[Verdict, ...]:
    """Each cap of the call on a category and on the overheads, bounds included."""
    verdicts = [verdict for category in budget.categories for verdict in _caps_of(category, found)]
    share = budget.overheads_hundredths
    if share is not None:
        most = at_most(found.direct, share)
        facts = {"direct": found.direct, "share": share, "most": most, "amount": found.overheads}
        verdicts.append(Verdict(found.overheads <= most, (_reason("budget-overheads", **facts),)))
    return tuple(verdicts)


def cofinancing(budget: Budget, found: Sums) -> tuple[Verdict, ...]:
    """The part of all costs that own means and other funders pay, where the call wants one."""
    share = budget.cofinancing_hundredths
    if share is None:
        return ()
    least = at_least(found.total, share)
    facts = {"total": found.total, "share": share, "least": least, "amount": found.cofinanced}
    return (Verdict(found.cofinanced >= least, (_reason("budget-cofinancing", **facts),)),)


def complaints(budget: Budget, question_id: str, answer: Mapping[str, Any]) -> Iterator[Problem]:
    """What would be refused at submission: half-filled lines, broken caps, too little co-financing, too much of it."""
    yield from _unfinished(budget, question_id, answer)
    found = sums(budget, answer)
    if not found.total:
        return
    for verdict in explained(budget, found):
        if verdict.ok is False:
            for reason in verdict.reasons:
                yield Problem(reason.code, field=question_id, **reason.facts)


def _unfinished(budget: Budget, question_id: str, answer: Mapping[str, Any]) -> Iterator[Problem]:
    names = {category.code: category.name.texts() for category in budget.categories}
    counted: dict[str, int] = {}
    for line in answer["lines"]:
        code = line["category"]
        counted[code] = counted.get(code, 0) + 1
        if code not in names:
            yield Problem("budget-category-gone", field=question_id, line=line["label"])
        elif line["amount"] is None or not line["label"]:
            yield Problem("budget-line-unfinished", field=question_id, category=names[code], row=counted[code])
    for number, funder in enumerate(answer["funders"], 1):
        if funder["amount"] is None or not funder["name"] or not funder["status"]:
            yield Problem("budget-funder-unfinished", field=question_id, row=number)


def _caps_of(category: CostCategory, found: Sums) -> Iterator[Verdict]:
    amount = found.by_category[category.code]
    facts = {"category": category.name.texts(), "amount": amount}
    if category.cap_hundredths is not None:
        most = at_most(found.total, category.cap_hundredths)
        told = _reason("budget-cap-share", **facts, total=found.total, share=category.cap_hundredths, most=most)
        yield Verdict(amount <= most, (told,))
    if category.cap_cents is not None:
        yield Verdict(amount <= category.cap_cents, (_reason("budget-cap", **facts, most=category.cap_cents),))


def _requested(found: Sums) -> Verdict:
    facts = {"total": found.total, "own": found.own, "funders": found.funders}
    if found.requested < 0:
        return Verdict(False, (_reason("budget-overfinanced", **facts, over=-found.requested),))
    return Verdict(True, (_reason("budget-requested", **facts, requested=found.requested),))


def _reason(code: str, **facts: Any) -> Reason:
    return Reason(code, facts)
