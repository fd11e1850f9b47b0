"""What stands in each kind of letter: from the facts of a file and of the history entry it answers to blocks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from workflows.calls.strict import Words
from workflows.calls.terms import LetterText, Terms
from workflows.language import BRUSSELS, fill, say, show_moment, show_score, text_in
from workflows.letters.blocks import Block, Document, Facts, Heading, Items, Letterhead, Paragraph, Table
from workflows.letters.rules import LetterKind
from workflows.money import show_amount
from workflows.people.rules import show_enterprise_number
from workflows.problems import Reason
from workflows.scoring.queries import Scored
from workflows.submission.queries import ApplicationView, Receipt


@dataclass(frozen=True)
class Material:
    """Everything a letter may draw on. `facts` are those of the history entry it answers."""

    kind: LetterKind
    number: str
    dated: date
    office: Letterhead
    application: ApplicationView
    facts: Mapping[str, Any]
    remark: str
    receipt: Receipt | None = None
    scored: Scored | None = None

    @property
    def language(self) -> str:
        return self.application.language

    @property
    def terms(self) -> Terms:
        return self.application.terms

    @property
    def text(self) -> LetterText:
        found: LetterText = getattr(self.terms.letters, self.kind)
        return found

    @property
    def partial(self) -> bool:
        """Whether less is awarded than was asked."""
        return bool(self.kind is LetterKind.AWARD and self.facts["awarded"] < self.facts["requested"])

    @property
    def unfavourable(self) -> bool:
        """Whether somebody may go to the Council of State over it (laws coordinated on 12 January 1973, art. 19)."""
        return self.partial or self.kind in (LetterKind.INELIGIBLE, LetterKind.RESERVE, LetterKind.REFUSAL)

    def say(self, code: str, **facts: Any) -> str:
        """A sentence in the letter's language."""
        return say(Reason(code, facts), self.language)

    def fill(self, words: Words) -> str:
        """The office's own words, placeholders filled."""
        return fill(text_in(words.texts(), self.language), self._placeholders(), self.language)

    def words(self, words: Words) -> str:
        return text_in(words.texts(), self.language)

    def _placeholders(self) -> dict[str, Any]:
        received = self.application.received_at
        return {
            "reference": self.application.reference, "project": self.application.title,
            "organisation": self.application.organisation.name, "call": self.words(self.terms.name),
            "requested": self.application.requested, "awarded": self.facts.get("awarded", 0),
            "score": self.facts.get("score", 0), "pass_mark": self.terms.scoring.pass_mark_hundredths,
            "rank": self.facts.get("rank", ""), "receipt_number": self.receipt.number if self.receipt else "",
            "received_at": received.isoformat() if received else "", "closes_at": self.terms.closes.isoformat(),
        }  # fmt: skip


def compose(material: Material) -> Document:
    """The letter of this kind about this file."""
    blocks: list[Block] = [Paragraph(material.fill(material.text.opening)), _file(material)]
    blocks += COMPOSERS[material.kind](material)
    blocks.append(Paragraph(material.fill(material.text.closing)))
    if material.unfavourable:
        blocks += _remedies(material)
    return Document(
        language=material.language,
        title=material.fill(material.text.subject),
        reference=f"{material.number} · {material.application.reference}",
        dated=material.dated,
        place=material.say("letter-place"),
        recipient=material.application.organisation.address,
        head=material.office,
        blocks=tuple(blocks),
        closing=(material.say("letter-greeting"), material.office.office),
    )


def _file(material: Material) -> Facts:
    application = material.application
    rows = [
        (material.say("letter-project"), application.title),
        (material.say("letter-organisation"), application.organisation.name),
        (
            material.say("letter-enterprise-number"),
            show_enterprise_number(application.organisation.enterprise_number),
        ),
        (material.say("letter-call"), material.words(material.terms.name)),
        (material.say("letter-reference"), application.reference),
        (material.say("letter-requested"), show_amount(application.requested, material.language)),
    ]
    if "awarded" in material.facts:
        rows.append((material.say("letter-awarded"), show_amount(material.facts["awarded"], material.language)))
    return Facts(tuple(rows))


def _receipt(material: Material) -> list[Block]:
    receipt = material.receipt
    assert receipt is not None  # a receipt answers a submission
    rows = (
        (material.say("letter-receipt-number"), receipt.number),
        (material.say("letter-received-at"), show_moment(receipt.received_at, material.language)),
        (material.say("letter-digest"), receipt.digest),
    )
    blocks: list[Block] = [Heading(material.say("letter-proof")), Facts(rows)]
    documents = tuple((found["name"], found["sha256"][:16] + "…") for found in receipt.content["documents"])
    if documents:
        head = (material.say("letter-document"), "SHA-256")
        blocks.append(Table(head, documents, caption=material.say("letter-documents")))
    return blocks


def _ineligible(material: Material) -> list[Block]:
    reasons = []
    for failure in material.facts["failures"]:
        said = [say(Reason(one["code"], one["facts"]), material.language) for one in failure["reasons"]]
        said += [failure["remark"]] if failure["remark"] else []
        seen = ", ".join(material.say("letter-seen", **one) for one in failure.get("seen", ()))
        said += [material.say("letter-looked-at", seen=seen)] if seen else []
        code = "letter-condition-of-article" if failure.get("article") else "letter-condition"
        facts = {"condition": failure["condition"], "article": failure.get("article")}
        reasons.append(material.say(code, **facts, reasons=" ".join(said)))
    return [
        Heading(material.say("letter-reasons")), Paragraph(material.words(material.terms.letters.reasons_notice)),
        Items(tuple(reasons)),
    ]  # fmt: skip


def _award(material: Material) -> list[Block]:
    blocks = [Heading(material.say("letter-reasons")), *_judgement(material)]
    if material.partial:
        partial = material.say(
            "letter-partial", awarded=material.facts["awarded"], requested=material.facts["requested"]
        )
        blocks.append(Paragraph(partial))
    blocks += _fixed(material)
    if "before" in material.facts:
        told = {name: material.facts[name] for name in ("before", "awarded", "percent", "why")}
        blocks.append(Paragraph(material.say("letter-cut", **told)))
    return [*blocks, Heading(material.say("letter-what-follows"))]


def _not_awarded(material: Material) -> list[Block]:
    return [
        Heading(material.say("letter-reasons")), Paragraph(material.words(material.terms.letters.reasons_notice)),
        *_judgement(material), Heading(material.say("letter-division"), 2),
        *(Paragraph(sentence) for sentence in refusal_sentences(material)), *_fixed(material),
        Heading(material.say("letter-what-follows")),
    ]  # fmt: skip


def _fixed(material: Material) -> list[Block]:
    """Why a person and not the rule set the amount, where that is so."""
    reason = material.facts.get("fixed")
    return [Paragraph(material.say("letter-fixed", reason=reason))] if reason else []


def _judgement(material: Material) -> list[Block]:
    """The score with the marks it is made of, and the jury's remark."""
    scored, facts = material.scored, material.facts
    assert scored is not None  # decided files were scored
    said = material.say(
        "letter-score", score=facts["score"], rank=facts["rank"], of=facts["of"], pass_mark=facts["pass_mark"]
    )
    head = tuple(material.say(code) for code in ("letter-criterion", "letter-weight", "letter-mean-mark"))
    rows = []
    for criterion in material.terms.criteria:
        mean = scored.mean(criterion)
        mark = "—" if mean is None else f"{show_score(mean, material.language)} / {criterion.points}"
        rows.append((material.words(criterion.name), str(criterion.weight), mark))
    marks = Table(head, tuple(rows), align=("left", "right", "right"), caption=material.say("letter-marks"))
    blocks: list[Block] = [Paragraph(said), marks]
    if material.remark:
        blocks += [Heading(material.say("letter-jury-remark"), 2), Paragraph(material.remark)]
    return blocks


def refusal_sentences(material: Material) -> list[str]:
    """Why the money did not reach this file: the first cause, and what would have changed it."""
    refusal = material.facts.get("refusal") or {}
    names = {envelope.id: envelope.name.texts() for envelope in material.terms.envelopes}
    envelope = names.get(refusal.get("envelope") or "", "")
    said = {
        "score": material.facts["score"], "pass_mark": material.facts["pass_mark"], "envelope": envelope,
        "short_by": refusal.get("short_by") or 0, "score_needed": refusal.get("score_needed") or 0,
        "largest": refusal.get("largest_fitting") or 0, "grow_by": refusal.get("grow_by") or 0,
        "rank": material.facts["rank"],
    }  # fmt: skip
    too_low = material.scored and refusal["cause"] == "override" and not material.facts.get("fixed")
    minima = material.scored.below_minimum if material.scored and too_low else ()
    cause = [material.say(one.code, **one.facts) for one in minima] or [
        material.say(f"refusal-{refusal['cause']}", **said)
    ]
    sentences = [material.words(material.terms.allocation.why), *cause]
    if refusal["cause"] != "below-pass-mark" and refusal.get("score_needed"):
        sentences.append(material.say("refusal-score-needed", **said))
    if said["grow_by"]:
        sentences.append(material.say("refusal-grow-by", **said))
    if said["largest"] >= min(rule.floor_cents for rule in material.terms.applicants) and said["largest"]:
        sentences.append(material.say("refusal-largest-fitting", **said))
    return sentences


def _remedies(material: Material) -> list[Block]:
    return [
        Heading(material.say("letter-remedies")),
        Paragraph(material.words(material.terms.letters.remedies_notice)),
    ]


COMPOSERS: dict[LetterKind, Callable[[Material], list[Block]]] = {
    LetterKind.RECEIPT: _receipt,
    LetterKind.INELIGIBLE: _ineligible,
    LetterKind.AWARD: _award,
    LetterKind.RESERVE: _not_awarded,
    LetterKind.REFUSAL: _not_awarded,
}


def dated(moment: Any) -> date:
    """The day in Brussels of a UTC instant."""
    day: date = moment.astimezone(BRUSSELS).date()
    return day
