"""A letter as PDF for the file: archivable, readable by a screen reader, and the same bytes on every day."""

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime, time
from functools import cache
from pathlib import Path
from threading import local
from typing import Any

import typst

from workflows.letters.blocks import Bar, Block, Document, Facts, Letterhead, Table, as_data
from workflows.letters.prepare import LABELS, alignment, legend, map_texts, place_and_day, prepared

TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).resolve().parents[2] / "node_modules" / "@expo-google-fonts" / "figtree"
FAMILY = "Figtree"
REGIONS = {"nl": "BE", "fr": "BE", "en": "GB"}
SHORT = 24
"""Characters of a text that is not wrapped in a column of the PDF."""


class FontsMissing(Exception):
    """The letters' font is not on this machine; the message says how to fetch it."""


def to_pdf(document: Document, fonts: Path = FONTS) -> bytes:
    """The letter as PDF/A-2a and PDF/UA-1; the same document gives the same bytes on every day.

    `fonts` is the folder of the Figtree TTF files. A character that no font has is shown as the replacement
    sign (the frozen text keeps it), because a name must never stop a letter. Raises FontsMissing.
    """
    document = prepared(document)
    try:
        return _compile(document, fonts)
    except typst.TypstError:
        return _compile(map_texts(document, lambda text: _with_known_characters(text, fonts)), fonts)


_local = local()


@cache
def _fonts(folder: Path) -> typst.Fonts:
    found = typst.Fonts(include_system_fonts=False, font_paths=[folder] if folder.is_dir() else [])
    if FAMILY not in found.families():
        raise FontsMissing(f"no {FAMILY} fonts in {folder}: run `make setup`, which fetches them")
    return found


def _compiler(fonts: Path) -> typst.Compiler:
    """This thread's compiler: it holds the document it works on, so two threads cannot share one."""
    if getattr(_local, "fonts", None) != fonts:
        _local.compiler = typst.Compiler(TEMPLATES / "letter.typ", root=TEMPLATES, font_paths=_fonts(fonts))
        _local.fonts = fonts
    compiler: typst.Compiler = _local.compiler
    return compiler


def _compile(document: Document, fonts: Path) -> bytes:
    pdf = _compiler(fonts).compile(
        format="pdf",
        sys_inputs={"letter": json.dumps(_data(document))},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(document.dated, time(), UTC),
    )
    assert isinstance(pdf, bytes)  # without an output file the answer is the file
    return pdf


def _data(document: Document) -> dict[str, Any]:
    """What the template lays out: texts, all said and ordered here."""
    document = map_texts(document, _typeset)
    return {
        "language": document.language,
        "region": REGIONS[document.language],
        "labels": LABELS[document.language],
        "subject": " ".join(document.title.split()),
        "reference": document.reference,
        "day": place_and_day(document),
        "recipient": document.recipient,
        "head": asdict(document.head),
        "letter": [_block(block, document.language) for block in document.letter],
        "closing": document.closing,
        "annexes": [_block(block, document.language) for block in document.annexes],
    }


def _block(block: Block, language: str) -> dict[str, Any]:
    match block:
        case Facts(rows):
            return as_data(block) | {"width": min(max(len(term) for term, _ in rows), 30) if rows else 0}
        case Table():
            lines = sum(max(map(len, row)) // 40 + 1 for row in block.rows)
            together = lines <= 12  # a third of a page stays whole: a total is not parted from its rows
            return as_data(block) | {"columns": _columns(block), "align": alignment(block), "together": together}
        case Bar():
            table = map_texts(legend(block, language), _typeset)
            parts = [cents for _, cents in block.parts]
            return {
                "kind": "bar",
                "parts": parts,
                "rest": block.rest,
                "legend": _block(table, language),
            }
    return as_data(block)


def _columns(table: Table) -> list[tuple[int, int]]:
    """Per column its width in characters, or the share it has of what the others leave of the page.

    Figures and short texts are as wide as they are; the longest text gets the rest, or with too many texts
    all of them share it. Reckoned here: measuring in typst takes a third of a letter's time.
    """
    rows = (table.head, *table.rows, table.foot or table.head)
    longest = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    texts = [column for column, side in enumerate(alignment(table)) if side == "left"]
    sharing = [
        column for column in texts if longest[column] > SHORT or longest[column] == max(longest[t] for t in texts)
    ]
    if sum(length + 3 for column, length in enumerate(longest) if column not in sharing) > 58:
        sharing = texts
    return [(length, min(max(length, 8), 48) if column in sharing else 0) for column, length in enumerate(longest)]


_TYPESET = str.maketrans({"\u202f": "\u00a0", "\u2009": "\u00a0", "\u2011": "-"})
_LONG = re.compile(r"(?<!\S)(?!\S*://)\S{32,}")
_JOINT = re.compile(r"[/.?&=_@:]+")
_UNBROKEN = re.compile("[^\u200b]{60,}")


def _typeset(text: str) -> str:
    """The text with spaces that the font has, and with places to break in a word longer than a line."""
    return _LONG.sub(lambda word: _breakable(word[0]), text.translate(_TYPESET))


def _breakable(word: str) -> str:
    """A mail address breaks behind its marks, and what is longer than any real word anywhere.

    Real words are hyphenated and addresses of pages broken by typst itself, without a sign in copied text.
    """
    jointed = _JOINT.sub(lambda mark: mark[0] + "\u200b", word)
    return _UNBROKEN.sub(lambda piece: "\u200b".join(piece[0]), jointed)


def _with_known_characters(text: str, fonts: Path) -> str:
    return "".join(sign if sign.isascii() or _is_known(sign, fonts) else "\ufffd" for sign in text)


@cache
def _is_known(sign: str, fonts: Path) -> bool:
    """Whether the PDF can show the character; asked of the compiler, which alone knows its fallback fonts."""
    day = datetime.fromtimestamp(0, UTC).date()
    probe = Document("en", f"a{sign}", "a", day, "", (), Letterhead("", ()), (), ())
    try:
        _compile(probe, fonts)
    except typst.TypstError:
        return False
    return True
