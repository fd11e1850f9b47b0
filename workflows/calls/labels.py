"""How the office calls the settings of a call and their values: `labels.toml`, the languages side by side."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from workflows.calls.strict import Strict
from workflows.language import LANGUAGES, Text

FILE = Path(__file__).with_name("labels.toml")


@cache
def labels() -> dict[str, Any]:
    """The file, by model and setting."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def label(model: type[Strict], name: str) -> Text:
    """What a setting is called; its own name where nobody gave it words, which a test does not let pass."""
    found: dict[str, Any] = labels().get(model.__name__, {}).get(name, dict.fromkeys(LANGUAGES, name))
    return {language: text for language, text in found.items() if language != "help"}


def help_text(model: type[Strict], name: str) -> Text:
    """What to know when putting it in."""
    found: Text = labels().get(model.__name__, {}).get(name, {}).get("help", {})
    return found


def value(vocabulary: str, code: str) -> Text:
    """What a code means; the code itself where nobody named it."""
    found: Text = labels()["value"].get(vocabulary, {}).get(code, {"nl": code, "fr": code, "en": code})
    return found
