"""What the tests of the jury build juries from, by hand and at random."""

from hypothesis import settings
from hypothesis import strategies as st

from workflows.scoring.jury import Juror, Jury, JuryFile

LANGUAGES, THEMES, PEOPLE = ["nl", "fr"], ["water", "youth", "work"], range(1, 6)
some = settings(max_examples=100, deadline=None)


def a_file(reference: str = "F1", language: str = "nl", wanted: int = 2, **more: object) -> JuryFile:
    sets = {name: frozenset(value) for name, value in more.items()}
    return JuryFile(reference, language, wanted, **sets)


def a_juror(number: int, languages: str = "nl", themes: str = "", **more: int) -> Juror:
    return Juror(number, f"Juror {number}", frozenset(languages.split()), frozenset(themes.split()), **more)


def a_jury(files: list[JuryFile], jurors: list[Juror], **more: object) -> Jury:
    return Jury(tuple(files), tuple(jurors), **more)


@st.composite
def juries(draw, most=4, limits=True):
    """A jury small enough to try everything on it."""
    jurors = [
        Juror(
            number,
            f"Juror {number}",
            draw(st.frozensets(st.sampled_from(LANGUAGES), min_size=1)),
            draw(st.frozensets(st.sampled_from(THEMES), max_size=2)),
            draw(st.integers(0, 2)) if limits else 0,
            draw(st.sampled_from([None, 2, 3, 4])) if limits else None,
        )
        for number in PEOPLE[: draw(st.integers(1, 5))]
    ]
    files = [
        JuryFile(
            f"F{number}",
            draw(st.sampled_from(LANGUAGES)),
            draw(st.integers(0, 3)),
            draw(st.frozensets(st.sampled_from(THEMES), max_size=2)),
            conflicted := draw(st.frozensets(st.sampled_from(PEOPLE), max_size=1)),
            draw(st.frozensets(st.sampled_from(PEOPLE[: len(jurors)]), max_size=1)) - conflicted,
        )
        for number in range(draw(st.integers(0, most)))
    ]
    return a_jury(files, jurors, expert_wanted=draw(st.booleans()))


@st.composite
def roomy_juries(draw):
    """A jury that can be assigned in full, everybody reading everything, and how well each file suits each juror."""
    people = draw(st.integers(3, 5))
    files = [a_file(f"F{number}", wanted=draw(st.integers(1, 3))) for number in range(draw(st.integers(1, 4)))]
    even = -(-sum(file.wanted for file in files) // people)
    least = sum(file.wanted for file in files) // people
    jurors = [
        a_juror(number, least=max(0, least - draw(st.integers(0, 1))), most=even + draw(st.integers(0, 1)))
        for number in PEOPLE[:people]
    ]
    fits = {file.reference: {number: draw(st.integers(0, 20)) for number in PEOPLE[:people]} for file in files}
    return a_jury(files, jurors), fits
