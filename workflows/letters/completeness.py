"""What a decision letter must hold before it may leave.

The reasons (law of 29 July 1991) and, where somebody may go to the Council of State over it, the remedies (laws
coordinated on 12 January 1973, art. 19).
"""

from workflows.language import say
from workflows.letters.blocks import Document, Heading, Items, Paragraph, Table
from workflows.letters.rules import LetterKind
from workflows.problems import Reason

PARTS = {"letter-without-reasons": "letter-reasons", "letter-without-remedies": "letter-remedies"}
"""The problem where a part is missing, and the heading it stands under."""
NEEDED = {
    LetterKind.RECEIPT: (),
    LetterKind.INELIGIBLE: tuple(PARTS),
    LetterKind.AWARD: ("letter-without-reasons",),
    LetterKind.RESERVE: tuple(PARTS),
    LetterKind.REFUSAL: tuple(PARTS),
}


def missing_parts(kind: LetterKind, document: Document) -> tuple[str, ...]:
    """The parts that a letter of this kind lacks, as codes of problems: not there, or an empty heading."""
    return tuple(code for code in NEEDED[kind] if not _said(document, say(Reason(PARTS[code]), document.language)))


def _said(document: Document, heading: str) -> bool:
    inside = False
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            inside = block.text == heading
        elif inside and _tells(block):
            return True
    return False


def _tells(block: object) -> bool:
    match block:
        case Paragraph(text):
            return bool(text.strip())
        case Items(items):
            return any(item.strip() for item in items)
        case Table(rows=rows):
            return bool(rows)
    return False
