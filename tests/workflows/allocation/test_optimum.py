"""The optimum told as sentences: objectives, floors, kept order, priority money, the clock, the certificate."""

import json
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from workflows.allocation import certificate, rules, verify
from workflows.allocation.compare import override_effect, sides
from workflows.allocation.optimum import process
from workflows.allocation.optimum.forcing import Forced, force, forced_all
from workflows.allocation.optimum.process import Answer, Clock, Model, OptimiserMissing, Solver
from workflows.allocation.optimum.stages import NoAnswerInTime, allocate
from workflows.allocation.rules import (
    AllocationInput,
    Candidate,
    Envelope,
    FixedAwardsTooLarge,
    InputRefused,
    Limit,
    Override,
    Refusal,
)


def file(id, score, requested, *groups, minimum=None, applicant=None):
    return Candidate(
        id, applicant or f"of {id}", score, requested, requested if minimum is None else minimum, frozenset(groups)
    )


def total(amount):
    return Envelope("total", amount, ("*",), "ceiling")


def call(rule, files, envelopes, **more):
    return AllocationInput("a-call", rule, more.pop("pass_mark", 0), tuple(files), tuple(envelopes), **more)


def started(*command, cwd):
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def solve(data, **more):
    with Solver(Clock(20_000), **more) as solver:
        return allocate(data, solver)


FOUR = [file("best", 9000, 100), file("good", 8000, 60), file("fair", 6000, 40), file("weak", 5000, 39)]


@pytest.mark.parametrize(
    ("rule", "amount", "awards", "value"),
    [
        ("optimum-points", 100, {"good": 60, "fair": 40}, 14_000),
        ("optimum-point-euros", 100, {"best": 100}, 900_000),
        ("optimum-projects", 139, {"good": 60, "weak": 39, "fair": 40}, 3),
        ("optimum-spent", 199, {"best": 100, "good": 60, "weak": 39}, 199),
    ],
)
def test_each_objective_chooses_what_it_is_named_after(rule, amount, awards, value):
    result, proof = solve(call(rule, FOUR, [total(amount)]))
    assert (result.awards, result.value) == (awards, value)
    assert (proof.proved, proof.canonical, proof.solver) == (True, True, f"HiGHS {proof.solver.split()[1]}")


def test_who_is_not_chosen_is_told_what_is_left_and_what_it_costs_above_what_it_brings():
    """At the price of the envelope, 60 points per 100 cents here, `weak` costs 5850 of 5000 points."""
    data = call("optimum-points", [file("a", 9000, 60), file("b", 6000, 40), file("weak", 5000, 39)], [total(100)])
    result, proof = solve(data)
    assert proof.by_prices
    refusal = result.refusals[0]
    assert (refusal.id, refusal.cause, refusal.envelope) == ("weak", "not-chosen", "total")
    assert (refusal.short_by, refusal.largest_fitting) == (39, 0)
    assert result.reserve == ("weak",)


def test_money_of_a_cent_too_little_is_too_little():
    """The attractive pair costs one cent more than there is: no tolerance of a solver lets it pass."""
    files = [file("a", 9000, 12_500_000), file("b", 8999, 12_500_001), file("c", 100, 1)]
    result, proof = solve(call("optimum-points", files, [total(25_000_000)]))
    assert result.awards == {"a": 12_500_000, "c": 1}
    assert proof.proved


def test_a_large_objective_is_optimal_to_the_last_cent():
    """Two choices that differ by one in eight hundred thousand million."""
    files = [file("a", 7777, 99_999_999), file("b", 7777, 100_000_000), file("c", 1, 1)]
    result, proof = solve(call("optimum-point-euros", files, [total(100_000_000)]))
    assert (result.awards, result.value) == ({"b": 100_000_000}, 777_700_000_000)
    assert proof.proved


def test_a_partial_award_fills_the_envelope_and_as_few_as_possible_are_cut():
    files = [file("a", 9000, 60, minimum=30), file("b", 8000, 60, minimum=30), file("c", 7000, 60, minimum=30)]
    result, _ = solve(call("optimum-points", files, [total(120)]))
    assert result.awards == {"a": 60, "b": 30, "c": 30}
    assert result.value == 24_000
    result, _ = solve(call("optimum-point-euros", files, [total(100)]))
    assert result.awards == {"a": 60, "b": 40}


def test_least_numbers_come_before_points_and_what_cannot_be_reached_is_reported():
    files = [file("a", 9000, 60), file("b", 8000, 40), file("x", 100, 50, "x"), file("y", 90, 70, "x")]
    data = call("optimum-points", files, [total(100)], limits=(Limit("least", "group:x", None, None, 1),))
    result, _ = solve(data)
    assert (set(result.awards), result.floors_missed) == ({"b", "x"}, ())
    result, _ = solve(replace(data, limits=(Limit("least", "group:x", None, None, 3),)))
    assert set(result.awards) == {"b", "x"}
    assert [(floor.of, floor.missing) for floor in result.floors_missed] == [("group:x", 2)]


def test_within_a_group_that_is_kept_in_order_nobody_is_passed_over():
    files = [file("a", 9000, 90, "g"), file("b", 8000, 30, "g"), file("c", 7000, 60)]
    assert set(solve(call("optimum-points", files, [total(100)]))[0].awards) == {"b", "c"}
    kept, proof = solve(call("optimum-points", files, [total(100)], ranked_within=("g",)))
    assert (set(kept.awards), proof.proved) == ({"a"}, True)


def test_priority_money_is_first_the_best_for_its_own_list_and_then_released():
    files = [file("x", 9000, 80, "x"), file("o1", 5000, 40, "opt"), file("o2", 4900, 15, "opt")]
    result, _ = solve(call("optimum-points", files, [total(100), Envelope("opt", 60, ("opt",), "priority")]))
    assert result.awards == {"o1": 40, "o2": 15}
    released, _ = solve(call("optimum-points", files, [total(135), Envelope("opt", 60, ("opt",), "priority")]))
    assert released.awards == {"x": 80, "o1": 40, "o2": 15}


def test_an_override_is_kept_and_frozen_awards_too_large_are_said_to_be():
    data = call("optimum-points", FOUR, [total(100)], overrides=(Override("weak", 39, "the minister decided"),))
    assert solve(data)[0].awards == {"good": 60, "weak": 39}
    with pytest.raises(FixedAwardsTooLarge):
        solve(replace(data, frozen={"best": 100}))
    with pytest.raises(InputRefused):
        solve(replace(data, rule="rank-skip"))


def test_forcing_one_in_says_what_it_costs_whom_it_puts_out_and_from_which_score_it_is_in():
    data = call("optimum-points", FOUR, [total(100)])
    with Solver(Clock(20_000)) as solver:
        result, proof = allocate(data, solver)
        assert force(data, result, "best", solver) == Forced("best", 5000, ("fair", "good"), 14_001)
        told = forced_all(data, result, proof, solver)
        assert force(replace(data, envelopes=(total(99),)), result, "best", solver) == Forced("best")
    assert {one.id: one.score_needed for one in told.refusals} == {"best": 14_001, "weak": 6000}


def test_the_rules_stand_side_by_side_with_the_price_of_the_chosen_one():
    data = call("rank-skip", [file("a", 9000, 60), file("b", 8000, 70), file("c", 7000, 40)], [total(100)])
    optimum, proof = solve(replace(data, rule="optimum-point-euros"))
    told = sides(data, rules.allocate(data), {"optimum-point-euros": (optimum, proof.proved)})
    assert [(one.rule, one.spent, one.projects, one.points, one.overtakings) for one in told] == [
        ("rank-skip", 100, 2, 16_000, 1), ("rank-stop", 60, 1, 9000, 0), ("optimum-point-euros", 100, 2, 16_000, 1),
    ]  # fmt: skip
    assert (told[1].enters, told[1].leaves) == ((), ("c",))
    assert [one.proved for one in told] == [None, None, True]


def test_a_decision_by_hand_shows_who_gains_and_who_loses_by_it():
    files = [file("a", 9000, 60), file("b", 8000, 40), file("c", 100, 40)]
    data = call("rank-skip", files, [total(100)], overrides=(Override("c", 40, "the minister decided"),))
    assert override_effect(data, rules.allocate(data)).changes == (("b", -40), ("c", 40))


def test_what_the_solver_calls_optimal_and_is_not_is_refused_and_asked_again(monkeypatch):
    """HiGHS 1.16 did so with six files and a start: all of them funded, 28 cents more than there were."""
    files = [file(f"f{at}", 0, cents) for at, cents in enumerate((9, 27, 35, 1, 18, 34))]
    asked, ask = [], Solver.ask

    def boasting(self, model, better=None, *, milliseconds):
        asked.append((model.relax, model.presolve))
        if model.presolve and not model.relax:
            return Answer("optimal", [1] * len(model.costs), bound=124)
        return ask(self, model, better, milliseconds=milliseconds)

    monkeypatch.setattr(Solver, "ask", boasting)
    result, proof = solve(call("optimum-spent", files, [total(96)]))
    assert asked[:3] == [(True, True), (False, True), (False, False)]
    assert (result.value, proof.proved) == (96, True)


# one result, whatever the order, the seed and the threads


def coarse(number=120):
    """Scores in steps of 5 points, requests in steps of 5,000 EUR: very many equally good lists."""
    chance = random.Random(7)
    files = [
        file(f"f{at:03}", 500 * chance.randint(10, 20), 500_000 * chance.randint(2, 8), chance.choice("abc"))
        for at in range(number)
    ]
    envelopes = [total(120_000_000), *(Envelope(group, 50_000_000, (group,), "ceiling") for group in "abc")]
    return call("optimum-points", files, envelopes)


def test_there_is_one_list_over_all_orders_seeds_and_threads_even_with_heavy_ties():
    data, lists = coarse(), set()
    for order in range(5):
        shuffled = random.Random(order).sample(data.candidates, len(data.candidates))
        result, proof = solve(
            replace(data, candidates=tuple(shuffled)), seed=order, threads=1 + order % 2
        )  # fmt: skip
        assert (proof.proved, proof.canonical) == (True, True)
        lists.add(tuple(sorted(result.awards)))
    assert len(lists) == 1


# the clock


def knapsack(number):
    """A call that no solver finishes: every envelope binds and the scores follow the requests."""
    chance = random.Random(3)
    files = []
    for at in range(number):
        cents = chance.randint(100_000, 10_000_000)
        files.append(file(f"f{at:05}", cents // 1000 + 500, cents, *chance.sample("abcdefgh", 4)))
    limit = sum(one.requested for one in files) // 6
    return call("optimum-points", files, [total(2 * limit), *(Envelope(g, limit, (g,), "ceiling") for g in "abcdefgh")])


def test_a_run_that_ends_on_its_clock_is_the_best_found_with_its_bound_and_never_called_optimal():
    data = knapsack(600)
    with Solver(Clock(2000)) as solver:
        started = time.monotonic()
        result, proof = allocate(data, solver)
        assert time.monotonic() - started < 2 + 2
    found = certificate.answer(data, result, proof)
    assert (found["proved"], found["certificate"]["proved_by"], proof.canonical) == (False, None, False)
    assert found["value"] <= found["bound"] <= found["value"] + found["value"] // 100
    assert [wrong for _, wrong in verify.complaints(found) if wrong] == []
    assert proof.first is not None
    assert proof.first.value <= found["value"]


def test_no_time_at_all_is_said_rather_than_answered():
    with Solver(Clock(0)) as solver, pytest.raises(NoAnswerInTime):
        allocate(knapsack(20), solver)


def test_a_solver_that_does_not_end_by_itself_is_ended(monkeypatch, tmp_path):
    stubborn = tmp_path / "solver.py"
    stubborn.write_text("import sys, time\nprint('{\"columns\": [1]}', flush=True)\ntime.sleep(60)\n")
    monkeypatch.setattr(process, "PROGRAM", stubborn)
    better = []
    with Solver(Clock(300)) as solver:
        started = time.monotonic()
        answer = solver.ask(Model([1], [0], [1], [True], [("<=", 1, [0], [1])]), better.append, milliseconds=300)
        assert time.monotonic() - started < 2
        assert (answer.word, answer.columns, solver.alive, better) == ("limit", [1], False, [[1]])
        assert solver.ask(Model([], [], [], [], []), milliseconds=300).columns is None


def test_a_solver_that_dies_leaves_no_answer_and_no_error(monkeypatch, tmp_path):
    dying = tmp_path / "solver.py"
    dying.write_text("import sys\nsys.exit(1)\n")
    monkeypatch.setattr(process, "PROGRAM", dying)
    with Solver(Clock(5000)) as solver, pytest.raises(NoAnswerInTime):
        allocate(call("optimum-points", FOUR, [total(100)]), solver)


def test_without_the_extra_the_optimum_is_missing_and_everything_else_works(monkeypatch):
    monkeypatch.setattr(process, "find_spec", lambda name: None)
    with pytest.raises(OptimiserMissing):
        Solver(Clock(1000))
    assert rules.allocate(call("rank-skip", FOUR, [total(100)])).awards == {"best": 100}


# the certificate


def certified(rule="optimum-points"):
    data = call(
        rule, FOUR, [total(170), Envelope("g", 70, ("g",), "pot")], limits=(Limit("n", "applicant", 1, 90, None),)
    )
    result, proof = solve(data) if rule.startswith("optimum") else (rules.allocate(data), None)
    return certificate.answer(data, result, proof)


def wrongs(found):
    return [said for said, wrong in verify.complaints(json.loads(json.dumps(found))) if wrong]


def test_a_certificate_holds_and_every_tampering_with_it_is_found():
    found = certified()
    assert wrongs(found) == []
    more = json.loads(json.dumps(found))
    more["awards"]["good"] += 1
    assert len(wrongs(more)) >= 3
    poorer = json.loads(json.dumps(found))
    poorer["certificate"]["input"]["envelopes"][1]["amount"] -= 60
    assert "the fingerprint is that of the inputs and of the decision" in wrongs(poorer)
    prouder = json.loads(json.dumps(found))
    prouder["bound"] -= 1
    assert wrongs(prouder) == [f"nothing can be worth more than {found['bound']}"]
    surer = json.loads(json.dumps(found))
    surer["certificate"]["proved_by"] = "prices"
    assert wrongs(surer) == (
        [] if found["bound"] == found["value"] else ["the prices alone prove that nothing is worth more"]
    )


def test_another_order_of_the_same_money_is_found_by_walking_again():
    """The award of the better ranked file is handed to a worse one of the same request, and all sums are mended."""
    files = [file("first", 9000, 60), file("second", 8000, 60)]
    data = call("rank-skip", files, [total(100)])
    found = certificate.answer(data, rules.allocate(data))
    turned = json.loads(json.dumps(found).replace("first", "x").replace("second", "first").replace("x", "second"))
    turned["certificate"]["input"] = found["certificate"]["input"]
    turned["fingerprint"], turned["value"] = found["fingerprint"], 60 * 8000
    decision = {"input": turned["fingerprint"], "awards": turned["awards"], "bookings": turned["bookings"]}
    turned["certificate"]["decision"] = certificate.fingerprint(decision)
    assert wrongs(turned) == ["walking down the ranking again gives these awards"]


def test_the_checker_runs_alone_from_anywhere(tmp_path):
    """One file, copied, without the rest of Oproep and without any package."""
    alone, written = tmp_path / "check.py", tmp_path / "result.json"
    alone.write_bytes(Path(verify.__file__).read_bytes())
    written.write_text(json.dumps(certified()))
    command = [sys.executable, "-I", "-S", str(alone)]
    told = started(*command, str(written), cwd=tmp_path)
    assert (told.returncode, told.stdout.count("yes ")) == (0, len(told.stdout.splitlines()))
    written.write_text(json.dumps(certified()).replace('"good": 60', '"good": 59'))
    assert started(*command, str(written), cwd=tmp_path).returncode == 1
    written.write_text("[]")
    assert started(*command, str(written), cwd=tmp_path).returncode == 2


def test_the_record_of_a_decision_can_be_checked_too(tmp_path):
    data = call("rank-stop", FOUR, [total(150)])
    inputs = rules.to_data(data)
    record = {"format": 1, "input": inputs, "result": certificate.result_to_json(data, rules.allocate(data))}
    written = tmp_path / "decision.json"
    written.write_text(json.dumps({**record, "fingerprint": rules.fingerprint(data)}))
    assert verify.main(str(written)) == 0


def test_a_refusal_of_an_optimum_that_no_envelope_pays_says_so():
    result, _ = solve(call("optimum-points", [file("x", 9000, 10, "x")], [Envelope("a", 100, ("a",), "ceiling")]))
    assert result.refusals == (Refusal("x", "envelope-short", None, 10, None, None, 0),)
