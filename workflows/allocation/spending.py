"""What was spent of each envelope, what of the rest nobody can use, and which least numbers were not reached."""

from collections.abc import Mapping

from workflows.allocation.envelopes import Chart
from workflows.allocation.model import AllocationInput, EnvelopeUse, FloorMissed


def uses(data: AllocationInput, chart: Chart, bookings: tuple[tuple[str, str, int], ...]) -> tuple[EnvelopeUse, ...]:
    """Each envelope in the order it was given, with what was booked to it and what becomes of the rest.

    A rest below the least award of the call is unusable where it lies; that of a priority envelope has been released
    to the envelope around it, where it may not be.
    """
    used = dict.fromkeys((envelope.id for envelope in data.envelopes), 0)
    for _, envelope_id, cents in bookings:
        used[envelope_id] += cents
    around = {
        envelope.id: None if parent is None else chart.envelopes[parent].id
        for envelope, parent in zip(chart.envelopes, chart.parents, strict=True)
    }
    found = []
    for one in data.envelopes:
        left = one.amount - used[one.id]
        unusable = left if left < data.least_award else 0
        goes_to = around[one.id] if one.policy == "priority" and left else None
        found.append(EnvelopeUse(one.id, one.amount, used[one.id], left, unusable, goes_to))
    return tuple(found)


def floors_missed(data: AllocationInput, awards: Mapping[str, int]) -> tuple[FloorMissed, ...]:
    """The least numbers of awards that were not reached: a rank rule reports them, never enforces them behind its
    back; an optimum reaches as many as it can."""
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
