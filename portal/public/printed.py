"""The page of a call on paper: everything that stands on it, as a PDF of the day it was asked for."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from portal.downloads import download
from portal.hints import budget_bounds, cap_of
from portal.language import colon, language
from portal.public import blueprint, words
from portal.public.calls import public_call
from portal.set_up import office
from portal.work import ask, now
from workflows.calls.budget import Budget
from workflows.calls.form import QuestionKind, Section
from workflows.calls.queries import CallView, PublicChange, public_changes
from workflows.calls.strict import Words
from workflows.calls.terms import Terms
from workflows.files.rules import PDF
from workflows.language import BRUSSELS, say, show_moment, text_in
from workflows.letters.blocks import Block, Document, Facts, Heading, Items, Letterhead, Paragraph, Table
from workflows.letters.pdf import to_pdf
from workflows.money import largest_remainder, show_amount
from workflows.problems import Reason

KEPT = 32
"""How many calls, languages and days are kept; the same page is not made again for each who asks for it."""


@blueprint.get("/calls/<call_id>/call.pdf")
def call_pdf(call_id: str) -> Response:
    """The call in the language of the page, as it stands now."""
    with ask() as session:
        found = public_call(session, call_id)
        changed = public_changes(session, call_id)
    return download(_made(document(found, changed)), PDF, f"{found.id}-{language()}.pdf")


_made = lru_cache(KEPT)(to_pdf)


def document(call: CallView, changed: tuple[PublicChange, ...] = ()) -> Document:
    """The call as a document, in the language of the page; `changed` since it was published, the last first."""
    head = office(current_app.config["SETTINGS"]).head
    return Document(
        language=language(), title=_t(call.terms.name), reference=call.id, dated=now().astimezone(BRUSSELS).date(),
        place=say(Reason("letter-place"), language()), recipient=(), head=head,
        blocks=tuple(_blocks(call, head, changed)),
        closing=(_("What counts is the page of the call, which says when something changes:"), _address(call)),
    )  # fmt: skip


def _blocks(call: CallView, head: Letterhead, changed: tuple[PublicChange, ...]) -> Iterator[Block]:
    terms = call.terms
    yield Paragraph(_t(terms.summary))
    yield Facts((
        (_("Organised by"), ", ".join(terms.organisers)),
        (_("Opens"), show_moment(terms.opens, language())),
        (_("Closes"), show_moment(terms.closes, language())),
        (_("Questions about the call"), ", ".join(head.lines)),
        (_("Version"), str(call.version)),
    ))  # fmt: skip
    yield Paragraph(
        _(
            "Brussels time, by the clock of the portal. "
            "An application that arrives at the closing time or later is late, to the second."
        )
    )
    if changed:
        yield Heading(_("Changed since the call was published"))
        yield Items(tuple(_change(one) for one in changed))
    yield from _who(terms)
    yield Heading(_("Conditions"))
    yield Paragraph(
        _(
            "An application that fails one of these is not put before the jury. "
            "You see before you submit which ones it would fail."
        )
    )
    yield Items(tuple(words.condition(condition) for condition in terms.conditions))
    yield from _judged(terms)
    yield from _divided(terms)
    if terms.budget:
        yield from _budget(terms.budget)
    yield Heading(_("Who decides"))
    yield Items(tuple(words.who_decides(terms)))
    yield from _asked(terms)
    if terms.chosen_by_us:
        yield Heading(_("Not from the office"))
        yield Paragraph(
            _(
                "These parts of the call are not public. "
                "They were chosen for this demonstration and say nothing about the real call:"
            )
        )
        yield Items(tuple(words.chosen_by_us(terms.chosen_by_us)))


def _change(one: PublicChange) -> str:
    """When, why, and what stood and stands there."""
    told = [" – ".join(filter(None, (show_moment(one.at, language()), one.reason)))]
    if one.closes_after:
        before, after = (show_moment(moment, language()) for moment in (one.closes_before, one.closes_after))
        told.append(_("The closing moved from %(before)s to %(after)s.", before=before, after=after))
    for fact in one.changes:
        what, before, after = (text_in(fact[name], language()) for name in ("what", "before", "after"))
        told.append(f"{what}{colon()} {_('%(before)s became %(after)s', before=before, after=after)}")
    return "\n".join(told)


def _who(terms: Terms) -> Iterator[Block]:
    yield Heading(_("Who may apply, and for how much"))
    rows = tuple(
        (
            f"{words.applicant_type(rule.type)}. {words.applicant_type_hint(rule.type)}",
            _money(rule.floor_cents), _money(rule.ceiling_cents),
        )
        for rule in terms.applicants
    )  # fmt: skip
    yield Table((_("Who"), _("At least"), _("At most")), rows, ("left", "right", "right"))
    if words.accreditation(terms):
        yield Paragraph(words.accreditation(terms))
    if terms.zones:
        yield Heading(_("Where"))
        yield Items(tuple(words.zone(zone) for zone in terms.zones))


def _judged(terms: Terms) -> Iterator[Block]:
    yield Heading(_("How applications are judged"))
    shares = largest_remainder(100, [criterion.weight for criterion in terms.criteria])
    rows = tuple(
        (
            ". ".join(_t(one).rstrip(".") for one in (criterion.name, criterion.guidance) if one),
            words.judged_by(criterion.judged_by), _("0 to %(points)s", points=criterion.points), str(share),
        )
        for criterion, share in zip(terms.criteria, shares, strict=True)
    )  # fmt: skip
    yield Table(
        (_("Criterion"), _("Judged by"), _("Marks"), _("Weight out of 100")), rows,
        ("left", "left", "left", "right"), (_("Total"), "", "", "100"),
    )  # fmt: skip
    yield Paragraph(words.readings(terms))


def _divided(terms: Terms) -> Iterator[Block]:
    yield Heading(_("How the money is divided"))
    rows = tuple((_t(one.name), words.policy(one.policy), _money(one.amount_cents)) for one in terms.envelopes)
    yield Table((_("Amount for"), _("What it means"), _("Amount")), rows, ("left", "left", "right"))
    yield Paragraph(_t(terms.allocation.why))
    yield Paragraph(" ".join(words.rule(terms.allocation.rule)))


def _budget(budget: Budget) -> Iterator[Block]:
    yield Heading(_("The budget"))
    rows = tuple(
        (
            ". ".join(_t(one).rstrip(".") for one in (category.name, category.help) if one),
            _("Direct costs") if category.direct else _("Overheads"), cap_of(category),
        )
        for category in budget.categories
    )  # fmt: skip
    yield Table((_("Heading"), _("Kind"), _("What the call allows")), rows)
    yield from (Paragraph(bound) for bound in budget_bounds(budget))
    yield Paragraph(
        _(
            "You fill in costs, own means and other funders; "
            "the portal adds them up, and what is left is the amount requested."
        )
    )


def _asked(terms: Terms) -> Iterator[Block]:
    yield Heading(_("Documents to prepare"))
    documents = [question for question in terms.questions() if question.kind is QuestionKind.DOCUMENT]
    yield Items(tuple(words.question(one) for one in documents)) if documents else Paragraph(_("None."))
    yield Heading(_("What you will be asked"))
    for number, section in enumerate(terms.sections, 1):
        yield Heading(_("%(number)s. %(title)s", number=number, title=_t(section.title)), 2)
        yield _questions(section)


def _questions(section: Section) -> Block:
    rows = []
    for question in section.questions:
        told = [words.asked_how(question)]
        if question.help:
            told.append(_t(question.help))
        if question.choices:
            told.append("\n".join(f"– {_t(choice.label)}" for choice in question.choices))
        rows.append((words.question(question), "\n".join(told)))
    return Table((_("Question"), _("How it is answered")), tuple(rows))


def _address(call: CallView) -> str:
    return str(url_for("public.call", call_id=call.id, _external=True))


def _money(cents: int) -> str:
    return show_amount(cents, language())


def _t(words: Words) -> Any:
    return text_in(words.texts(), language())
