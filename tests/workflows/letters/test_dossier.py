"""The dossier of a decision: whoever has it alone comes to the same decision, and sees what was changed in it."""

import json
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from config.settings import Settings
from tests.builders import CLOSES, DAY, a_call, an_administrator, an_application, asked, decide
from workflows.allocation import queries
from workflows.awards.offering import record_decline
from workflows.calls.queries import terms_of
from workflows.database import transaction
from workflows.letters import dossier
from workflows.letters.blocks import Items, Letterhead
from workflows.problems import NotThere
from workflows.scoring.meeting import ClosingView

HEAD = Letterhead("Brussels International", ("Kruidtuinlaan 20", "1035 Brussel"))


@pytest.fixture
def found(settings: Settings) -> dossier.Dossier:
    """A decision over three files: one funded, one short of money, one below the pass mark."""
    a_call()
    an_application("scored", {"requested": 2_500_000})
    an_application("scored", {"requested": 2_500_000}, marks=(4, 4, 4))
    an_application("scored", {"requested": 2_500_000}, marks=(4, 4, 3))
    an_application("scored", marks=(2, 2, 2))
    decide(an_administrator())
    return read()


def read() -> dossier.Dossier:
    return asked(lambda session: dossier.read(session, terms_of(session, "small")))


@pytest.fixture
def unpacked(found: dossier.Dossier, tmp_path: Path) -> Path:
    """The dossier in an empty folder."""
    folder = tmp_path / "empty"
    with ZipFile(BytesIO(dossier.pack(found, HEAD))) as zipped:
        zipped.extractall(folder)
    return folder


def check(folder: Path) -> tuple[int, str]:
    """What a bare Python says of it, with nothing installed and nothing of ours in reach."""
    ran = subprocess.run([sys.executable, "-I", "-S", "verify.py", "record.json"],
                         cwd=folder, capture_output=True, text=True, check=False)  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


def test_a_bare_python_comes_to_the_same_fingerprint(found: dossier.Dossier, unpacked: Path) -> None:
    code, said = check(unpacked)
    assert (code, [line for line in said.splitlines() if line.startswith("no")]) == (0, [])
    assert said.splitlines()[-1].endswith(found.decision.fingerprint)
    assert "walking down the ranking again gives these awards" in said


@pytest.mark.parametrize(
    ("file", "before", "after"),
    [
        ("record.json", b'"short_by":1', b'"short_by":2'),
        ("record.json", b":2500000", b":2500001"),
        ("marks.json", b'"relevance": 4', b'"relevance": 5'),
        ("terms.json", b"Kleine", b"Kleina"),
        ("dossier-nl.pdf", b"%PDF", b"%PDG"),
    ],
)
def test_one_byte_changed_is_told_with_its_file(unpacked: Path, file: str, before: bytes, after: bytes) -> None:
    content = (unpacked / file).read_bytes()
    assert before in content
    (unpacked / file).write_bytes(content.replace(before, after, 1))
    code, said = check(unpacked)
    assert (code, f"       {file}" in said.splitlines()) == (1, True)


def test_a_file_that_is_taken_out_is_told(unpacked: Path) -> None:
    (unpacked / "signatures.json").unlink()
    assert check(unpacked)[0] == 1


def test_the_record_in_it_is_the_record_that_is_kept(found: dossier.Dossier, unpacked: Path) -> None:
    assert (unpacked / "record.json").read_text() == asked(queries.decision, "small").record
    signed = json.loads((unpacked / "signatures.json").read_text())
    assert [(one["person"], one["fingerprint"]) for one in signed] == [("Ada", found.decision.fingerprint)]


def test_the_same_decision_gives_the_same_bytes(found: dossier.Dossier) -> None:
    assert dossier.pack(found, HEAD) == dossier.pack(read(), HEAD)


@pytest.mark.parametrize("language", dossier.PDF_LANGUAGES)
def test_every_refused_file_has_its_reason_in_words(found: dossier.Dossier, language: str) -> None:
    reasons = [one for one in dossier.compose(found, language, HEAD).blocks if isinstance(one, Items)]
    told = [text for one in reasons for text in one.texts]
    assert [one.id in text for one, text in zip(found.refusals, told, strict=True)] == [True, True]


def test_there_is_none_before_the_decision(settings: Settings) -> None:
    a_call()
    with pytest.raises(NotThere):
        read()


def test_the_minutes_are_in_it_once_the_panel_was_closed(found: dossier.Dossier) -> None:
    record = {
        "call": "small", "held_on": "2026-12-20", "place": "Brussel", "notes": "", "quorum": 2,
        "present": ["An", "Bo"], "absent": [], "files": [],
    }  # fmt: skip
    closed = ClosingView(1, json.dumps(record), "0" * 64, CLOSES, None, "")
    names = {
        closing: ZipFile(BytesIO(dossier.pack(replace(found, closing=closing), HEAD))).namelist()
        for closing in (None, closed)
    }
    assert set(names[closed]) - set(names[None]) == {"minutes-fr.pdf", "minutes-nl.pdf"}


def test_an_award_given_up_later_changes_nothing_in_the_dossier_of_the_decision(found: dossier.Dossier) -> None:
    reference = next(iter(found.awards))
    with transaction() as session:
        record_decline(session, an_administrator(), reference, "De partner viel weg.", now=CLOSES + 40 * DAY)
    assert read().decision.record_sha256 == found.decision.record_sha256
    assert read().files.keys() == found.files.keys()
    assert dossier.pack(read(), HEAD) == dossier.pack(found, HEAD)
