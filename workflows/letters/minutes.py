"""The minutes of the jury, from the record that was frozen when the panel closed; equal records, equal documents."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.language import say, show_day, show_score, text_in
from workflows.letters.blocks import Block, Document, Facts, Heading, Letterhead, Paragraph, Table
from workflows.problems import Reason
from workflows.scoring.meeting import ClosingView


def minutes_document(closing: ClosingView, name: Mapping[str, str], head: Letterhead, language: str) -> Document:
    """The minutes in one language; `name` is that of the call. They print the SHA-256 of the record they are made of,
    and nobody's marks: those stand in the record."""
    record = json.loads(closing.record)
    held_on = date.fromisoformat(record["held_on"])
    blocks: list[Block] = [_meeting(record, closing, held_on, language)]
    if record["notes"]:
        blocks.append(Paragraph(record["notes"]))
    blocks += [Heading(_say("minutes-scores", language)), _scores(record["files"], language)]
    for file in record["files"]:
        blocks += _file(file, language)
    return Document(
        language=language,
        title=_say("minutes-title", language, call=text_in(name, language)),
        reference=f"{record['call']} · {closing.number}",
        dated=closing.closed_at.date(),
        place=_say("letter-place", language),
        recipient=(),
        head=head,
        blocks=tuple(blocks),
        closing=(_say("minutes-signature", language),),
    )


def _meeting(record: Mapping[str, Any], closing: ClosingView, held_on: date, language: str) -> Facts:
    rows = [
        ("minutes-held", ", ".join(part for part in (show_day(held_on, language), record["place"]) if part)),
        ("minutes-present", ", ".join(record["present"])),
        ("minutes-absent", ", ".join(record["absent"]) or "—"),
        ("minutes-quorum", f"{len(record['present'])} / {record['quorum']}"),
        ("minutes-record", closing.record_sha256),
    ]
    return Facts(tuple((_say(code, language), text) for code, text in rows))


def _scores(files: list[dict[str, Any]], language: str) -> Table:
    codes = ("letter-reference", "letter-organisation", "minutes-of-reviews", "minutes-score")
    rows = tuple(
        (
            file["reference"],
            file["organisation"],
            _points(file["score_of_reviews"], language),
            _points(file["score"], language),
        )
        for file in files
    )
    return Table(tuple(_say(code, language) for code in codes), rows, align=("left", "left", "right", "right"))


def _file(file: Mapping[str, Any], language: str) -> list[Block]:
    """What the meeting made of a file; nothing where it only took note of the marks."""
    agreed = ", ".join(f"{text_in(one['name'], language)} {one['mark']} / {one['points']}" for one in file["agreed"])
    rows = [
        ("minutes-asked", file["asked"]),
        ("minutes-left", ", ".join(file["left"])),
        ("minutes-agreed", agreed),
        ("minutes-reason", file["reason"]),
        ("letter-jury-remark", file["remark"]),
        ("minutes-notes", file["notes"]),
    ]
    said = tuple((_say(code, language), text) for code, text in rows if text)
    return [Heading(f"{file['reference']} · {file['title'] or file['organisation']}"), Facts(said)] if said else []


def _points(score: int | None, language: str) -> str:
    return "—" if score is None else show_score(score, language)


def _say(code: str, language: str, **facts: Any) -> str:
    return say(Reason(code, facts), language)
