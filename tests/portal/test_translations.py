"""The interface is complete in Dutch and French, with the same placeholders; English is the source."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from config.settings import ROOT

METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]


@cache
def said() -> frozenset[str]:
    """Every English text of the interface, as it stands in the code."""
    found = extract_from_dir(ROOT / "portal", METHODS, options_map={"templates/**.html": {"encoding": "utf-8"}})
    return frozenset(text if isinstance(text, str) else text[0] for _, _, text, _, _ in found)


@cache
def catalogue(language: str) -> Catalog:
    path = ROOT / "portal" / "translations" / language / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=language)


def messages(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def texts(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_every_text_of_the_interface_is_translated_and_nothing_else(language: str) -> None:
    translated = {key(message) for message in messages(language) if all(texts(message)) and not message.fuzzy}
    assert (said() - translated, translated - said()) == (frozenset(), set())


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_a_translation_has_the_placeholders_of_its_source(language: str) -> None:
    def holes(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)[sd]|%s", text))

    wrong = [
        key(message)
        for message in messages(language)
        for text in texts(message)
        if holes(text) != holes(message.id if isinstance(message.id, str) else message.id[1])
        and holes(text) != holes(key(message))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", ["nl", "fr"])
def test_no_sentence_was_left_in_english(language: str) -> None:
    """A single word may be the same in two languages; three in a row are not by accident."""

    def words(text: str) -> int:
        return len(re.findall(r"[A-Za-z]{2,}", re.sub(r"%\(\w+\)s", "", text)))

    same = [key(message) for message in messages(language) if texts(message)[0] == key(message)]
    left = [text for text in same if words(text) > 2]
    assert left == []
