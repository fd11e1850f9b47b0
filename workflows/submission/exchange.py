"""The file in which applications come in from elsewhere and go out again: JSON lines, or CSV for people. Pure.

Both carry the same rows; a cell of CSV is named as the path of a value in JSON: `organisation.name`, `answers.title`,
`documents.budget`. docs/exchange.md tells it to whoever makes such a file.
"""

import codecs
import csv
import io
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from workflows.calls.form import QuestionKind
from workflows.calls.terms import Terms
from workflows.canonical import canonical
from workflows.problems import Reason

ORGANISATION = (
    "enterprise_number", "name", "legal_form", "street", "postal_code", "city", "accredited_from", "accredited_until",
)  # fmt: skip
CONTACT = ("name", "email")
FACTS = ("call", "external", "received_at", "language", "state")
COLUMNS = (
    *FACTS, *(f"organisation.{name}" for name in ORGANISATION), *(f"contact.{name}" for name in CONTACT),
)  # fmt: skip
FORMATS = ("jsonl", "csv")
DANGEROUS = tuple("=+-@\t\r＝＋－＠")
"""A spreadsheet runs a cell that begins with one of these, whoever wrote it."""
SHA = "sha256:"
LONGEST_CELL = 1_000_000
"""Characters of a cell; a budget of every line there may be stays far below."""


@dataclass(frozen=True)
class Refused:
    """A row that is not taken, by the number it has in its file (a head is row 1), the column, and why."""

    row: int
    column: str
    reason: Reason


Row = Mapping[str, Any] | Refused


def columns(terms: Terms) -> tuple[str, ...]:
    """The columns of a CSV file for this call, in the order of the form."""
    asked = (
        f"{'documents' if question.kind is QuestionKind.DOCUMENT else 'answers'}.{question.id}"
        for question in terms.questions()
    )
    return (*COLUMNS, *asked)


def rows(file: IO[bytes]) -> Iterator[tuple[int, Row]]:
    """Every row of a file with its number; the first character tells JSON lines from CSV. What cannot be read is a
    refusal, after which a CSV file cannot be read on."""
    first = file.readline().removeprefix(codecs.BOM_UTF8)
    lines = itertools.chain([first], file)
    yield from _json_lines(lines) if first.lstrip().startswith(b"{") else _csv(lines)


def write(terms: Terms, records: Iterable[Mapping[str, Any]], format: str) -> Iterator[str]:
    """The lines of a file with these rows; without any, of CSV the head only: a template."""
    if format == "jsonl":
        yield from (canonical(record) + "\n" for record in records)
        return
    names = columns(terms)
    kinds = {question.id: question.kind for question in terms.questions()}
    yield "\ufeff" + _line(names)
    for record in records:
        flat = _flat(record, kinds)
        yield _line(guarded(flat.get(name, "")) for name in names)


def template(terms: Terms, format: str) -> str:
    """An empty file for this call: the head of CSV, or one line of JSON in which every key is empty."""
    if format == "csv":
        return "".join(write(terms, (), format))
    questions = list(terms.questions())
    plain = [question.id for question in questions if question.kind is not QuestionKind.DOCUMENT]
    documents = [
        {"path": "", "question": question.id} for question in questions if question.kind is QuestionKind.DOCUMENT
    ]
    empty = {
        **dict.fromkeys(FACTS, ""), "call": terms.id, "state": "submitted",
        "organisation": dict.fromkeys(ORGANISATION, ""), "contact": dict.fromkeys(CONTACT, ""),
        "answers": dict.fromkeys(plain, ""), "documents": documents,
    }  # fmt: skip
    return json.dumps(empty, ensure_ascii=False) + "\n"


def guarded(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would run it, and where it already begins with an
    apostrophe that `bare` would take for ours."""
    return f"'{cell}" if cell.startswith((*DANGEROUS, "'")) else cell


def bare(cell: str) -> str:
    """The cell without our apostrophe; one that a person typed, as in `'t Stad`, stays."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith((*DANGEROUS, "'")) else cell


def _line(cells: Iterable[str]) -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerow(cells)
    return written.getvalue()


def _json_lines(lines: Iterable[bytes]) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            found = json.loads(line.decode(), object_pairs_hook=_once, parse_constant=_no_number)
        except UnicodeDecodeError:
            yield number, Refused(number, "", Reason("file-not-utf8"))
        except _Twice as twice:
            yield number, Refused(number, str(twice), Reason("column-twice", {"name": str(twice)}))
        except (ValueError, RecursionError) as error:
            yield number, Refused(number, "", Reason("row-unreadable", {"detail": str(error)[:200]}))
        else:
            no_row = Refused(number, "", Reason("row-unreadable", {"detail": "no object"}))
            yield number, found if isinstance(found, dict) else no_row


def _csv(lines: Iterable[bytes]) -> Iterator[tuple[int, Row]]:
    number = 0
    try:
        for number, row in _cells(lines):
            if row is not None:
                yield number, row
    except UnicodeDecodeError:
        yield number + 1, Refused(number + 1, "", Reason("file-not-utf8"))
    except csv.Error as error:
        yield number + 1, Refused(number + 1, "", Reason("row-unreadable", {"detail": str(error)}))


def _cells(lines: Iterable[bytes]) -> Iterator[tuple[int, Row | None]]:
    """Every row of CSV under its head; None for the head itself and for a row in which nothing stands."""
    texts = (line.decode() for line in lines)
    first = next(texts, "")
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(itertools.chain([first], texts), delimiter=max(";,\t", key=first.count), strict=True)
    head = [bare(name.strip()) for name in next(reader, [])]
    twice = sorted({name for name in head if name and head.count(name) > 1})
    yield 1, Refused(1, twice[0], Reason("column-twice", {"name": twice[0]})) if twice else None
    for number, cells in enumerate(() if twice else reader, 2):
        if not any(cell.strip() for cell in cells):
            yield number, None
        elif len(cells) > len(head):
            yield number, Refused(number, "", Reason("row-too-wide", {"cells": len(cells), "columns": len(head)}))
        else:
            named = zip(head, (bare(cell) for cell in cells), strict=False)
            yield number, _nested({name: cell for name, cell in named if cell.strip()})


def _nested(flat: Mapping[str, str]) -> dict[str, Any]:
    """The row of a CSV file as one of JSON lines."""
    found: dict[str, Any] = {}
    for name, cell in flat.items():
        outer, point, inner = name.partition(".")
        if not point:
            found[name] = cell
        elif outer == "documents":
            found.setdefault(outer, []).extend(_document(inner, line) for line in cell.split("\n") if line.strip())
        else:
            found.setdefault(outer, {})[inner] = cell
    return found


def _document(question: str, line: str) -> dict[str, str]:
    line = line.strip()
    if not line.startswith(SHA):
        return {"question": question, "path": line}
    digest, _space, name = line.removeprefix(SHA).partition(" ")
    return {"question": question, "sha256": digest, "name": name}


def _flat(record: Mapping[str, Any], kinds: Mapping[str, QuestionKind]) -> dict[str, str]:
    """The row of JSON lines as the cells of a CSV file."""
    cells = {name: str(record[name]) for name in FACTS}
    for outer in ("organisation", "contact"):
        cells |= {f"{outer}.{name}": value for name, value in record[outer].items()}
    cells |= {f"answers.{name}": _cell(kinds[name], value) for name, value in record["answers"].items()}
    for document in record["documents"]:
        name = f"documents.{document['question']}"
        line = f"{SHA}{document['sha256']} {document['name']}"
        cells[name] = f"{cells[name]}\n{line}" if name in cells else line
    return cells


def _cell(kind: QuestionKind, value: Any) -> str:
    """An answer as `typed.read_answer` reads it from a cell; an amount with its cents is never ambiguous."""
    match value:
        case int() if kind is QuestionKind.AMOUNT:
            return f"{value // 100}.{value % 100:02d}"
        case bool():
            return "yes" if value else "no"
        case str():
            return value
        case [*codes] if all(isinstance(code, str) for code in codes):
            return ", ".join(codes)
        case {"from": starts, "to": ends}:
            return f"{starts or ''}/{ends or ''}"
    return canonical(value)


class _Twice(Exception):
    """A key that stands twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(key)
        found[key] = value
    return found


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number")
