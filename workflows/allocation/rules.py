"""Rank order, stop or skip, whole or partial, over envelopes: one integer pass that records why each line falls.

M1-M4, M9 and M10 of allocation.md; pro rata (M5) is in `prorata.py`, the optimum is not answered here.

Priority envelopes are read as three sentences: the earmarked money is first offered to its own list alone, in
rank order; what that list leaves joins the enclosing money; then everyone not yet paid in full, member or
not, competes for that in rank order. "Kept for the members until their list is exhausted" is the first, "then
released" the second; a member too large for what is left of the earmark has no claim on more, and competes
with its whole request like anyone. Nobody outside can then change what the list gets, a better score never
costs a member its award, asking for less never turns a yes into a no, and (skip) striking a refused
application changes nothing. Walking members on earmark and common money together and releasing afterwards
promises none of this, because what the others take of the common money would change what is released.
"""

from bisect import bisect_left
from dataclasses import dataclass, field, replace

from workflows import canonical
from workflows.allocation.books import BEFORE_ALL, Books, Gate, Page
from workflows.allocation.checks import check
from workflows.allocation.exchange import to_data
from workflows.allocation.explain import Turn, explain
from workflows.allocation.model import (
    OPTIMUM_RULES,
    PRO_RATA,
    AllocationInput,
    Candidate,
    Envelope,
    EnvelopeUse,
    FixedAwardsTooLarge,
    FloorMissed,
    InputRefused,
    Limit,
    Override,
    Refusal,
    Result,
    RuleNeedsOptimiser,
    Seed,
)
from workflows.allocation.prorata import Sharing, release_surplus
from workflows.allocation.ranking import draw, ranking

__all__ = [
    "AllocationInput",
    "Candidate",
    "Envelope",
    "EnvelopeUse",
    "FixedAwardsTooLarge",
    "FloorMissed",
    "InputRefused",
    "Limit",
    "Override",
    "Refusal",
    "Result",
    "RuleNeedsOptimiser",
    "Seed",
    "allocate",
    "draw",
    "fingerprint",
    "ranking",
]

RERUNS_UP_TO = 10_000  # applications times kinds of earmarked membership; see _confirmed


def fingerprint(data: AllocationInput) -> str:
    """SHA-256 in hexadecimal of the canonical inputs: the same for every order in which they are given."""
    return canonical.fingerprint(to_data(data))


def allocate(data: AllocationInput) -> Result:
    """Who gets how many cents under `data.rule`, and why the others get none; independent of the input order.

    Raises InputRefused for inputs that contradict themselves, RuleNeedsOptimiser for an optimum rule, and
    FixedAwardsTooLarge where frozen and overridden awards alone exceed an envelope or a limit.
    """
    check(data)
    if data.rule in OPTIMUM_RULES:
        raise RuleNeedsOptimiser(data.rule)
    run = _decide(data)
    return _result(run)


def _decide(data: AllocationInput) -> "_Run":
    run = _Run(data, ranking(data), Books(data))
    _pay_fixed(run)
    if data.rule == PRO_RATA:
        release_surplus(run.books, run.entrants())
        run.sharing = Sharing(run.books, run.books.turn_page(0, release=False))
        run.awards.update(run.sharing.shares(run.entrants(), run.turns))
    else:
        for level in range(run.books.deepest, -1, -1):
            _walk(run, run.books.turn_page(level))
    return run


@dataclass
class _Run:
    """One allocation under way."""

    data: AllocationInput
    ranked: tuple[Candidate, ...]
    books: Books
    awards: dict[str, int] = field(default_factory=dict)
    turns: dict[str, Turn] = field(default_factory=dict)
    passed_by: list[tuple[str, int]] = field(default_factory=list)
    sharing: Sharing | None = None

    def entrants(self) -> list[tuple[int, Candidate]]:
        """Those who compete, with their place in the ranking: at or above the pass mark and not fixed."""
        fixed = self.data.fixed()
        return [
            (position, candidate)
            for position, candidate in enumerate(self.ranked)
            if candidate.score >= self.data.pass_mark and candidate.id not in fixed
        ]


def _pay_fixed(run: _Run) -> None:
    """Book what was notified earlier or decided by a person, before anybody competes."""
    page, fixed = run.books.turn_page(0), run.data.fixed()
    for candidate in run.ranked:
        award = fixed.get(candidate.id, 0)
        if award:
            gates, (cents, numbers) = run.books.gates(page, candidate), page.limits(candidate)
            for gate in (*gates, *cents):
                gate.release(award)
                if gate.room < award:
                    raise FixedAwardsTooLarge(candidate.id, gate.name, award - gate.room)
            for gate in numbers:
                if gate.room < 1:
                    raise FixedAwardsTooLarge(candidate.id, gate.name, 1)
            if not gates:
                raise FixedAwardsTooLarge(candidate.id, None, award)
            _book(award, BEFORE_ALL, (*gates, *cents), numbers)
            run.awards[candidate.id] = award


def _book(award: int, position: int, cents: tuple[Gate, ...], numbers: tuple[Gate, ...]) -> int | None:
    """Book an award at every gate; the best rank it overtakes."""
    passed = [rank for gate in cents if (rank := gate.take(award, position)) is not None]
    for gate in numbers:
        gate.take(1, position)
    return min(passed, default=None)


def _walk(run: _Run, page: Page) -> None:
    """Go down the ranking once, paying whoever fits.

    A refusal by a limit closes nothing: that applicant was not in the running for the money.
    """
    whole = "partial" not in run.data.rule
    stop = run.data.rule.endswith("stop")
    for position, candidate in run.entrants():
        have = run.awards.get(candidate.id, 0)
        wanted = candidate.requested - have
        if not wanted or (page.level and not page.walks(candidate)):
            continue
        gates = run.books.gates(page, candidate)
        cents, numbers = page.limits(candidate)
        least = wanted if whole else 1 if have else max(1, candidate.minimum)
        room = min([gate.room for gate in gates], default=0)
        if cents or numbers:
            capped = min([wanted, *(gate.room for gate in cents)])
            if capped < least or (not have and any(gate.room < 1 for gate in numbers)):
                _note(run, candidate, Turn.limited(cents, numbers, least, room))
                continue
            wanted = capped
        if room >= least:
            award = min(wanted, room)
            passed = _book(award, position, (*gates, *cents), () if have else numbers)
            run.awards[candidate.id] = have + award
            if passed is not None:
                run.passed_by.append((candidate.id, passed))
        elif not have:
            short = [gate for gate in gates if gate.room < least]
            _note(run, candidate, Turn.short(short, least, min(wanted, room)))
            for gate in short:
                if stop:
                    gate.close(candidate.id, position)
                else:
                    gate.pass_over(position)


def _note(run: _Run, candidate: Candidate, turn: Turn) -> None:
    """Keep the last refusal, with the largest award that would have fitted at any of its turns."""
    earlier = run.turns.get(candidate.id)
    run.turns[candidate.id] = turn if earlier is None else turn.after(earlier)


def _result(run: _Run) -> Result:
    awards = {one.id: run.awards[one.id] for one in run.ranked if run.awards.get(one.id)}
    refused = [candidate for candidate in run.ranked if candidate.id not in awards]
    bookings = tuple(run.books.bookings(run.ranked, awards))
    certain = run.sharing.certain if run.sharing else None
    refusals = explain(run.data, run.books, run.ranked, refused, run.turns, certain)
    overtaken = [(winner, run.ranked[place].id) for winner, place in run.passed_by]
    work = len(run.ranked) * sum(len(pool.paid) for pool in run.books.pools)
    if run.data.rule.endswith("stop") and run.books.deepest and work <= RERUNS_UP_TO:
        refusals = tuple(_confirmed(run, one, refusal) for one, refusal in zip(refused, refusals, strict=True))
    return Result(
        awards=awards,
        reserve=tuple(refusal.id for refusal in refusals if _for_lack_of_money(refusal)),
        refusals=refusals,
        envelopes=_uses(run.data, bookings),
        overtakings=tuple((winner, loser) for winner, loser in overtaken if loser not in awards),
        value=sum(candidate.score * awards.get(candidate.id, 0) for candidate in run.ranked),
        floors_missed=_floors_missed(run.data, awards),
        below_minimum=tuple(one.id for one in run.ranked if one.id in awards and awards[one.id] < one.minimum)
        if run.data.rule == PRO_RATA
        else (),
        bookings=bookings,
    )


def _confirmed(run: _Run, one: Candidate, refusal: Refusal) -> Refusal:
    """The refusal with the smallest score found by deciding again.

    Only needed where stop meets priority money: standing higher an application may close its list earlier, so
    that more is released for it to compete for. The score its history shows is then sufficient but may not be
    smallest.
    """
    lists = [page for page in run.books.pages[1:] if page.level and page.walks(one)]
    if refusal.cause == "override" or not lists:
        return refusal
    known = refusal.score_needed
    lowest = max(run.data.pass_mark, one.score + 1)
    closings = [page.closed_at(one) for page in lists]
    if None not in closings:  # standing below all of them it closes nothing, and its history is exact
        lowest = max(lowest, min(run.ranked[place].score for place in closings if place is not None))
    steps = {lowest} | {score for other in run.ranked for score in (other.score, other.score + 1)}
    scores = sorted(score for score in steps if score >= lowest and (known is None or score < known))
    if not scores or not _funded_with(run.data, one, scores[-1]):
        return refusal
    place = bisect_left(scores, True, key=lambda score: _funded_with(run.data, one, score))
    return replace(refusal, score_needed=scores[place])


def _funded_with(data: AllocationInput, one: Candidate, score: int) -> bool:
    risen = tuple(replace(other, score=score) if other is one else other for other in data.candidates)
    return one.id in _decide(replace(data, candidates=risen)).awards


def _for_lack_of_money(refusal: Refusal) -> bool:
    return refusal.cause in ("envelope-short", "envelope-closed")


def _uses(data: AllocationInput, bookings: tuple[tuple[str, str, int], ...]) -> tuple[EnvelopeUse, ...]:
    """Each envelope in the order it was given, with what was booked to it."""
    used = dict.fromkeys((envelope.id for envelope in data.envelopes), 0)
    for _, envelope_id, cents in bookings:
        used[envelope_id] += cents
    return tuple(EnvelopeUse(one.id, one.amount, used[one.id], one.amount - used[one.id]) for one in data.envelopes)


def _floors_missed(data: AllocationInput, awards: dict[str, int]) -> tuple[FloorMissed, ...]:
    """The least numbers of awards a rank rule happened not to reach: reported, never enforced behind its back."""
    missed = []
    for limit in sorted(data.limits, key=lambda limit: limit.id):
        counts: dict[str, int] = {} if limit.per == "applicant" else {limit.per: 0}
        for candidate in data.candidates if limit.min_awards else ():
            if limit.per == "applicant" or limit.per.removeprefix("group:") in candidate.groups:
                whom = candidate.applicant if limit.per == "applicant" else limit.per
                counts[whom] = counts.get(whom, 0) + (candidate.id in awards)
        missed += [
            FloorMissed(limit.id, whom, limit.min_awards - count)
            for whom, count in sorted(counts.items())
            if limit.min_awards and count < limit.min_awards
        ]
    return tuple(missed)
