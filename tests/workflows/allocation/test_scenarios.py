"""What is tried is kept under a name; what a person fixes goes before the rule and says why."""

import json

import pytest

from tests.builders import (
    CLOSES,
    DAY,
    a_call,
    an_administrator,
    an_application,
    asked,
    decide,
    done,
    refusal,
    work_off,
)
from workflows.allocation import fixing, queries, scenarios
from workflows.allocation.scenarios import ScenarioView
from workflows.allocation.what_if import Setting
from workflows.calls.terms import Terms
from workflows.letters import queries as letters
from workflows.lifecycle import ApplicationState
from workflows.permissions import Actor
from workflows.submission import queries as files

NOW = CLOSES + DAY
WHY = "Al gefinancierd door Leefmilieu Brussel."


@pytest.fixture
def ranked() -> tuple[Actor, list[str]]:
    """An administrator, and files that ask 20,000 each, best first; the envelope holds 60,000."""
    a_call()
    return an_administrator(), [an_application("scored", marks=(mark, 4, 4)) for mark in (5, 5, 4, 4)]


@pytest.mark.usefixtures("settings")
def test_a_scenario_is_kept_under_one_name_and_found_again(ranked: tuple[Actor, list[str]]) -> None:
    clerk, _files = ranked
    setting = Setting(-50, {"total": 8_000_000}, 5000, "rank-stop")
    done(scenarios.save, clerk, "small", " Half of more ", setting, now=NOW)
    assert refusal(scenarios.save, clerk, "small", "Half of more", Setting(), now=NOW).code == "scenario-named"
    assert refusal(scenarios.save, clerk, "small", " ", Setting(), now=NOW).code == "scenario-needs-name"
    (kept,) = asked(scenarios.scenarios, "small")
    assert (kept.name, kept.setting, kept.by) == ("Half of more", setting, "Ada")
    done(scenarios.drop, clerk, "small", kept.id, now=NOW)
    assert asked(scenarios.scenarios, "small") == ()


@pytest.mark.usefixtures("settings")
def test_two_scenarios_show_who_enters_and_leaves_and_what_they_cost(ranked: tuple[Actor, list[str]]) -> None:
    _clerk, references = ranked
    board = asked(queries.board, "small")
    stands = scenarios.outcome(board, ScenarioView(0, "stands", Setting()))
    less = scenarios.outcome(board, ScenarioView(1, "less", Setting(percent=-34)))
    assert (stands.board.total, less.board.total) == (6_000_000, 2_000_000)
    lost = [(one.application.reference, one.first, one.second) for one in scenarios.differences(stands, less)]
    assert lost == [(references[1], 2_000_000, 0), (references[2], 2_000_000, 0)]
    assert stands.points - less.points == sum(line.score for line in board.lines[1:3])


@pytest.mark.usefixtures("settings")
def test_a_fixed_award_goes_before_the_ranking_and_is_in_the_record_and_the_letter(
    ranked: tuple[Actor, list[str]],
) -> None:
    clerk, references = ranked
    before = asked(queries.board, "small").fingerprint
    done(fixing.fix, clerk, references[0], 0, WHY, now=NOW)
    done(fixing.fix, clerk, references[3], 1_500_000, "Op de grens.", now=NOW)
    board = asked(queries.board, "small")
    assert board.fingerprint != before
    assert board.result.awards == {references[1]: 2_000_000, references[2]: 2_000_000, references[3]: 1_500_000}
    assert board.lines[0].fixed is not None
    decide(clerk, now=NOW)
    record = json.loads(asked(queries.decision, "small").record)
    assert {one["id"]: (one["award"], one["reason"]) for one in record["input"]["overrides"]} == {
        references[0]: (0, WHY), references[3]: (1_500_000, "Op de grens."),
    }  # fmt: skip
    work_off()
    written = {one.application: one.content for one in asked(letters.of_call, "small") if one.kind != "receipt"}
    assert (WHY in written[references[0]], "Op de grens." in written[references[3]]) == (True, True)
    assert "afzonderlijke beslissing" not in written[references[1]]
    assert asked(files.view, references[0]).state is ApplicationState.REFUSED


@pytest.mark.usefixtures("settings")
def test_what_is_fixed_must_fit_and_have_a_reason(ranked: tuple[Actor, list[str]]) -> None:
    clerk, references = ranked
    assert refusal(fixing.fix, clerk, references[0], 0, " ", now=NOW).code == "reason-needed"
    assert refusal(fixing.fix, clerk, references[0], 2_000_001, WHY, now=NOW).code == "award-above-request"
    for one in references[1:]:
        done(fixing.fix, clerk, one, 2_000_000, WHY, now=NOW)
    too_much = refusal(fixing.fix, clerk, references[0], 100, WHY, now=NOW)
    assert (too_much.code, too_much.reason.facts["by"]) == ("fixed-awards-exceed", 100)
    done(fixing.free, clerk, references[1], now=NOW)
    done(fixing.fix, clerk, references[0], 2_000_000, WHY, now=NOW)
    decide(clerk, now=NOW)
    assert refusal(fixing.fix, clerk, references[0], 0, WHY, now=NOW).code == "allocation-decided"


def test_terms_under_a_setting_survive_being_kept(settings: object) -> None:
    terms: Terms = a_call()
    setting = Setting(-15, {"total": 7_000_000}, 5500, "rank-stop")
    assert Setting.of_data(json.loads(json.dumps(setting.to_data()))).of(terms) == setting.of(terms)
