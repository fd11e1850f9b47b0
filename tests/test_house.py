"""The walls of the house: what CONTRIBUTING.md says of the structure holds, or this file is red."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from config.settings import ROOT
from portal.guard import declared
from workflows.calls.terms import ConditionKind, Letters, LetterText
from workflows.eligibility.rules import CONDITIONS
from workflows.letters.compose import COMPOSERS
from workflows.letters.rules import LETTER_AFTER, LetterKind
from workflows.lifecycle import MOVES, ApplicationState, CallState
from workflows.permissions import PERMISSIONS, Action

PACKAGES = ("config", "migrations", "oproep", "portal", "workflows")
EXACT_DIVISIONS = {
    "workflows/allocation/prorata.py", "workflows/scoring/agreement.py", "workflows/scoring/flips.py",
    "workflows/scoring/reliability.py", "workflows/scoring/rules.py", "workflows/scoring/severity.py",
}  # fmt: skip
"""Files that divide Fractions, which stays exact."""
WITH_FLOATS = {
    "workflows/allocation/optimum/solver.py", "workflows/allocation/optimum/process.py",
    "workflows/scoring/posterior.py",
}  # fmt: skip
"""The solver and its clock, whose whole numbers are believed only once checked; and statistics that are shown, which a
contract keeps away from whatever decides."""
LONGEST_FILE = 300
ONE_FILE_ON_PURPOSE = ("workflows/allocation/verify.py",)
"""The checker of certificates: it is copied elsewhere and run alone."""
LONGEST_FUNCTION = 50
TRANSACTIONS = {
    "portal/cli/applications.py", "portal/cli/calls.py", "portal/cli/keeping.py", "portal/cli/outbox.py",
    "portal/cli/people.py", "portal/demo.py", "portal/work.py", "workflows/database.py", "workflows/replay/play.py",
    "workflows/tasks.py",
}  # fmt: skip
"""The edges: a request, a task, a command, a play."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Every module of ours with its syntax tree."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(modules())


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )


def test_the_import_contracts_hold() -> None:
    outcome = lint_imports(ROOT)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("portal/public/__init__.py", "import sqlalchemy", "The portal knows no SQL BROKEN"),
        ("portal/juror/__init__.py", "import portal.expert", "The doors of the portal do not know each other BROKEN"),
        ("workflows/people/rules.py", "import workflows.calls.queries", "A stage looks back, never forward BROKEN"),
        ("workflows/scoring/rules.py", "import flask", "The workflows know no web"),
        ("workflows/allocation/queries.py", "import workflows.scoring.posterior", "knows no statistics with floats"),
    ],
)
def test_breaking_an_import_rule_turns_its_contract_red(tmp_path: Path, file: str, line: str, contract: str) -> None:
    for package in PACKAGES:
        for module in (ROOT / package).rglob("*.py"):
            copy = tmp_path / module.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(module.read_bytes())
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    with (tmp_path / file).open("a") as broken:
        broken.write(f"\n{line}\n")
    outcome = lint_imports(tmp_path)
    assert (outcome.returncode, contract in outcome.stdout) == (1, True), outcome.stdout


def test_only_move_assigns_a_state() -> None:
    assigning = [
        file
        for file, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for part in ast.walk(target)
        if isinstance(part, ast.Attribute) and part.attr == "state" and isinstance(part.ctx, ast.Store)
    ]
    assert assigning == ["workflows/history.py"]


def test_only_the_edges_open_a_transaction_and_nobody_else_commits() -> None:
    opening = {
        file
        for file, tree in MODULES.items()
        if calls_of(tree, "transaction") or calls_of(tree, "transaction", method=True)
    }
    committing = {file for file, tree in MODULES.items() if calls_of(tree, "commit", method=True)}
    assert opening == TRANSACTIONS - {"workflows/database.py"}
    assert committing == {"migrations/run.py", "portal/administrator/awards.py"}  # the second commits money


def calls_of(tree: ast.Module, name: str, *, method: bool = False) -> bool:
    """Whether the module calls a function of this name (or, with `method`, something's method)."""
    wanted = ast.Attribute if method else ast.Name
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, wanted)
        and name in (getattr(node.func, "id", ""), getattr(node.func, "attr", ""))
        for node in ast.walk(tree)
    )


def test_no_clock_and_no_chance_in_a_pure_file() -> None:
    pure = [
        file
        for file in MODULES
        if file.startswith("workflows/") and file.endswith(("/rules.py", "lifecycle.py", "permissions.py", "money.py"))
    ]
    asking = [
        (file, node.attr)
        for file in pure
        for node in ast.walk(MODULES[file])
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "utcnow", "today", "random", "token_hex", "token_urlsafe")
    ]
    assert (len(pure) >= 10, asking) == (True, [])


def test_no_float_in_the_workflows_of_money() -> None:
    stages = (
        "workflows/money",
        "workflows/allocation",
        "workflows/scoring",
        "workflows/publication",
        "workflows/calls",
    )
    floats = [
        (file, node.lineno)
        for file, tree in MODULES.items()
        if file.startswith(stages) and file not in WITH_FLOATS
        for node in ast.walk(tree)
        if (isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and file not in EXACT_DIVISIONS)
    ]
    assert floats == []


def test_every_module_says_in_a_sentence_what_it_is() -> None:
    assert [file for file, tree in MODULES.items() if not ast.get_docstring(tree)] == []


def test_files_and_functions_stay_small() -> None:
    long_files = [
        file for file in MODULES
        if len((ROOT / file).read_text(encoding="utf-8").splitlines()) > LONGEST_FILE
        and "versions" not in file and file not in ONE_FILE_ON_PURPOSE
    ]  # fmt: skip
    long_functions = [
        f"{file}:{node.name}"
        for file, tree in MODULES.items()
        if "versions" not in file
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert (long_files, long_functions) == ([], [])


def test_no_relationship_backref_or_signal() -> None:
    found = [
        file
        for file, tree in MODULES.items()
        for name in ("relationship", "backref", "listens_for")
        if calls_of(tree, name)
    ]
    assert found == []


def test_every_form_sorts_what_it_receives() -> None:
    plain = {
        file
        for file, tree in MODULES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "FlaskForm"
    }
    assert plain == {"portal/received.py"}


def test_every_endpoint_declares_a_permission_that_is_in_the_table(app: Flask) -> None:
    undeclared = [rule.endpoint for rule in app.url_map.iter_rules() if declared(app, rule.endpoint) not in PERMISSIONS]
    assert undeclared == []


def test_every_action_has_its_line_in_the_table() -> None:
    assert set(PERMISSIONS) == set(Action)


def test_every_state_can_be_reached_or_is_where_one_begins() -> None:
    begins = {CallState.DRAFT, ApplicationState.DRAFT}
    assert set(MOVES.values()) | begins == set(CallState) | set(ApplicationState)


def test_every_kind_of_condition_has_its_judge() -> None:
    assert set(CONDITIONS) == set(ConditionKind)


def test_every_kind_of_letter_has_an_event_a_composer_and_a_text_in_the_call() -> None:
    texts = {name for name, field in Letters.model_fields.items() if field.annotation is LetterText}
    kinds = set(LetterKind)
    assert (set(LETTER_AFTER.values()), set(COMPOSERS), texts) == (kinds, kinds, {str(kind) for kind in kinds})


def test_no_committed_file_names_a_package_index_or_this_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    telling = ("--index-" + "url", "--extra-index-" + "url", '"resol' + 'ved":', str(ROOT) + "/")
    found = [
        name for name in tracked
        if (ROOT / name).is_file()
        and any(mark in (ROOT / name).read_text(encoding="utf-8", errors="ignore") for mark in telling)
    ]  # fmt: skip
    assert found == []
