"""What if: another budget, pass mark or rule over the same files, and who enters and leaves by it."""

from time import perf_counter

import pytest
from sqlalchemy import event

from config.settings import Settings
from tests.builders import a_call, an_application, asked, terms
from workflows import database
from workflows.allocation import queries, rules
from workflows.allocation.model import AllocationInput, Candidate, Envelope
from workflows.allocation.queries import Board
from workflows.allocation.what_if import Moved, Setting, moved


def test_a_setting_that_changes_nothing_leaves_the_terms_as_they_are() -> None:
    assert Setting().of(terms()) == terms()


@pytest.mark.parametrize(
    ("setting", "cents"),
    [
        (Setting(percent=-15), 5_100_000),
        (Setting(percent=-100), 0),
        (Setting(percent=20), 7_200_000),
        (Setting(amounts={"total": 4_000_001}, percent=-50), 2_000_000),
        (Setting(amounts={"elsewhere": 1}), 6_000_000),
    ],
)
def test_a_per_cent_is_of_the_amount_tried_and_rounded_down_to_the_cent(setting: Setting, cents: int) -> None:
    assert [one.amount_cents for one in setting.of(terms()).envelopes] == [cents]


@pytest.fixture
def board(settings: Settings) -> tuple[Board, list[str]]:
    """60,000 euro for files of 20,000, 25,000 and 16,000, and one below the pass mark of 60."""
    a_call()
    references = [
        an_application("scored", marks=(5, 5, 5)),
        an_application("scored", {"requested": 2_500_000}, marks=(4, 4, 4)),
        an_application("scored", {"requested": 1_600_000}, marks=(4, 4, 3)),
        an_application("scored", {"requested": 1_000_000}, marks=(2, 2, 2)),
    ]
    return asked(queries.board, "small"), references


@pytest.mark.parametrize(
    ("setting", "enters", "leaves", "cents"),
    [
        (Setting(percent=-30), [2], [1], -900_000),
        (Setting(percent=25), [2], [], 1_600_000),
        (Setting(pass_mark=4000), [3], [], 1_000_000),
        (Setting(rule="rank-stop"), [], [], 0),
    ],
)
def test_who_enters_and_who_leaves_is_told_against_what_stands(
    board: tuple[Board, list[str]], setting: Setting, enters: list[int], leaves: list[int], cents: int
) -> None:
    found, references = board
    other = queries.tried(found, setting.of(found.terms))
    assert moved(found.result, other.result) == Moved(
        tuple(references[one] for one in enters), tuple(references[one] for one in leaves), (), cents
    )
    assert asked(queries.board, "small").fingerprint == found.fingerprint


def test_a_rule_that_pays_in_part_changes_amounts_too(board: tuple[Board, list[str]]) -> None:
    found, references = board
    other = queries.tried(found, Setting(rule="pro-rata").of(found.terms))
    assert moved(found.result, other.result).other == (references[0], references[1])


def test_trying_asks_the_database_nothing(board: tuple[Board, list[str]]) -> None:
    found, _ = board
    asked_for: list[str] = []
    event.listen(database.engine(), "before_cursor_execute", lambda *given: asked_for.append(given[2]))
    queries.tried(found, Setting(percent=-15).of(found.terms))
    assert asked_for == []


def test_two_hundred_files_are_divided_anew_while_a_slider_moves() -> None:
    files = tuple(
        Candidate(f"Z-{number:03}", str(number % 90), 5000 + number * 37 % 5000, 900_000 + number * 7_919 % 3_000_000,
                  900_000, frozenset({"north" if number % 3 else "south"}))
        for number in range(200)
    )  # fmt: skip
    envelopes = (
        Envelope("total", 200_000_000, ("*",), "ceiling"),
        Envelope("south", 90_000_000, ("south",), "ceiling"),
    )
    took = []
    for rule in ("rank-skip", "rank-stop", "rank-partial-skip"):
        began = perf_counter()
        rules.allocate(AllocationInput("wide", rule, 6000, files, envelopes))
        took.append(perf_counter() - began)
    assert max(took) < 1  # some twenty milliseconds; a machine that does eight things at once takes longer
