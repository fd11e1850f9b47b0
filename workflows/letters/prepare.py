"""What every form of a letter starts from: its content made harmless, its annexes numbered, and shared wording.

The forms are the PDF for the file (`pdf`), HTML for the portal (`page`) and plain text for mail (`plain`).
Everything in a document is data: no form interprets it as markup. Each form says the same, in the same order.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any

from workflows.language import show_day
from workflows.letters.blocks import Annex, Bar, Block, Document, Facts, Table
from workflows.money import largest_remainder, show_amount

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
"""What the forms themselves print; every other word is in the document."""


def prepared(document: Document) -> Document:
    """The document with harmless characters only and its annexes numbered."""
    document = map_texts(document, _harmless)
    label = LABELS[document.language]["annex"]
    number = 0
    blocks: list[Block] = []
    for block in document.blocks:
        if isinstance(block, Annex):
            number += 1
            block = Annex(f"{label} {number} – {block.title}")
        blocks.append(block)
    return replace(document, blocks=tuple(blocks))


def map_texts(value: Any, change: Callable[[str], str]) -> Any:
    """The dataclass or tuple with every string in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(map_texts(part, change) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: map_texts(getattr(value, f.name), change) for f in fields(value)})
    return value


_REORDERING = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def _harmless(text: str) -> str:
    """One kind of line break, no control characters, and no marks that make other text read backwards."""
    text = "\n".join(text.splitlines()).replace("\t", " ").translate(_REORDERING)
    return _CONTROL.sub("\ufffd", text)


def place_and_day(document: Document) -> str:
    """`Brussel, 23 november 2026`, in the letter's language."""
    return f"{document.place}, {show_day(document.dated, document.language)}"


def particulars(document: Document) -> Facts:
    """Reference, place and day, as the facts above the title."""
    labels = LABELS[document.language]
    return Facts(((labels["reference"], document.reference), (labels["date"], place_and_day(document))))


def alignment(table: Table) -> Sequence[str]:
    """Per column `left` or `right`."""
    return table.align or ("left",) * len(table.head)


def legend(bar: Bar, language: str) -> Table:
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
