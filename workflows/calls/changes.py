"""What differs between two versions of the terms, key by key and in words; what may still change when. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.calls import labels
from workflows.calls.rules import Stage
from workflows.calls.shape import Content, Input, Setting, settings
from workflows.calls.strict import Spot, Strict
from workflows.calls.terms import Terms
from workflows.language import BRUSSELS, LANGUAGES, Text, show_day, show_moment, show_score, text_in
from workflows.money import show_amount
from workflows.problems import Problem

LONGEST = 400
"""Characters of a text that a change repeats; the versions themselves hold it whole."""
WORDING = frozenset({"name", "label", "help", "title", "guidance", "why", "source", "budget_line"})
"""Texts within those parts: better words for the same thing, and where the office books the money."""
FIXED_ONCE_PUBLISHED = frozenset({"id", "reference_prefix"})
"""They stand in references and addresses."""
OPEN_AFTER_CLOSING = frozenset({
    "kind", "accent", "organisers", "chosen_by_us", "summary", "letters", "approvals", "published_figure",
})  # fmt: skip
"""How the office speaks and decides; everything an applicant was asked, told or is judged by stands still then."""
SUBSTANTIAL = frozenset(Terms.model_fields) - OPEN_AFTER_CLOSING - FIXED_ONCE_PUBLISHED - {"year", "name"}
"""What decides whether somebody applies, with what, and how they are judged: whatever is not named otherwise."""
NOTHING = {"nl": "niets", "fr": "rien", "en": "nothing"}


@dataclass(frozen=True)
class Change:
    """One setting that differs: its key, what it is called, what stood and stands there, in every language."""

    key: str
    what: Text
    before: Text
    after: Text
    substantial: bool

    def fact(self) -> dict[str, Any]:
        """The change as the history keeps it."""
        return {
            "key": self.key, "what": dict(self.what), "before": dict(self.before), "after": dict(self.after),
            "substantial": self.substantial,
        }  # fmt: skip


def changes(before: Terms, after: Terms) -> tuple[Change, ...]:
    """Every setting that differs, in the order of the terms. Parts of a list are matched by what names them."""
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    return tuple(_differences(Terms, old, new, (), ()))


def check_change(before: Terms, after: Terms, stage: Stage, now: datetime) -> None:
    """Whether published terms may become these at this stage.

    Raises Problem `call-decided`, `fixed-once-published`, `fixed-once-open`, `closing-only-later` or
    `fixed-after-closing`, each with what it is about.
    """
    if stage is Stage.DRAFT:
        return
    if stage in (Stage.DECIDED, Stage.CLOSED):
        raise Problem("call-decided", call=before.name.texts())
    found = changes(before, after)
    tops = {change.key.split(".")[0]: change for change in found}
    keys = {top: [change.key for change in found if change.key.split(".")[0] == top] for top in tops}

    def refuse(code: str, keys: Any) -> None:
        wrong = [tops[key].what for key in keys]
        if wrong:
            raise Problem(code, settings=wrong)

    refuse("fixed-once-published", [key for key in tops if key in FIXED_ONCE_PUBLISHED])
    if stage is Stage.ASSESSMENT:
        refuse("fixed-after-closing", [top for top in tops if not all(map(_open_after_closing, keys[top]))])
    if stage is Stage.OPEN:
        refuse("fixed-once-open", [key for key in tops if key == "opens_at"])
        if after.closes < before.closes:
            raise Problem("closing-only-later", closes_at=before.closes.isoformat())
    if stage is not Stage.ASSESSMENT and after.closes <= now:
        raise Problem("closing-passed", closes_at=after.closes.isoformat())


def _open_after_closing(key: str) -> bool:
    """Whether a setting may change while files are assessed. How much money there is, others decide, at any time."""
    top, last = key.split(".")[0], key.rsplit(".", 1)[-1]
    return top in OPEN_AFTER_CLOSING or (top == "envelopes" and last in ("amount_cents", "source"))


def _differences(
    model: type[Strict], old: Content, new: Content, key: Spot, called: tuple[Text, ...]
) -> Iterator[Change]:
    for one in settings(model):
        before, after = old.get(one.name), new.get(one.name)
        if before == after:
            continue
        here = (*key, one.name)
        path = (*called, labels.label(model, one.name))
        if one.input is Input.MANY:
            yield from _list_differences(one, before or [], after or [], here, path)
        elif one.input is Input.GROUP and one.of and before and after:
            yield from _differences(one.of, before, after, here, path)
        else:
            yield _change(one, here, path, before, after)


def _list_differences(
    one: Setting, old: list[Content], new: list[Content], key: Spot, called: tuple[Text, ...]
) -> Iterator[Change]:
    assert one.of is not None
    before = {_name(part): part for part in old}
    after = {_name(part): part for part in new}
    for name, part in after.items():
        path = (*called, _title(one, part))
        if name in before:
            yield from _differences(one.of, before[name], part, (*key, name), path)
        else:
            yield _change(one, (*key, name), called, None, part)
    for name, part in before.items():
        if name not in after:
            yield _change(one, (*key, name), called, part, None)
    stayed = [name for name in after if name in before]
    if stayed != [name for name in before if name in after]:
        orders = ([part for name, part in side.items() if name in stayed] for side in (before, after))
        yield _change(one, key, called, *orders)


def _name(part: Content) -> str:
    """What tells a part from the others of its list: its code, or what kind it is."""
    for name in ("id", "code", "step", "type"):
        if part.get(name):
            return str(part[name])
    return ":".join(str(part[name]) for name in ("kind", "question") if part.get(name))


def _title(one: Setting, part: Content) -> Text:
    """What a part of a list is called."""
    for name in ("name", "label", "title"):
        if isinstance(part.get(name), dict):
            found: Text = part[name]
            return found
    if one.of is not None and part.get("type"):
        return labels.value("ApplicantType", str(part["type"]))
    name = _name(part)
    return dict.fromkeys(LANGUAGES, name)


def _change(one: Setting, key: Spot, called: tuple[Text, ...], before: Any, after: Any) -> Change:
    what = {language: " › ".join(text_in(text, language) for text in called) for language in LANGUAGES}
    top, last = str(key[0]), str(key[-1])
    substantial = top in SUBSTANTIAL and not (len(key) > 1 and last in WORDING)
    old, new = shown(one, before), shown(one, after)
    if one.input is Input.WORDS and before and after:
        old, new = _where_they_differ(before, after)
    return Change(".".join(map(str, key)), what, old, new, substantial)


def _where_they_differ(before: Text, after: Text) -> tuple[Text, Text]:
    """Two texts for readers of every language: their own where it changed, else those that did, named."""
    changed = [language for language in LANGUAGES if before.get(language, "") != after.get(language, "")]

    def told(text: Text, reader: str) -> str:
        if reader in changed:
            return (text.get(reader) or NOTHING[reader])[:LONGEST]
        return " · ".join(f"{one.upper()}: {text.get(one) or NOTHING[reader]}" for one in changed)[:LONGEST]

    return tuple({reader: told(text, reader) for reader in LANGUAGES} for text in (before, after))  # type: ignore[return-value]


def shown(one: Setting, value: Any) -> Text:
    """A stored value in words, in every language."""
    return {language: _shown(one, value, language)[:LONGEST] for language in LANGUAGES}


def _shown(one: Setting, value: Any, language: str) -> str:
    if value is None or value in ("", []):
        return NOTHING[language]
    match one.input:
        case Input.WORDS:
            return text_in(value, language)
        case Input.AMOUNT:
            return show_amount(value, language)
        case Input.SCORE:
            return show_score(value, language)
        case Input.DAY:
            return show_day(value, language)
        case Input.MOMENT:
            moment = datetime.fromisoformat(value)
            return show_moment(moment if moment.tzinfo else moment.replace(tzinfo=BRUSSELS), language)
        case Input.YES_NO:
            return {"nl": ("nee", "ja"), "fr": ("non", "oui"), "en": ("no", "yes")}[language][bool(value)]
        case Input.ONE_OF:
            return text_in(labels.value(one.vocabulary, value), language)
        case Input.SEVERAL_OF | Input.RANKED:
            return ", ".join(text_in(labels.value(one.vocabulary, code), language) for code in value)
        case Input.LINES:
            return ", ".join(value)
        case Input.MANY:
            parts = value if isinstance(value, list) else [value]
            return ", ".join(text_in(_title(one, part), language) for part in parts)
        case Input.GROUP:
            assert one.of is not None
            return "; ".join(_shown(inner, value.get(inner.name), language) for inner in settings(one.of))
    return str(value)
