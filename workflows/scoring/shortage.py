"""Saying what a jury lacks: which files and which jurors it is about, in plain facts. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from babel import Locale

from workflows.language import LANGUAGES, Text
from workflows.problems import Reason
from workflows.scoring.drafting import Lack, Shortage
from workflows.scoring.jury import Juror, JuryFile

NAMED = 12
"""So many files or jurors are named in a sentence; of more only the number."""


def say(found: Shortage, files: Sequence[JuryFile], jurors: Sequence[Juror], themes: Mapping[str, Text]) -> Reason:
    """The shortage as a reason. Its facts hold every reference and person besides what the sentence mentions."""
    about = [files[number] for number in found.files]
    people = [jurors[number] for number in found.jurors]
    code = f"jury-lacks-{found.lack}"
    if found.lack is Lack.JURORS and not people:
        code = "jury-lacks-anyone"
    return Reason(
        code,
        {
            "references": [file.reference for file in about],
            "people": [juror.person_id for juror in people],
            "needed": found.needed,
            "possible": found.possible,
            "count": len(about),
            "files": _named(file.reference for file in about),
            "names": _named(juror.name for juror in people),
            "languages": [language_name(code) for code in sorted({file.language for file in about})],
            "themes": [themes.get(code, code) for code in sorted({theme for file in about for theme in file.themes})],
        },
    )


def language_name(code: str) -> dict[str, str]:
    """What a language is called in each of ours, such as `Nederlands`, `néerlandais`, `Dutch`."""
    return {language: Locale(language).languages[code] for language in LANGUAGES}


def _named(names: Iterable[str]) -> list[Any]:
    every = list(names)
    return [*every[:NAMED], f"… (+ {len(every) - NAMED})"] if len(every) > NAMED else every
