"""What a question of choice offers, in the language of the page."""

from flask_babel import gettext as _

from portal.language import language
from workflows.calls.form import Choice, Question, QuestionKind
from workflows.calls.sdg import GOALS
from workflows.calls.terms import Place, Terms, Zone
from workflows.language import text_in


def options(question: Question, terms: Terms) -> list[tuple[str, str]]:
    """The codes and labels a question of choice offers."""
    match question.kind:
        case QuestionKind.YES_NO:
            return [("yes", _("Yes")), ("no", _("No"))]
        case QuestionKind.ZONE:
            return [(zone.code, _words(zone)) for zone in terms.zones]
        case QuestionKind.PLACES:
            return [(place.code, place_of(place, zone)) for zone in terms.zones for place in zone.places]
        case QuestionKind.SDG:
            return [(number, text_in(name.texts(), language())) for number, name in GOALS.items()]
    return [(choice.code, _words(choice)) for choice in question.choices]


def _words(thing: Choice | Zone | Place) -> str:
    words = thing.label if isinstance(thing, Choice) else thing.name
    return text_in(words.texts(), language())


def place_of(place: Place, zone: Zone) -> str:
    """A place with its zone; one that is excluded says so, and is offered so that a refusal can be explained."""
    facts = {"place": _words(place), "zone": _words(zone)}
    if place.excluded:
        return _("%(place)s (%(zone)s) – excluded from this call", **facts)
    return _("%(place)s (%(zone)s)", **facts)
