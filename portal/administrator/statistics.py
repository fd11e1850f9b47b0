"""Statistics of a ranking: how severe each juror is, how far they agree, what chance or other weights would do."""

from fractions import Fraction
from typing import Any

from portal.administrator import blueprint
from portal.administrator.frame import open_decision, show
from portal.work import ask, now
from workflows.allocation.outlook import Outlook, outlook
from workflows.calls.queries import call_view
from workflows.scoring.rules import round_half_up

LEFT, ROW, POINT = 16, 28, 6
"""Of the plot: its margin, the height of a juror's row, and the width of one point of 100."""


@blueprint.get("/calls/<call_id>/statistics")
def statistics(call_id: str) -> Any:
    """For information: nothing of it decides, nothing of it is kept. Not there for who has a conflict in the call."""
    with ask() as session:
        open_decision(session, call_id)
        call = call_view(session, call_id, now())
        found = outlook(session, call_id)
    names = {criterion.id: criterion.name.texts() for criterion in call.terms.criteria}
    return show(
        "statistics", call, found=found, names=names, plot=_plot(found), hundredths=_hundredths, percent=_percent
    )


def _plot(found: Outlook) -> dict[str, Any]:
    """Where each mark stands: whole numbers of a drawing, one row per juror in the order of the table."""
    rows = [
        {
            "y": (place + 1) * ROW,
            "points": [LEFT + total * POINT // 100 for total in line.totals],
            "mean": LEFT + line.mean * POINT // 100,
        }
        for place, line in enumerate(found.jurors)
    ]
    return {
        "rows": rows, "width": 100 * POINT + 2 * LEFT, "height": (len(rows) + 2) * ROW,
        "scale": [(points, LEFT + points * POINT) for points in range(0, 101, 20)],
    }  # fmt: skip


def _hundredths(value: Fraction) -> int:
    return round_half_up(100 * value)


def _percent(value: Fraction) -> int:
    """Rounded to whole percents, for showing."""
    return round_half_up(100 * value)
