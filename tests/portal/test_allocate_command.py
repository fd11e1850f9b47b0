"""`oproep allocate`: dividing money from a file, checking what was written, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from config.settings import ROOT
from oproep import main
from workflows.allocation.optimum import process


def run(*words: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(main, words)
    return outcome.exit_code, outcome.output


INPUT = {
    "call": "small", "rule": "rank-skip", "pass_mark": 6000,
    "applications": [
        {"id": "A", "applicant": "1", "score": 9000, "requested": 700, "minimum": 700, "groups": ["x"]},
        {"id": "B", "applicant": "2", "score": 8000, "requested": 500, "minimum": 500, "groups": ["x"]},
        {"id": "C", "applicant": "3", "score": 7000, "requested": 300, "minimum": 300, "groups": ["x"]},
    ],
    "envelopes": [{"id": "total", "amount": 1000, "groups": ["*"], "policy": "ceiling"}],
}  # fmt: skip


def divided(tmp_path: Path, *words: str, given: object = INPUT) -> tuple[int, str]:
    file = tmp_path / "in.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    return run("allocate", str(file), *words)


def test_envelopes_are_divided_from_a_file_without_a_database(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    assert divided(tmp_path, "--out", str(out)) == (0, "")
    assert json.loads(out.read_text())["awards"] == {"A": 700, "C": 300}
    assert json.loads(divided(tmp_path, "--rule", "rank-stop")[1])["awards"] == {"A": 700}
    assert json.loads(divided(tmp_path, "--rule", "optimum-points")[1])["awards"] == {"A": 700, "C": 300}


def test_options_may_come_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "in.json"
    file.write_text(json.dumps(INPUT))
    assert json.loads(run("allocate", "--rule", "rank-stop", str(file))[1])["awards"] == {"A": 700}


def test_an_answer_is_checked_by_the_command_that_needs_nothing_but_the_file(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    divided(tmp_path, "--out", str(out))
    assert run("allocate", "verify", str(out))[0] == 0
    out.write_text(out.read_text().replace('"A": 700', '"A": 699'))
    assert run("allocate", "verify", str(out))[0] == 1
    out.write_text("{}")
    assert run("allocate", "verify", str(out))[0] == 2


def test_everything_one_may_ask_for_comes_with_the_answer(tmp_path: Path) -> None:
    given = {**INPUT, "overrides": [{"id": "B", "award": 500, "reason": "the minister decided"}]}
    found = json.loads(divided(tmp_path, "--compare", "--say", "fr", given=given)[1])
    assert found["awards"] == {"B": 500, "C": 300}
    assert found["override_effect"] == [["A", -700], ["B", 500]]
    assert [side["rule"] for side in found["comparison"]] == [
        "rank-skip", "rank-stop", "optimum-points", "optimum-point-euros",
    ]  # fmt: skip
    assert found["said"]["A"].startswith("Au tour de A, il manquait 2\u00a0€ dans l’enveloppe «\u00a0total\u00a0».")
    optimum = json.loads(divided(tmp_path, "--rule", "optimum-points", "--force", "B")[1])
    assert optimum["forced"] == [{"id": "B", "costs": 1000, "leaves": ["A"], "score_needed": 9000}]


def test_a_ranking_list_in_csv_is_divided_too(tmp_path: Path) -> None:
    file, rest = tmp_path / "list.csv", tmp_path / "rest.json"
    file.write_text("id;applicant;score_points;requested_eur\nA;1;90;7,00\nB;2;80;5,00\nC;3;70,5;3,00\n")
    assert json.loads(run("allocate", str(file), "--budget", "1000")[1])["awards"] == {"A": 700, "C": 300}
    rest.write_text(json.dumps({"rule": "rank-stop", "pass_mark": 7100, "envelopes": INPUT["envelopes"]}))
    found = json.loads(run("allocate", str(file), "--with", str(rest))[1])
    assert (found["call"], found["awards"]) == ("list", {"A": 700})
    assert run("allocate", str(file))[0] == 2
    rest.write_text(json.dumps({"applications": []}))
    code, output = run("allocate", str(file), "--with", str(rest))
    assert (code, output) == (2, f"{rest}: applications: expected them in the list, not beside it\n")


@pytest.mark.parametrize(
    ("words", "given", "complaint"),
    [
        ((), {**INPUT, "pass_mark": 60.5}, "pass_mark: expected a whole number, got 60.5"),
        ((), {**INPUT, "colour": 1}, "colour: unknown key, expected one of applications, call, envelopes"),
        ((), {**INPUT, "frozen": {"A": 700, "B": 500}}, "the fixed award of B exceeds total by 200"),
        ((), [], "file: expected an object"),
        (("--budget", "7"), INPUT, "file: expected a list in CSV or XLSX beside --with or --budget"),
        (("--rule", "optimum-points", "--force", "X"), INPUT, "--force: there is no application X"),
    ],
)
def test_a_wrong_input_is_refused_with_its_place(
    tmp_path: Path, words: tuple[str, ...], given: object, complaint: str
) -> None:
    code, output = divided(tmp_path, *words, given=given)
    assert (code, output.startswith(complaint)) == (2, True), output


def test_no_optimum_within_the_clock_and_no_optimiser_are_said_and_end_with_three(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, output = divided(tmp_path, "--rule", "optimum-points", "--clock", "0", "--say", "nl")
    assert (code, output.startswith("Binnen 0 seconden is geen optimum")) == (3, True)
    monkeypatch.setattr(process, "find_spec", lambda name: None)
    code, output = divided(tmp_path, "--rule", "optimum-points")
    assert (code, "pip install 'oproep[optimum]'" in output) == (3, True)
    assert divided(tmp_path, "--compare")[0] == 0


def test_dividing_money_loads_no_web_and_no_database() -> None:
    seen = (
        "import sys, oproep; oproep.main.get_command(None, 'allocate');"
        "print('flask' in sys.modules, 'sqlalchemy' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", seen], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout == "False False\n"
