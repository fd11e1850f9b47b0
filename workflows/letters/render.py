"""A letter's three forms from its one content: PDF for the file, HTML for the portal, plain text for mail.

Everything in a document is data: no form interprets it as markup. Each form says the same, in the same order.
"""

import json
import re
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, fields, is_dataclass, replace
from datetime import UTC, datetime, time
from functools import cache
from html import escape
from itertools import zip_longest
from pathlib import Path
from threading import local
from typing import Any

import typst

from workflows.language import show_day
from workflows.letters.blocks import (
    Annex,
    Bar,
    Block,
    Document,
    Facts,
    Heading,
    Items,
    Letterhead,
    Paragraph,
    Table,
    as_data,
)
from workflows.money import largest_remainder, show_amount

TEMPLATES = Path(__file__).parent / "templates"
FONTS = Path(__file__).resolve().parents[2] / "node_modules" / "@expo-google-fonts" / "figtree"
FAMILY = "Figtree"
REGIONS = {"nl": "BE", "fr": "BE", "en": "GB"}
WIDTH = 76
"""Columns of the mail text."""
SHORT = 24
"""Characters of a text that is not wrapped in a column of the PDF."""

LABELS = {
    "nl": {
        "reference": "Ons kenmerk",
        "date": "Datum",
        "annex": "Bijlage",
        "part": "Bestemming",
        "amount": "Bedrag",
        "share": "Aandeel",
        "rest": "Niet toegewezen",
        "total": "Totaal",
    },
    "fr": {
        "reference": "Notre référence",
        "date": "Date",
        "annex": "Annexe",
        "part": "Affectation",
        "amount": "Montant",
        "share": "Part",
        "rest": "Non attribué",
        "total": "Total",
    },
    "en": {
        "reference": "Our reference",
        "date": "Date",
        "annex": "Annex",
        "part": "Allocated to",
        "amount": "Amount",
        "share": "Share",
        "rest": "Not allocated",
        "total": "Total",
    },
}
"""What the renderer itself prints; every other word is in the document."""


class FontsMissing(Exception):
    """The letters' font is not on this machine; the message says how to fetch it."""


def to_pdf(document: Document, fonts: Path = FONTS) -> bytes:
    """The letter as PDF/A-2a and PDF/UA-1; the same document gives the same bytes on every day.

    `fonts` is the folder of the Figtree TTF files. A character that no font has is shown as the replacement
    sign (the frozen text keeps it), because a name must never stop a letter. Raises FontsMissing.
    """
    document = _prepared(document)
    try:
        return _compile(document, fonts)
    except typst.TypstError:
        return _compile(_map_texts(document, lambda text: _with_known_characters(text, fonts)), fonts)


def to_html(document: Document) -> str:
    """The letter as a safe HTML fragment; its title is an h2, the headings in it h3 and deeper.

    No style attributes (the portal's content policy refuses them): the portal styles the `letter-…` classes.
    """
    document = _prepared(document)
    labels = LABELS[document.language]
    facts = Facts(((labels["reference"], document.reference), (labels["date"], _place_and_day(document))))
    parts = [
        f'<article class="letter" lang="{document.language}">',
        f'<p class="letter-sender"><strong>{_html(document.head.office)}</strong>',
        *(f"<br>{_html(line)}" for line in document.head.lines),
        "</p>",
        f'<p class="letter-recipient">{"<br>".join(map(_html, document.recipient))}</p>',
        _html_block(facts, document.language),
        f"<h2>{_html(document.title)}</h2>",
        *(_html_block(block, document.language) for block in document.letter),
        f'<p class="letter-closing">{"<br>".join(map(_html, document.closing))}</p>',
        *(_html_block(block, document.language) for block in document.annexes),
        "</article>",
    ]
    return "\n".join(parts)


def to_text(document: Document) -> str:
    """The letter as plain text of 76 columns; only a longer word, such as an address of a page, is wider."""
    document = _prepared(document)
    labels = LABELS[document.language]
    facts = Facts(((labels["reference"], document.reference), (labels["date"], _place_and_day(document))))
    parts = [
        _wrapped("\n".join((document.head.office, *document.head.lines))),
        _wrapped("\n".join(document.recipient)),
        _text_block(facts, document.language),
        _underlined(document.title, "="),
        *(_text_block(block, document.language) for block in document.letter),
        _wrapped("\n".join(document.closing)),
        *(_text_block(block, document.language) for block in document.annexes),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


# What every form starts from


def _prepared(document: Document) -> Document:
    """The document with harmless characters only and its annexes numbered."""
    document = _map_texts(document, _harmless)
    label = LABELS[document.language]["annex"]
    number = 0
    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Annex):
            number += 1
            block = Annex(f"{label} {number} – {block.title}")
        blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def _map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The dataclass or tuple with every string in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_map_texts(part, change) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _map_texts(getattr(value, f.name), change) for f in fields(value)})
    return value


_REORDERING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _harmless(text: str) -> str:
    """One kind of line break, no control characters, and no marks that make other text read backwards."""
    text = "\n".join(text.splitlines()).replace("\t", " ").translate(_REORDERING)
    return _CONTROL.sub("\ufffd", text)


def _place_and_day(document: Document) -> str:
    return f"{document.place}, {show_day(document.dated, document.language)}"


def _legend(bar: Bar, language: str) -> Table:
    """A bar in figures: part, amount and share in tenths of a percent that sum to 100,0."""
    labels = LABELS[language]
    rows = list(bar.parts) + ([(labels["rest"], bar.rest)] if bar.rest else [])
    shares = largest_remainder(1000, [cents for _, cents in rows])
    return Table(
        head=(labels["part"], labels["amount"], labels["share"]),
        rows=tuple(
            (name, show_amount(cents, language), _percent(share, language))
            for (name, cents), share in zip(rows, shares, strict=True)
        ),
        align=("left", "right", "right"),
        foot=(labels["total"], show_amount(bar.total, language), _percent(1000, language)),
        caption=bar.caption,
    )


def _percent(tenths: int, language: str) -> str:
    """`45,5%`, `45,5 %`, `45.5%` from tenths of a percent."""
    mark, space = {"nl": (",", ""), "fr": (",", "\u00a0"), "en": (".", "")}[language]
    return f"{tenths // 10}{mark}{tenths % 10}{space}%"


# PDF

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
        sys_inputs={"letter": json.dumps(_typst_data(document))},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=datetime.combine(document.dated, time(), UTC),
    )
    assert isinstance(pdf, bytes)  # without an output file the answer is the file
    return pdf


def _typst_data(document: Document) -> dict[str, Any]:
    """What the template lays out: texts, all said and ordered here."""
    document = _map_texts(document, _typeset)
    return {
        "language": document.language,
        "region": REGIONS[document.language],
        "labels": LABELS[document.language],
        "subject": " ".join(document.title.split()),
        "reference": document.reference,
        "day": _place_and_day(document),
        "recipient": document.recipient,
        "head": asdict(document.head),
        "letter": [_typst_block(block, document.language) for block in document.letter],
        "closing": document.closing,
        "annexes": [_typst_block(block, document.language) for block in document.annexes],
    }


def _typst_block(block: Block, language: str) -> dict[str, Any]:
    match block:
        case Facts(rows):
            return as_data(block) | {"width": min(max(len(term) for term, _ in rows), 30) if rows else 0}
        case Table():
            lines = sum(max(map(len, row)) // 40 + 1 for row in block.rows)
            together = lines <= 12  # a third of a page stays whole: a total is not parted from its rows
            return as_data(block) | {"columns": _columns(block), "align": _align(block), "together": together}
        case Bar():
            legend = _map_texts(_legend(block, language), _typeset)
            parts = [cents for _, cents in block.parts]
            return {
                "kind": "bar",
                "parts": parts,
                "rest": block.rest,
                "legend": _typst_block(legend, language),
            }
    return as_data(block)


def _columns(table: Table) -> list[tuple[int, int]]:
    """Per column its width in characters, or the share it has of what the others leave of the page.

    Figures and short texts are as wide as they are; the longest text gets the rest, or with too many texts
    all of them share it. Reckoned here: measuring in typst takes a third of a letter's time.
    """
    rows = (table.head, *table.rows, table.foot or table.head)
    longest = [max(len(row[column]) for row in rows) for column in range(len(table.head))]
    texts = [column for column, side in enumerate(_align(table)) if side == "left"]
    sharing = [
        column
        for column in texts
        if longest[column] > SHORT or longest[column] == max(longest[t] for t in texts)
    ]
    if sum(length + 3 for column, length in enumerate(longest) if column not in sharing) > 58:
        sharing = texts
    return [
        (length, min(max(length, 8), 48) if column in sharing else 0) for column, length in enumerate(longest)
    ]


def _align(table: Table) -> Sequence[str]:
    return table.align or ("left",) * len(table.head)


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


# HTML


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _html_block(block: Block, language: str) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level + 2}>{_html(text)}</h{level + 2}>"
        case Annex(title):
            return f'<h3 class="letter-annex">{_html(title)}</h3>'
        case Paragraph(text):
            return f"<p>{_html(text)}</p>"
        case Facts(rows):
            pairs = "".join(
                f"<div><dt>{_html(term)}</dt><dd>{_html(value)}</dd></div>" for term, value in rows
            )
            return f'<dl class="letter-facts">{pairs}</dl>'
        case Items(texts):
            return f'<ul class="letter-items">{"".join(f"<li>{_html(text)}</li>" for text in texts)}</ul>'
        case Table():
            return _html_table(block)
        case Bar():
            return _html_bar(block) + _html_table(_legend(block, language))


def _html_table(table: Table) -> str:
    right = [' class="letter-right"' if side == "right" else "" for side in _align(table)]

    def row(cells: Sequence[str], scope: str) -> str:
        first, *others = [(_html(cell), side) for cell, side in zip(cells, right, strict=True)]
        tag = 'th scope="col"' if scope == "col" else "td"
        told = f'<th scope="{scope}"{first[1]}>{first[0]}</th>'
        return f"<tr>{told}{''.join(f'<{tag}{side}>{cell}</{tag[:2]}>' for cell, side in others)}</tr>"

    caption = f"<caption>{_html(table.caption)}</caption>" if table.caption else ""
    body = "".join(row(cells, "row") for cells in table.rows)
    foot = f"<tfoot>{row(table.foot, 'row')}</tfoot>" if table.foot else ""
    head = f"<thead>{row(table.head, 'col')}</thead>"
    return f'<table class="letter-table">{caption}{head}<tbody>{body}</tbody>{foot}</table>'


def _html_bar(bar: Bar) -> str:
    """The drawing only; it is hidden from screen readers, who have the table under it."""
    drawn, left = [], 0
    for index, width in enumerate(largest_remainder(1000, [*(cents for _, cents in bar.parts), bar.rest])):
        kind = "rest" if index == len(bar.parts) else str(index % 4 + 1)
        drawn.append(f'<rect class="letter-part-{kind}" x="{left}" width="{width}" height="16"/>')
        left += width
    size = 'viewBox="0 0 1000 16" width="100%" height="16" preserveAspectRatio="none"'
    return f'<svg class="letter-bar" {size} aria-hidden="true">{"".join(drawn)}</svg>'


# Text


def _text_block(block: Block, language: str) -> str:
    match block:
        case Heading(text, level):
            return _underlined(text, "-" if level == 1 else "")
        case Annex(title):
            return _underlined(title, "=")
        case Paragraph(text):
            return _wrapped(text)
        case Facts(rows):
            return _text_facts(rows)
        case Items(texts):
            return "\n".join(_wrapped(text, "- ", "  ") for text in texts)
        case Table():
            return _text_table(block)
        case Bar():
            return _text_bar(block, language)


def _wrapped(text: str, first: str = "", others: str = "", width: int = WIDTH) -> str:
    """Each line of the text wrapped by itself; addresses of pages are never cut."""
    lines = []
    for line in text.split("\n"):
        lines += textwrap.wrap(
            line,
            width,
            initial_indent=first,
            subsequent_indent=others,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
        first = others
    return "\n".join(lines)


def _underlined(text: str, mark: str) -> str:
    lines = _wrapped(text).split("\n")
    return "\n".join([*lines, mark * max(map(len, lines))] if mark else lines)


def _text_facts(rows: Iterable[tuple[str, str]]) -> str:
    """Terms in one column, values in the next; below a term longer than a third of the line."""
    rows = list(rows)
    edge = max((len(term) for term, _ in rows if len(term) <= WIDTH // 3), default=0) + 2
    told = []
    for term, value in rows:
        if len(term) + 2 > edge:
            told.append(_wrapped(term))
            term = ""
        told.append(_wrapped(value, term.ljust(edge), " " * edge))
    return "\n".join(told)


def _text_bar(bar: Bar, language: str) -> str:
    """The bar in signs over its figures, each part behind its sign."""
    widths = largest_remainder(WIDTH - 2, [*(cents for _, cents in bar.parts), bar.rest])
    signs = [*("#=+-"[index % 4] for index in range(len(bar.parts))), "."]
    drawn = "".join(sign * width for sign, width in zip(signs, widths, strict=True))
    legend = _legend(bar, language)
    rows = tuple(
        (f"{sign} {name}", *others) for sign, (name, *others) in zip(signs, legend.rows, strict=False)
    )
    return _text_table(replace(legend, rows=rows), f"[{drawn}]")


def _text_table(table: Table, under_caption: str = "") -> str:
    """Aligned columns; the widest gives way until the table fits, and its cells wrap."""
    rows = [table.head, *table.rows, *([table.foot] if table.foot else [])]
    widths = [max(1, *(len(row[column]) for row in rows)) for column in range(len(table.head))]
    while sum(widths) + 2 * (len(widths) - 1) > WIDTH and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    align = _align(table)
    rule = "  ".join("-" * width for width in widths)
    told = [_text_row(row, widths, align) for row in rows]
    told.insert(1, rule)
    if table.foot:
        told.insert(-1, rule)
    return "\n".join([*filter(None, (_wrapped(table.caption), under_caption)), *told])


def _text_row(cells: Sequence[str], widths: Sequence[int], align: Sequence[str]) -> str:
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for line in zip_longest(*wrapped, fillvalue=""):
        sides = zip(line, widths, align, strict=True)
        lines.append(
            "  ".join(
                part.rjust(width) if side == "right" else part.ljust(width) for part, width, side in sides
            )
        )
    return "\n".join(line.rstrip() for line in lines)
