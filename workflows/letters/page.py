"""A letter as HTML for the portal."""

from collections.abc import Sequence
from html import escape

from workflows.letters.blocks import Annex, Bar, Block, Document, Facts, Heading, Items, Paragraph, Table
from workflows.letters.prepare import alignment, legend, particulars, prepared
from workflows.money import largest_remainder


def to_html(document: Document) -> str:
    """The letter as a safe HTML fragment; its title is an h2, the headings in it h3 and deeper.

    No style attributes (the portal's content policy refuses them): the portal styles the `letter-…` classes.
    """
    document = prepared(document)
    parts = [
        f'<article class="letter" lang="{document.language}">',
        f'<p class="letter-sender"><strong>{_html(document.head.office)}</strong>',
        *(f"<br>{_html(line)}" for line in document.head.lines),
        "</p>",
        f'<p class="letter-recipient">{"<br>".join(map(_html, document.recipient))}</p>',
        _block(particulars(document), document.language),
        f"<h2>{_html(document.title)}</h2>",
        *(_block(block, document.language) for block in document.letter),
        f'<p class="letter-closing">{"<br>".join(map(_html, document.closing))}</p>',
        *(_block(block, document.language) for block in document.annexes),
        "</article>",
    ]
    return "\n".join(parts)


def _html(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _block(block: Block, language: str) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level + 2}>{_html(text)}</h{level + 2}>"
        case Annex(title):
            return f'<h3 class="letter-annex">{_html(title)}</h3>'
        case Paragraph(text):
            return f"<p>{_html(text)}</p>"
        case Facts(rows):
            pairs = "".join(f"<div><dt>{_html(term)}</dt><dd>{_html(value)}</dd></div>" for term, value in rows)
            return f'<dl class="letter-facts">{pairs}</dl>'
        case Items(texts):
            return f'<ul class="letter-items">{"".join(f"<li>{_html(text)}</li>" for text in texts)}</ul>'
        case Table():
            return _table(block)
        case Bar():
            return _bar(block) + _table(legend(block, language))


def _table(table: Table) -> str:
    right = [' class="letter-right"' if side == "right" else "" for side in alignment(table)]

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


def _bar(bar: Bar) -> str:
    """The drawing only; it is hidden from screen readers, who have the table under it."""
    drawn, left = [], 0
    for index, width in enumerate(largest_remainder(1000, [*(cents for _, cents in bar.parts), bar.rest])):
        kind = "rest" if index == len(bar.parts) else str(index % 4 + 1)
        drawn.append(f'<rect class="letter-part-{kind}" x="{left}" width="{width}" height="16"/>')
        left += width
    size = 'viewBox="0 0 1000 16" width="100%" height="16" preserveAspectRatio="none"'
    return f'<svg class="letter-bar" {size} aria-hidden="true">{"".join(drawn)}</svg>'
