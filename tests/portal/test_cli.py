"""The console command: what it says of itself, of wrong files, and of an interruption."""

import subprocess
import sys
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from config.settings import CALLS, Settings
from migrations.run import upgrade
from oproep import main
from portal import demo, set_up
from workflows import database
from workflows.people.queries import people_with
from workflows.permissions import Role
from workflows.replay.play import Play


def commands(group: click.Group, before: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], click.Command]]:
    found: list[tuple[tuple[str, ...], click.Command]] = []
    context = click.Context(group)
    for name in sorted(group.list_commands(context)):
        command = group.get_command(context, name)
        assert command is not None
        found += (
            commands(command, (*before, name)) if isinstance(command, click.Group) else [((*before, name), command)]
        )
    return found


def run(*words: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(main, words)
    return outcome.exit_code, outcome.output


def test_every_sub_command_tells_what_it_does() -> None:
    found = commands(main)
    assert {name[0] for name, _ in found} >= {"serve", "worker", "demo", "replay", "call", "doctor"}
    assert [name for name, command in found if len(command.help or "") < 20] == []
    assert [name for name, _ in found if run(*name, "--help")[0] != 0] == []


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('id = "zuid-2024"', 'id = "zuid-2024"\ncolour = 3', "colour: unknown key"),
        ("year = 2024", 'year = "2024"', "year: Input should be a valid integer (given: '2024')"),
        ("year = 2024", "year = = 2024", "(at line 3, column 8)"),
        ("rank-skip", "rank-jump", "allocation.rule: Input should be 'rank-stop', 'rank-skip'"),
    ],
)
def test_a_wrong_call_file_is_refused_with_the_file_the_place_and_what_was_expected(
    tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    file = tmp_path / "zuid.toml"
    text = (CALLS / "zuid-2024.toml").read_text(encoding="utf-8")
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    code, output = run("call", "check", str(file))
    assert (code, output.startswith(f"Error: {file}: "), complaint in output) == (1, True, True), output


def test_a_call_goes_in_and_comes_out_as_the_same_file(tmp_path: Path) -> None:
    file = CALLS / "noord-2026.toml"
    assert run("call", "import", str(file), "--instance", str(tmp_path)) == (
        0,
        "noord-2026: version 1 of its terms is in.\n",
    )
    assert run("call", "export", "noord-2026", "--instance", str(tmp_path)) == (0, file.read_text(encoding="utf-8"))
    assert run("call", "export", "nowhere", "--instance", str(tmp_path)) == (1, "Error: there is no call nowhere\n")


def test_a_call_file_that_is_no_text_is_refused_with_its_byte(tmp_path: Path) -> None:
    file = tmp_path / "call.toml"
    file.write_bytes(b'id = "caf\xe9"')
    assert run("call", "check", str(file)) == (1, f"Error: {file}: byte 9 is not UTF-8 text\n")


def test_a_demonstration_that_was_interrupted_is_loaded_anew_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The world stands beside the installation until it is whole, so that an interruption leaves nothing behind."""

    def load_half(report: object, now: datetime) -> None:
        demo._open(demo.terms("noord-2026"), now)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(demo, "load", load_half)
        assert run("demo", "--instance", str(tmp_path))[0] == 1
    set_up.connect(Settings(instance=tmp_path))
    assert demo.held() == frozenset()
    monkeypatch.setattr(demo, "load", lambda report, now: demo._open(demo.terms("noord-2026"), now))
    assert run("demo", "--instance", str(tmp_path))[0] == 0
    assert demo.held() == {"noord-2026"}
    database.disconnect()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["oproep.sqlite", "secret-key", "store"]


def test_a_call_whose_play_was_interrupted_says_how_to_start_over(tmp_path: Path) -> None:
    set_up.connect(Settings(instance=tmp_path))
    upgrade(database.engine())
    Play(demo.world("noord-2024"), demo.terms("noord-2024"), lambda *step: None).publish()
    for command in (("demo",), ("replay", "noord-2024")):
        code, output = run(*command, "--instance", str(tmp_path))
        assert (code, "noord-2024 was interrupted" in output, "FRESH=1" in output) == (1, True, True)
    database.disconnect()


def test_the_worker_without_redis_goes_on_until_it_is_told_to_stop(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "portal.cli", "worker", "--instance", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as working:
        assert working.stdout is not None
        assert "the loop runs here" in working.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            working.wait(1)
        working.terminate()
        assert working.wait(20) == 0


def test_the_first_administrator_is_made_from_the_terminal(tmp_path: Path) -> None:
    for _ in range(2):
        code, output = run("administrator", "Ada@Example.org", "Ada", "--instance", str(tmp_path))
        assert (code, "/password-forgotten" in output) == (0, True), output
    with database.reading() as session:
        found = people_with(session, Role.ADMINISTRATOR)
    assert [(one.name, one.email, one.confirmed) for one in found] == [("Ada", "ada@example.org", True)]
    assert run("administrator", "ada", "Ada", "--instance", str(tmp_path))[0] == 1
