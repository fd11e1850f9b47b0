"""What a form says beside its fields: how much room is left, what bounds the call sets."""

from flask_babel import gettext as _
from flask_babel import ngettext
from wtforms import Field

from portal.language import language
from workflows.calls.budget import Budget, CostCategory
from workflows.calls.form import Question, QuestionKind
from workflows.language import seen_length, show_share, text_in
from workflows.money import show_amount

KINDS_OF_DOCUMENT = {
    "pdf": "PDF", "docx": "Word", "xlsx": "Excel", "odt": "OpenDocument (odt)", "ods": "OpenDocument (ods)",
    "png": "PNG", "jpg": "JPEG",
}  # fmt: skip


def left(field: Field, question: Question) -> str:
    """How long a text may be, and how much of that is left as it stands."""
    most = question.max_length
    if most is None:
        return ""
    given = seen_length(str(field.data or ""))
    if not given or given > most:  # too long is said as an error
        return _("At most %(count)s characters.", count=most)
    remaining = ngettext("%(num)s character left", "%(num)s characters left", most - given)
    return _("At most %(count)s characters; %(left)s.", count=most, left=remaining)


def bounds(question: Question) -> str:
    """The smallest and largest number, or how many of something are wanted; empty where the call sets no bound."""
    least, most = question.at_least, question.at_most
    if question.kind is QuestionKind.TABLE:
        most = question.most
        if least:
            return _("From %(least)s to %(most)s rows.", least=least, most=most)
        return _("At most %(most)s rows.", most=most)
    if question.kind is QuestionKind.NUMBER:
        if least is not None and most is not None:
            return _("A whole number from %(least)s to %(most)s.", least=least, most=most)
        if least is not None:
            return _("A whole number, at least %(least)s.", least=least)
        return _("A whole number, at most %(most)s.", most=most) if most is not None else ""
    if least and most:
        return (
            _("Choose from %(least)s to %(most)s.", least=least, most=most)
            if least != most
            else _("Choose %(most)s.", most=most)
        )
    if least:
        return _("Choose at least %(least)s.", least=least)
    return _("Choose at most %(most)s.", most=most) if most and most > 1 else ""


def answer_form(question: Question) -> str:
    """How a question is answered, in a few words."""
    match question.kind:
        case QuestionKind.SHORT_TEXT | QuestionKind.LONG_TEXT if question.max_length:
            return _("Text of at most %(most)s characters", most=question.max_length)
        case QuestionKind.SHORT_TEXT | QuestionKind.LONG_TEXT:
            return _("Text")
        case QuestionKind.NUMBER:
            return bounds(question) or _("Number")
        case QuestionKind.AMOUNT:
            return _("Amount in euro")
        case QuestionKind.DATE:
            return _("Day")
        case QuestionKind.PERIOD:
            return _("First and last day")
        case QuestionKind.YES_NO:
            return _("Yes or no")
        case QuestionKind.ONE_OF | QuestionKind.ZONE:
            return _("One choice")
        case QuestionKind.SEVERAL_OF | QuestionKind.PLACES:
            return bounds(question) or _("One or more choices")
        case QuestionKind.SDG:
            return _("Goals of sustainable development")
        case QuestionKind.TABLE:
            columns = ", ".join(text_in(column.label.texts(), language()) for column in question.columns)
            return _("Table with the columns %(columns)s", columns=columns)
        case QuestionKind.BUDGET:
            return _("Budget, from which the amount requested is computed")
        case QuestionKind.DOCUMENT:
            return _("Document")


def documents(question: Question, largest: str) -> str:
    """Which documents may stand under a question, how large (in words) and how many."""
    kinds = ", ".join(KINDS_OF_DOCUMENT[kind] for kind in question.accepted)
    if not kinds:
        kinds = _("PDF, Word, Excel, OpenDocument, PNG or JPEG")
    number = ngettext("one file", "at most %(num)s files", question.most or 1)
    if question.at_least and question.at_least > 1:
        number = _("from %(least)s to %(most)s files", least=question.at_least, most=question.most)
    return _("%(kinds)s; at most %(size)s each; %(number)s.", kinds=kinds, size=largest, number=number)


def cap_of(category: CostCategory) -> str:
    """What the call allows under a heading of costs, in words; empty where it sets no bound."""
    told = []
    if category.cap_hundredths is not None:
        told.append(_("At most %(share)s of all costs.", share=show_share(category.cap_hundredths, language())))
    if category.cap_cents is not None:
        told.append(_("At most %(amount)s.", amount=show_amount(category.cap_cents, language())))
    return " ".join(told)


def budget_bounds(budget: Budget) -> list[str]:
    """What the call says of the budget as a whole, a sentence each."""
    told = []
    if budget.overheads_hundredths is not None:
        share = show_share(budget.overheads_hundredths, language())
        told.append(_("Overheads come to at most %(share)s of the direct costs.", share=share))
    if budget.cofinancing_hundredths is not None:
        share = show_share(budget.cofinancing_hundredths, language())
        told.append(_("Own means and other funders pay at least %(share)s of all costs.", share=share))
    return told


def rule(code: str) -> tuple[str, str]:
    """An allocation rule in plain words: what it does; what it keeps and breaks."""
    return {
        "rank-stop": (
            _("Files are paid in the order of the ranking. "
              "At the first file that no longer fits, its envelope closes."),
            _("Nobody is ever overtaken by a file ranked lower; money may be left over."),
        ),
        "rank-skip": (
            _("Files are paid in the order of the ranking. "
              "A file that no longer fits is passed over and the next one is tried."),
            _("More of the money is used; a smaller file may overtake a better ranked, larger one."),
        ),
        "rank-partial-stop": (
            _("Files are paid in the order of the ranking. The first file that no longer fits "
              "gets what is left, if it can live with that; then its envelope closes."),
            _("Nobody is ever overtaken; the last file may get less than it asked for."),
        ),
        "rank-partial-skip": (
            _("Files are paid in the order of the ranking. A file that no longer fits "
              "gets what is left if it can live with that, and is passed over otherwise."),
            _("Most of the money is used; a better ranked file may be overtaken, "
              "and one may get less than it asked for."),
        ),
        "pro-rata": (
            _("Every file at or above the pass mark gets the same share of what it asked for."),
            _("Nobody is left out; everybody may get less than asked for."),
        ),
    }[code]  # fmt: skip
