"""The calls of 2024 played through the same actions the web uses: the figures of the annual report come out."""

import csv
import io
import os
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from config.settings import CALLS, DEMO, ROOT, Settings
from portal import set_up
from tests.builders import asked
from workflows import database
from workflows.allocation import queries as allocation
from workflows.calls.rules import read_terms
from workflows.history import chains, first_broken
from workflows.letters import queries as letters
from workflows.letters.rules import LetterKind
from workflows.publication.queries import Results, public_results
from workflows.replay.play import Play, Scene
from workflows.replay.world import World, read_world
from workflows.submission import queries as submission
from workflows.submission.queries import ApplicationView

REPORT_2024 = """call,organisation,project,amount_eur
zuid-2024,Entraide et Fraternité,Accès libre à la terre pour le développement des collines,124986
zuid-2024,Solsoc,Développement d’Initiatives d’économie sociale et solidaire,125000
zuid-2024,Viva Salud,Autonomisation par l’agroécologie,125000
zuid-2024,Présence et Action culturelles,Arts du cirque au service du développement socio-économique,24960
zuid-2024,Association pour la Diversité Culturelle en Belgique,Ceramics for Peace,25000
zuid-2024,Handicap International,UniVers l’Inclusion,125000
zuid-2024,Adventist Development and Relief Agency - Belgium,Amélioration des conditions de vie des rizicultrices en RDC,25000
zuid-2024,Forum Lisanga,Women’s Green Impact WO-GREEN,25000
zuid-2024,Social Ecology Education Fund,Coopérative de charbon vert,25000
zuid-2024,Twende,Objectif Zéro Plastique,15000
noord-2024,Croix-Rouge de Belgique - Communauté francophone,Osons l'humanitaire : découvrir l'action humanitaire et agir en faveur de la dignité humaine,12300
noord-2024,ULB Coopération,Cooperation Games,18963
noord-2024,Oxfam Solidarité - Solidariteit,Oxfam interculturele inleefateliers,10837
noord-2024,RCN Justice et Démocratie,"Reflect, Resist, Act: Jeunesse engagée et consciente, voor een intercultureel Brussel !",24526
noord-2024,Edukado,Ghana 2025,12315
noord-2024,ULB Engagée,"Migration, au-delà des préjugés",23950
noord-2024,VIA Don Bosco,Interculturalité : mon / ton / notre histoire,25000
noord-2024,Coopération Éducation Culture,Dialogue interculturel : écologie décoloniale,20030
noord-2024,Mouvement d'Actions à Travers Monde,Les Voix Climatiques : Jeunesse Bruxelloise pour une justice migratoire,23779
noord-2024,Géopolis,D'ici à ailleurs - Série de 12 capsules radio réalisées avec des élèves bruxellois sur de grands défis planétaires,12000
noord-2024,"11.11.11, Koepel van Internationale Solidariteit",Les jeunes et l'accès au droit à la nature dans les espaces publics,16300
"""  # noqa: E501  # the rows of the annual report of 2024, euro

pytestmark = pytest.mark.xdist_group("replay")


@dataclass(frozen=True)
class Played:
    """A call after its replay."""

    world: World
    references: dict[int, str]
    files: tuple[ApplicationView, ...]
    letters: tuple[letters.LetterView, ...]
    results: Results
    record: str
    mail: Counter[str]
    pdfs: tuple[bytes, ...]
    broken: tuple[str, ...]


def play(call: str, instance: Path, migrated: Path, until: Scene = Scene.LETTERS) -> Play:
    """Replay a call in a fresh installation, which stays connected."""
    instance.mkdir(parents=True)
    shutil.copy(migrated, instance / "oproep.sqlite")
    set_up.connect(Settings(instance=instance))
    path = CALLS / f"{call}.toml"
    scenes: list[Scene] = []
    found = Play(
        read_world(DEMO / f"{call}.toml"), read_terms(path.read_text(encoding="utf-8"), path.name),
        lambda scene, step, of: scenes.append(scene),
    )  # fmt: skip
    found.run(until)
    assert tuple(dict.fromkeys(scenes)) == tuple(Scene)[: tuple(Scene).index(until) + 1]
    return found


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory, migrated: Path) -> dict[str, Played]:
    """Both calls, each played in a fresh installation of its own."""
    found: dict[str, Played] = {}
    folder = tmp_path_factory.mktemp("replays")
    for call in ("zuid-2024", "noord-2024"):
        played = play(call, folder / call, migrated)
        written = asked(letters.of_call, call)
        results = asked(public_results, call, played.terms.closes + timedelta(days=60))
        found[call] = Played(
            played.world, played.references, asked(submission.of_call, call), written, results,
            asked(allocation.decision, call).record, Counter(asked(letters.counts)),
            tuple(letters.pdf(letter) for letter in written),
            tuple(chain for chain in asked(chains) if asked(first_broken, chain)),
        )  # fmt: skip
        database.disconnect()
    return found


def awards_of_the_report(call: str) -> list[tuple[str, str, int]]:
    """Organisation, project and cents of each row of the report."""
    rows = csv.DictReader(io.StringIO(REPORT_2024))
    return sorted(
        (row["organisation"], row["project"], int(row["amount_eur"]) * 100) for row in rows if row["call"] == call
    )


@pytest.mark.parametrize(("call", "number"), [("zuid-2024", 10), ("noord-2024", 11)])
def test_the_awards_are_those_of_the_annual_report(replays: dict[str, Played], call: str, number: int) -> None:
    awards = [(row.organisation, row.project, row.awarded) for row in replays[call].results.awards]
    assert sorted(awards) == awards_of_the_report(call)
    assert len(awards) == number


def test_south_2024_gives_424946_of_430000_to_the_opt_and_215000_of_225000_to_the_others(
    replays: dict[str, Played],
) -> None:
    results = replays["zuid-2024"].results
    assert [(share.name["fr"], share.used, share.amount, share.left) for share in results.shares] == [
        ("Total de l’appel", 63_994_600, 65_500_000, 1_505_400),
        ("Par priorité au Territoire palestinien occupé", 42_494_600, 43_000_000, 505_400),
        ("Autres zones", 21_500_000, 22_500_000, 1_000_000),
    ]
    assert results.total == 63_994_600


def test_south_2024_states_that_the_report_says_625346_and_differs_by_14600(replays: dict[str, Played]) -> None:
    found = replays["zuid-2024"].results.difference
    assert found is not None
    assert (found.published, found.computed, found.cents) == (62_534_600, 63_994_600, 1_460_000)


def test_north_2024_gives_exactly_200000(replays: dict[str, Played]) -> None:
    results = replays["noord-2024"].results
    assert [(share.used, share.amount) for share in results.shares] == [(20_000_000, 20_000_000)]
    assert (results.total, results.difference) == (20_000_000, None)


@pytest.mark.parametrize("call", ["zuid-2024", "noord-2024"])
def test_every_file_ends_as_its_world_says(replays: dict[str, Played], call: str) -> None:
    played = replays[call]
    ends = {one.reference: one.state.value for one in played.files}
    expected = {
        played.references[index]: {"late": "draft"}.get(one.outcome, one.outcome)
        for index, one in enumerate(played.world.applications)
    }
    assert ends == expected
    assert len(ends) == 50


@pytest.mark.parametrize(
    ("call", "kinds"),
    [
        ("zuid-2024", {"receipt": 48, "ineligible": 7, "award": 10, "reserve": 12, "refusal": 18}),
        ("noord-2024", {"receipt": 48, "ineligible": 7, "award": 11, "reserve": 12, "refusal": 17}),
    ],
)
def test_every_applicant_is_answered_by_one_letter_in_its_language_as_pdf(
    replays: dict[str, Played], call: str, kinds: dict[str, int]
) -> None:
    played = replays[call]
    assert Counter(letter.kind.value for letter in played.letters) == kinds
    decided = {one.reference: one.language for one in played.files if one.state.value not in ("draft", "withdrawn")}
    answers = [letter for letter in played.letters if letter.kind is not LetterKind.RECEIPT]
    assert sorted((letter.application, letter.language) for letter in answers) == sorted(decided.items())
    assert {pdf[:5] for pdf in played.pdfs} == {b"%PDF-"}
    assert len(set(played.pdfs)) == len(played.letters)
    assert [letter.number for letter in played.letters] == [
        f"2024/{number:04d}" for number in range(1, len(played.letters) + 1)
    ]


@pytest.mark.parametrize("call", ["zuid-2024", "noord-2024"])
def test_every_mail_left_and_the_history_is_whole(replays: dict[str, Played], call: str) -> None:
    played = replays[call]
    assert played.mail == {"sent": len(played.letters) + 1}  # the colleague was asked to sign too
    assert played.broken == ()


SECOND_RUN = """
import sys
from pathlib import Path
from tests.workflows.test_replay import Scene, allocation, asked, play
play("zuid-2024", Path(sys.argv[1]), Path(sys.argv[2]), until=Scene.ALLOCATION)
sys.stdout.buffer.write(asked(allocation.decision, "zuid-2024").record.encode())
"""


def test_a_second_replay_gives_the_same_decision_to_the_byte(
    replays: dict[str, Played], tmp_path: Path, migrated: Path
) -> None:
    command = [sys.executable, "-c", SECOND_RUN, str(tmp_path / "again"), str(migrated)]
    other_order_of_sets = {**os.environ, "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    again = subprocess.run(command, cwd=ROOT, env=other_order_of_sets, capture_output=True, check=True)
    assert again.stdout == replays["zuid-2024"].record.encode()
