"""What a call sets about scoring decides: the quorum, the minimum on a criterion, the spread that is discussed."""

from typing import Any

import pytest

from config.settings import Settings
from tests.builders import (
    CLOSES,
    DAY,
    a_call,
    an_administrator,
    an_application,
    asked,
    decide,
    terms,
    work_off,
)
from workflows.allocation import queries as allocation
from workflows.calls.terms import Terms
from workflows.letters import queries as letters
from workflows.lifecycle import ApplicationState
from workflows.permissions import Duty
from workflows.scoring import queries
from workflows.scoring.standing import standards
from workflows.submission import queries as submission

LATER = CLOSES + 30 * DAY


def set_so(criterion: dict[str, Any] | None = None, **scoring: Any) -> Terms:
    """The small call with these settings of scoring, and of its first criterion, relevance."""
    content = terms().model_dump(mode="json")
    content["scoring"] |= scoring
    content["criteria"][0] |= criterion or {}
    return Terms.model_validate(content)


def test_a_call_that_sets_nothing_more_asks_for_one_review_and_no_minimum() -> None:
    found = standards(terms())
    assert (found.quorum, found.gap, dict(found.minima), found.classes) == (1, None, {}, ())


@pytest.mark.parametrize(("quorum", "score"), [(1, 8000), (2, 8000), (3, None)])
def test_a_file_is_ranked_from_as_many_reviews_as_the_call_asks(
    settings: Settings, quorum: int, score: int | None
) -> None:
    a_call(set_so(quorum=quorum, jurors_per_application=3))
    reference = an_application("scored")
    assert asked(queries.scored_file, reference).score == score
    assert [line.application.reference for line in asked(allocation.board, "small").lines] == [reference] * bool(score)
    assert asked(allocation.board, "small").unready == (() if score else (reference,))


@pytest.mark.parametrize(("least", "codes"), [(200, []), (201, ["criterion-below-minimum"])])
def test_a_mean_at_the_minimum_is_enough(settings: Settings, least: int, codes: list[str]) -> None:
    a_call(set_so({"minimum_hundredths": least}))
    found = asked(queries.scored_file, an_application("scored", marks=(2, 5, 5)))
    assert [one.code for one in found.below_minimum] == codes


def test_a_file_under_the_minimum_of_a_criterion_gets_nothing_and_its_letter_says_which(settings: Settings) -> None:
    a_call(set_so({"minimum_hundredths": 300}, pass_mark_hundredths=5000))
    low, good = an_application("scored", marks=(2, 5, 5)), an_application("scored", marks=(3, 3, 3))
    decide(an_administrator(), now=LATER)
    work_off(LATER)
    states = {one: asked(submission.view, one).state for one in (low, good)}
    assert states == {low: ApplicationState.REFUSED, good: ApplicationState.AWARDED}
    written = next(one for one in asked(letters.of_call, "small") if one.application == low and one.kind == "refusal")
    said = written.content
    assert "Op “Relevantie” haalt het dossier gemiddeld 2,00; het minimum is 3,00." in said
    assert "afgeweken" not in said


def test_jurors_further_apart_than_the_call_allows_send_a_file_to_discussion(settings: Settings) -> None:
    a_call(set_so(gap_hundredths=0))
    found = asked(queries.scored_file, an_application("scored"))
    assert (found.standing.spread, found.standing.discuss) == (0, ())
    assert standards(set_so(gap_hundredths=1500)).gap == 1500


def test_the_dates_of_the_jury_and_of_the_experts_are_on_the_clocks_of_brussels() -> None:
    found = set_so(jury_due_at="2027-01-15T12:00:00", opinion_due_at=None).scoring
    due = found.due(Duty.JURY)
    assert due is not None
    assert due.isoformat() == "2027-01-15T12:00:00+01:00"
    assert found.due(Duty.EXPERT) is None


@pytest.mark.parametrize(
    ("criterion", "scoring", "complaint"),
    [
        ({}, {"quorum": 3}, "scoring.quorum: expected at most jurors_per_application"),
        ({"minimum_hundredths": 501}, {}, "criteria[0].minimum_hundredths: expected at most 500"),
        ({"levels": [{"mark": 6, "text": {"nl": "A", "fr": "B"}}]}, {}, "criteria[0].levels: expected each mark"),
        ({"levels": [{"mark": 1, "text": {"nl": "A", "fr": "B"}}] * 2}, {}, "criteria[0].levels: expected each mark"),
    ],
)
def test_what_no_file_could_reach_is_refused(
    criterion: dict[str, Any], scoring: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(ValueError, match="expected") as caught:
        set_so(criterion, **scoring)
    assert complaint in str(caught.value)
