"""What a page of the office asks of the database: as much for many files as for few."""

from collections.abc import Sequence
from itertools import count

from flask.testing import FlaskClient

from tests.builders import (
    CLOSES,
    DAY,
    NOW,
    a_call,
    a_juror,
    an_administrator,
    an_application,
    an_expert,
    asked,
    assign,
    done,
    sign_in,
)
from tests.conftest import Clock
from tests.portal.test_weight import counted
from workflows.permissions import SYSTEM, Actor, Duty
from workflows.scoring.actions import NewReview, record_remark, save_review
from workflows.scoring.rules import Advice
from workflows.submission.queries import of_call

OFFICE = ("allocation", "allocation?percent=-15", "deliberation", "assignment", "scoring", "awards", "letters")


def scored_files(many: int, judges: list[tuple[Duty, Actor]]) -> None:
    """So many files more, each judged by the same three people."""
    for _ in range(many):
        reference = an_application("eligible")
        for duty, judge in judges:
            assign(reference, judge, duty)
            mark = NewReview({"relevance": 4, "feasibility": 4}, {})
            if duty is Duty.EXPERT:
                mark = NewReview({"soundness": 4}, {}, "Degelijk.", Advice.FAVOURABLE)
            done(save_review, judge, reference, duty, mark, submit=True, now=NOW)
        done(record_remark, SYSTEM, reference, "Goed.", now=NOW)


def test_the_screens_of_the_office_take_no_more_statements_for_fifty_files_than_for_five(
    client: FlaskClient, clock: Clock
) -> None:
    a_call()
    clerk = an_administrator()
    judges = [(Duty.JURY, a_juror()), (Duty.JURY, a_juror()), (Duty.EXPERT, an_expert())]
    sign_in(client, clerk)
    clock.now = CLOSES + 30 * DAY

    remarks = count()

    def statements(screens: Sequence[str]) -> dict[str, int]:
        found = {}
        for screen in screens:
            done(
                record_remark, SYSTEM, first, f"Goed: {next(remarks)}", now=NOW
            )  # so that nothing is answered from memory
            with counted() as said:
                assert client.get(f"/administration/calls/small/{screen}").status_code == 200
            found[screen] = len(said)
        return found

    scored_files(5, judges)
    first = asked(of_call, "small")[0].reference
    statements(OFFICE)  # the terms of a call are read once per process
    few = statements(OFFICE)
    scored_files(45, judges)
    assert statements(OFFICE) == few
    client.get("/administration/calls/small/allocation")
    with counted() as said:
        client.get("/administration/calls/small/allocation?percent=-15")
    assert len(said) < 10, said  # nothing happened meanwhile: a slider asks the database no more than who moves it
