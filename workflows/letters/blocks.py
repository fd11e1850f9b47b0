"""The content of a letter apart from any form: a document of blocks, and its frozen text as JSON."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from workflows.language import LANGUAGES

FORMAT = 1
"""Version of the frozen text; it is raised when an older letter could no longer be read as it was written."""
DEEPEST = 3
ALIGNMENTS = ("left", "right")


@dataclass(frozen=True)
class Heading:
    """A heading inside the letter: level 1 to 3 below the letter's own title."""

    text: str
    level: int = 1

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise ValueError("a heading has a text")  # PDF/UA-1 refuses an empty one


@dataclass(frozen=True)
class Paragraph:
    """Running text; its line breaks are kept."""

    text: str


@dataclass(frozen=True)
class Facts:
    """Terms with their values, such as the name of the project and the amount."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows under a head, every cell already written in the language; the first column names its row.

    `align` says per column `left` or `right` (figures); empty means all left. `foot` is the row of totals.
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    align: tuple[str, ...] = ()
    foot: tuple[str, ...] | None = None
    caption: str = ""

    def __post_init__(self) -> None:
        for row in (*self.rows, self.foot or self.head, self.align or self.head):
            if len(row) != len(self.head):
                raise ValueError(f"a row of {len(row)} cells under a head of {len(self.head)}: {row}")
        if not self.head or not set(self.align) <= set(ALIGNMENTS):
            raise ValueError(f"a table needs a head, and columns aligned {' or '.join(ALIGNMENTS)}: {self.align}")


@dataclass(frozen=True)
class Bar:
    """An amount divided into named parts, all in cents; what they leave of the total is shown as the rest."""

    caption: str
    parts: tuple[tuple[str, int], ...]
    total: int

    def __post_init__(self) -> None:
        if self.total <= 0 or any(cents < 0 for _, cents in self.parts) or self.rest < 0:
            raise ValueError(f"the parts of a bar are not negative and sum to at most its total: {self.parts}")

    @property
    def rest(self) -> int:
        """Cents of the total that no part takes."""
        return self.total - sum(cents for _, cents in self.parts)


@dataclass(frozen=True)
class Items:
    """A list of short texts, such as conditions or missing pieces."""

    texts: tuple[str, ...]


@dataclass(frozen=True)
class Annex:
    """Begins an annex on a page of its own; every block behind it belongs to it."""

    title: str


Block = Heading | Paragraph | Facts | Table | Bar | Items | Annex
KINDS: dict[str, type[Block]] = {
    kind.__name__.lower(): kind for kind in (Heading, Paragraph, Facts, Table, Bar, Items, Annex)
}


@dataclass(frozen=True)
class Letterhead:
    """The sender: the office's name, set as a plain word mark (never a logo), and its address lines."""

    office: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """One letter in one language. The closing (greeting, name, function) comes before the first annex."""

    language: str
    title: str
    reference: str
    dated: date
    place: str
    recipient: tuple[str, ...]
    head: Letterhead
    blocks: tuple[Block, ...]
    closing: tuple[str, ...]

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"a letter is written in one of {', '.join(LANGUAGES)}, not in {self.language!r}")
        if not self.title.strip() or not self.reference.strip():
            raise ValueError("a letter has a title and a reference")
        depth = 0
        for block in self.blocks:
            if isinstance(block, Heading):
                # A skipped level is lost on a screen reader and refused by PDF/UA-1 (ISO 14289-1, 7.4.2).
                if not 1 <= block.level <= min(depth + 1, DEEPEST):
                    raise ValueError(f"heading {block.text!r} of level {block.level} under level {depth}")
                depth = block.level
            elif isinstance(block, Annex):
                depth = 1

    @property
    def letter(self) -> tuple[Block, ...]:
        """The blocks before the closing."""
        return self.blocks[: self._end]

    @property
    def annexes(self) -> tuple[Block, ...]:
        """The blocks behind the closing, from the first annex on."""
        return self.blocks[self._end :]

    @property
    def _end(self) -> int:
        return next((at for at, block in enumerate(self.blocks) if isinstance(block, Annex)), len(self.blocks))


def as_data(block: Block) -> dict[str, Any]:
    """The block as plain data, with the name of its kind."""
    return {"kind": type(block).__name__.lower(), **asdict(block)}


def to_json(document: Document) -> str:
    """The frozen text: canonical JSON (sorted names, no spaces), so that equal letters hash equally."""
    data = asdict(document) | {
        "format": FORMAT,
        "dated": document.dated.isoformat(),
        "blocks": [as_data(block) for block in document.blocks],
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(text: str) -> Document:
    """The letter as it was frozen. Raises ValueError where the text is not a letter of this format."""
    data = json.loads(text)
    if not isinstance(data, dict) or data.pop("format", None) != FORMAT:
        raise ValueError(f"not a letter in format {FORMAT}")
    try:
        data["dated"] = date.fromisoformat(data["dated"])
        data["head"] = Letterhead(**_tuples(data["head"]))
        data["blocks"] = tuple(KINDS[block.pop("kind")](**_tuples(block)) for block in data["blocks"])
        return Document(**_tuples(data))
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError(f"not a letter in format {FORMAT}: {wrong}") from wrong


def _tuples(value: Any) -> Any:
    """Lists as tuples, at every depth: JSON knows no difference, the dataclasses do."""
    if isinstance(value, dict):
        return {name: _tuples(part) for name, part in value.items()}
    if isinstance(value, list):
        return tuple(_tuples(part) for part in value)
    return value
