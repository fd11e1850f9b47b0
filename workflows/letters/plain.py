"""A letter as plain text for mail."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import zip_longest

from workflows.letters.blocks import Annex, Bar, Block, Document, Facts, Heading, Items, Paragraph, Table
from workflows.letters.prepare import alignment, legend, particulars, prepared
from workflows.money import largest_remainder

WIDTH = 76
"""Columns of the mail text."""


def to_text(document: Document) -> str:
    """The letter as plain text of 76 columns; only a longer word, such as an address of a page, is wider."""
    document = prepared(document)
    parts = [
        _wrapped("\n".join((document.head.office, *document.head.lines))),
        _wrapped("\n".join(document.recipient)),
        _block(particulars(document), document.language),
        _underlined(document.title, "="),
        *(_block(block, document.language) for block in document.letter),
        _wrapped("\n".join(document.closing)),
        *(_block(block, document.language) for block in document.annexes),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _block(block: Block, language: str) -> str:
    match block:
        case Heading(text, level):
            return _underlined(text, "-" if level == 1 else "")
        case Annex(title):
            return _underlined(title, "=")
        case Paragraph(text):
            return _wrapped(text)
        case Facts(rows):
            return _facts(rows)
        case Items(texts):
            return "\n".join(_wrapped(text, "- ", "  ") for text in texts)
        case Table():
            return _table(block)
        case Bar():
            return _bar(block, language)


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


def _facts(rows: Iterable[tuple[str, str]]) -> str:
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


def _bar(bar: Bar, language: str) -> str:
    """The bar in signs over its figures, each part behind its sign."""
    widths = largest_remainder(WIDTH - 2, [*(cents for _, cents in bar.parts), bar.rest])
    signs = [*("#=+-"[index % 4] for index in range(len(bar.parts))), "."]
    drawn = "".join(sign * width for sign, width in zip(signs, widths, strict=True))
    told = legend(bar, language)
    rows = tuple((f"{sign} {name}", *others) for sign, (name, *others) in zip(signs, told.rows, strict=False))
    return _table(replace(told, rows=rows), f"[{drawn}]")


def _table(table: Table, under_caption: str = "") -> str:
    """Aligned columns; the widest gives way until the table fits, and its cells wrap."""
    rows = [table.head, *table.rows, *([table.foot] if table.foot else [])]
    widths = [max(1, *(len(row[column]) for row in rows)) for column in range(len(table.head))]
    while sum(widths) + 2 * (len(widths) - 1) > WIDTH and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    align = alignment(table)
    rule = "  ".join("-" * width for width in widths)
    told = [_row(row, widths, align) for row in rows]
    told.insert(1, rule)
    if table.foot:
        told.insert(-1, rule)
    return "\n".join([*filter(None, (_wrapped(table.caption), under_caption)), *told])


def _row(cells: Sequence[str], widths: Sequence[int], align: Sequence[str]) -> str:
    wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    lines = []
    for line in zip_longest(*wrapped, fillvalue=""):
        sides = zip(line, widths, align, strict=True)
        lines.append(
            "  ".join(part.rjust(width) if side == "right" else part.ljust(width) for part, width, side in sides)
        )
    return "\n".join(line.rstrip() for line in lines)
