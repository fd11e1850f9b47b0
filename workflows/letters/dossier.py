"""The dossier of a decision: everything to read it, and to run it again with nothing but Python, in one ZIP.

The PDF says it in words, in Dutch and in French; `record.json` is the record to the byte as it is kept; `verify.py`
walks down the ranking again and holds every file to the list of their SHA-256.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy.orm import Session

from workflows.allocation import exchange, queries, rules, verify
from workflows.allocation.model import AllocationInput, EnvelopeUse, Refusal
from workflows.allocation.queries import Decision, EnvelopeLine, Signed
from workflows.allocation.reasons import because
from workflows.calls.terms import Terms
from workflows.language import say, show_moment, show_score, text_in
from workflows.letters.blocks import Block, Document, Facts, Heading, Items, Letterhead, Paragraph, Table
from workflows.letters.compose import dated
from workflows.letters.minutes import minutes_document
from workflows.letters.pdf import to_pdf
from workflows.money import show_amount
from workflows.problems import Reason
from workflows.scoring.meeting import ClosingView, closings
from workflows.scoring.queries import Scored, scored, scored_file

PDF_LANGUAGES = ("nl", "fr")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest date a ZIP knows: the same dossier has the same bytes on every day."""


@dataclass(frozen=True)
class Dossier:
    """A decision as it was taken, with what it was taken on. Amounts in cents, scores in 1/100 point."""

    terms: Terms
    decision: Decision
    signed: tuple[Signed, ...]
    data: AllocationInput
    awards: Mapping[str, int]
    refusals: tuple[Refusal, ...]
    envelopes: tuple[EnvelopeLine, ...]
    files: Mapping[str, Scored]
    closing: ClosingView | None = None
    """The panel as it was closed last, from which the minutes are made."""


def read(session: Session, terms: Terms) -> Dossier:
    """The dossier of a decided call. Raises NotThere before there is a decision."""
    record = queries.record(session, terms.id)
    data = exchange.from_data(record["input"])
    uses = [EnvelopeUse(**one) for one in record["result"]["envelopes"]]
    files = {one.application.reference: one for one in scored(session, terms.id)}
    gone = [one.id for one in data.candidates if one.id not in files]  # gave its award up since; ranked all the same
    files |= {reference: scored_file(session, reference) for reference in gone}
    return Dossier(
        terms, queries.decision(session, terms.id), queries.signed(session, terms.id), data,
        record["result"]["awards"], tuple(Refusal(**one) for one in record["result"]["refusals"]),
        queries.envelope_lines(terms, data, uses), files, next(iter(closings(session, terms.id)), None),
    )  # fmt: skip


def pack(found: Dossier, head: Letterhead) -> bytes:
    """The ZIP: record, verifier, marks, terms, signatures, both PDFs, how to check it, and the SHA-256 of each."""
    files = {
        "record.json": found.decision.record.encode(),
        "verify.py": Path(verify.__file__).read_bytes(),
        "marks.json": _json([_marks(found.files[one.id]) for one in rules.ranking(found.data)]),
        "terms.json": _json(found.terms.model_dump(mode="json")),
        "signatures.json": _json([{**asdict(one), "at": one.at.isoformat()} for one in found.signed]),
        "README.txt": "\n\n".join(_say("dossier-readme", one) for one in ("nl", "fr", "en")).encode(),
        **{f"dossier-{one}.pdf": to_pdf(compose(found, one, head)) for one in PDF_LANGUAGES},
        **_minutes(found, head),
    }  # fmt: skip
    sums = "".join(f"{sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as zipped:
        for name, content in sorted({**files, verify.SUMS: sums.encode()}.items()):
            entry = ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            zipped.writestr(entry, content, ZIP_DEFLATED)
    return packed.getvalue()


def compose(found: Dossier, language: str, head: Letterhead) -> Document:
    """The decision in words."""
    blocks: list[Block] = [
        Facts(tuple(_facts(found, language))),
        Heading(_say("dossier-rule", language)), Paragraph(text_in(found.terms.allocation.why.texts(), language)),
        Heading(_say("dossier-envelopes", language)), _envelopes(found, language),
        Heading(_say("dossier-ranking", language)), _ranking(found, language),
        Heading(_say("dossier-marks", language)), _all_marks(found, language),
    ]  # fmt: skip
    reasons = _reasons(found, language)
    if reasons:
        blocks += [Heading(_say("dossier-reasons", language)), Items(reasons)]
    blocks += [Heading(_say("dossier-check", language)), Paragraph(_say("dossier-check-how", language))]
    return Document(
        language=language, title=_say("dossier-title", language, call=found.terms.name.texts()),
        reference=found.terms.id, dated=dated(found.decision.decided_at), place=_say("letter-place", language),
        recipient=(), head=head, blocks=tuple(blocks), closing=(head.office,),
    )  # fmt: skip


def _minutes(found: Dossier, head: Letterhead) -> dict[str, bytes]:
    """The minutes of the jury, where its panel was closed; like the dossier they name nobody's marks."""
    if found.closing is None:
        return {}
    name = found.terms.name.texts()
    return {
        f"minutes-{one}.pdf": to_pdf(minutes_document(found.closing, name, head, one)) for one in PDF_LANGUAGES
    }  # fmt: skip


def _say(code: str, language: str, **facts: object) -> str:
    return say(Reason(code, facts), language)


def _json(content: object) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _marks(one: Scored) -> dict[str, object]:
    """The marks that made a score; who gave them stands in the portal, not here."""
    reviews = [{"duty": str(review.duty), "marks": review.marks} for review in one.reviews if review.submitted_at]
    return {"id": one.application.reference, "score": one.score, "reviews": reviews, "remark": one.remark}


def _facts(found: Dossier, language: str) -> list[tuple[str, str]]:
    total = sum(found.awards.values())
    return [
        (_say("letter-call", language), text_in(found.terms.name.texts(), language)),
        (_say("dossier-decided", language), show_moment(found.decision.decided_at, language)),
        *((_say("dossier-signed", language), f"{one.person}, {show_moment(one.at, language)}") for one in found.signed),
        (_say("dossier-total", language), show_amount(total, language)),
        (_say("dossier-pass-mark", language), show_score(found.data.pass_mark, language)),
        (_say("dossier-fingerprint", language), found.decision.fingerprint),
        (_say("dossier-record", language), found.decision.record_sha256),
    ]  # fmt: skip


def _envelopes(found: Dossier, language: str) -> Table:
    head = tuple(_say(f"dossier-{one}", language) for one in ("envelope", "amount", "used", "left"))
    rows = (
        (text_in(one.name, language), *(show_amount(cents, language) for cents in (one.amount, one.used, one.left)))
        for one in found.envelopes
    )
    return Table(head, tuple(rows), align=("left", "right", "right", "right"))


def _ranking(found: Dossier, language: str) -> Table:
    head = tuple(_say(f"dossier-{one}", language) for one in ("rank", "file", "score", "requested", "awarded"))
    rows = []
    for rank, one in enumerate(rules.ranking(found.data), 1):
        award = found.awards.get(one.id, 0)
        requested, awarded = (show_amount(cents, language) for cents in (one.requested, award))
        named = f"{one.id} {found.files[one.id].application.organisation.name}"
        rows.append((str(rank), named, show_score(one.score, language), requested, awarded if award else "—"))
    return Table(head, tuple(rows), align=("right", "left", "right", "right", "right"))


def _all_marks(found: Dossier, language: str) -> Table:
    rows = []
    for one in rules.ranking(found.data):
        file = found.files[one.id]
        means = ((criterion, file.mean(criterion)) for criterion in found.terms.criteria)
        told = (
            f"{text_in(criterion.name.texts(), language)} {show_score(mean, language)} / {criterion.points}"
            for criterion, mean in means if mean is not None
        )  # fmt: skip
        rows.append((one.id, " · ".join(told)))
    return Table((_say("dossier-file", language), _say("letter-mean-mark", language)), tuple(rows))


def _reasons(found: Dossier, language: str) -> tuple[str, ...]:
    """Why each refused file got nothing: what the rule says, then the jury's remark."""
    names = {one.id: one.name.texts() for one in found.terms.envelopes}
    scores = {one.id: one.score for one in found.data.candidates}
    told = []
    for one in found.refusals:
        said = [say(reason, language) for reason in because(found.data, one, scores[one.id], names)]
        told.append(" ".join([*said, found.files[one.id].remark]).strip())
    return tuple(told)
