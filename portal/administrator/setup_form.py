"""The form of one screen of the preparation, made by walking over the models of the terms."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from wtforms import HiddenField
from wtforms.form import BaseForm

from portal.administrator.setup_fields import fields_of, from_fields, offers, to_fields
from portal.administrator.setup_parts import has_own_screen
from portal.language import language
from portal.received import Form
from workflows.calls import labels, shape
from workflows.calls.changes import shown
from workflows.calls.shape import Content, Input, Setting, Spot
from workflows.canonical import fingerprint
from workflows.language import LANGUAGES, text_in

MARK, WHAT = "_mark", "_do"
"""Fields of the form itself; no setting begins with an underscore."""


@dataclass(frozen=True)
class Entry:
    """One setting as a page draws it. `name` is its path on the screen, `spot` its path in the terms."""

    setting: Setting
    name: str
    spot: Spot
    fields: tuple[str, ...] = ()
    present: bool = True
    inside: "tuple[Entry, ...]" = ()
    items: "tuple[Item, ...]" = ()
    linked: bool = False

    @property
    def ticked(self) -> bool:
        """Whether it is put in by ticking, where nothing ticked is sent as nothing."""
        return self.setting.input in (Input.SEVERAL_OF, Input.LINES)

    @property
    def label(self) -> str:
        return text_in(labels.label(self.setting.model, self.setting.name), language())

    @property
    def help(self) -> str:
        return text_in(labels.help_text(self.setting.model, self.setting.name), language())


@dataclass(frozen=True)
class Item:
    """One part of a list: its title, and its settings where they are put in on the same screen."""

    number: int
    title: str
    spot: Spot
    inside: tuple[Entry, ...] = ()


@dataclass
class Screen:
    """The settings of one screen, over the content they are part of."""

    content: Content
    spot: Spot
    names: tuple[str, ...]
    fields: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        node, model = shape.at(self.content, self.spot), shape.model_at(self.spot)
        chosen = (shape.setting(model, name) for name in self.names)
        self.entries = tuple(self._entry(one, one.name, self.spot, node) for one in chosen)

    def _entry(self, one: Setting, name: str, spot: Spot, node: Content) -> Entry:
        here, value = (*spot, one.name), node.get(one.name)
        if one.input is Input.GROUP and one.of is not None:
            if value is None or has_own_group(one):
                return Entry(one, name, here, present=value is not None, linked=value is not None)
            inside = (self._entry(inner, f"{name}.{inner.name}", here, value) for inner in shape.settings(one.of))
            return Entry(one, name, here, inside=tuple(inside))
        if one.input is Input.MANY and one.of is not None:
            linked = has_own_screen(one.of)
            items = (self._item(one, f"{name}.{at}", (*here, at), part, at) for at, part in enumerate(value or ()))
            return Entry(one, name, here, items=tuple(items), linked=linked)
        offered = offers(one, self.content, node)
        fields = fields_of(one, name, offered)
        self.fields |= fields
        self.data |= to_fields(one, name, value, ticked=offered is not None)
        return Entry(one, name, here, fields=tuple(fields))

    def _item(self, one: Setting, name: str, spot: Spot, part: Content, at: int) -> Item:
        assert one.of is not None
        if has_own_screen(one.of):
            return Item(at, title_of(part), spot)
        inside = (self._entry(inner, f"{name}.{inner.name}", spot, part) for inner in shape.settings(one.of))
        return Item(at, title_of(part), spot, tuple(inside))

    def leaves(self) -> Iterator[Entry]:
        """Every setting that is put in on this screen."""
        yield from _leaves(self.entries)

    def mark(self) -> str:
        """What names all that this screen shows, as it is stored."""
        values = [[entry.name, shape.at(self.content, entry.spot)] for entry in self.leaves()]
        lists = [[entry.name, [item.title for item in entry.items]] for entry in self.entries]
        return fingerprint([values, lists])


def has_own_group(one: Setting) -> bool:
    """Whether a group is edited on a screen of its own: each kind of letter is."""
    return one.of is not None and one.model.__name__ == "Letters"


def _leaves(entries: tuple[Entry, ...]) -> Iterator[Entry]:
    for entry in entries:
        if entry.fields:
            yield entry
        yield from _leaves(entry.inside)
        for item in entry.items:
            yield from _leaves(item.inside)


def title_of(part: Content) -> str:
    """What a part of a list is called in the language of the page, or its code while it has no name."""
    for name in ("name", "label", "title"):
        words = part.get(name)
        if isinstance(words, dict) and any(words.values()):
            return text_in(words, language())
    if part.get("type"):
        return text_in(labels.value("ApplicantType", str(part["type"])), language())
    return next((str(part[name]) for name in ("id", "code", "step") if part.get(name)), "…")


class SettingsForm(Form):
    """The fields of a screen, each under the path of its setting."""

    def __init__(self, screen: Screen, sent: Any) -> None:
        super().__init__(formdata=None)
        self.screen, self.sent = screen, sent or {}
        for name, unbound in {MARK: HiddenField(), **screen.fields}.items():
            BaseForm.__setitem__(self, name, unbound)  # by name only: a path is no attribute
        self.process(formdata=sent, data=screen.data | {MARK: screen.mark()})

    def content(self) -> Content:
        """The whole content with what this screen holds; what was not sent or cannot be read keeps what is stored."""
        changed = self.screen.content
        for entry in self.screen.leaves():
            sent = entry.ticked or any(name in self.sent for name in entry.fields)
            if sent and not any(self[name].errors for name in entry.fields):
                changed = shape.put(changed, entry.spot, from_fields(entry.setting, entry.name, self))
        return changed

    def refresh(self, screen: Screen) -> None:
        """From now on the form stands for what is stored now; what was typed stays."""
        self.screen = screen
        self[MARK].data = screen.mark()

    def stored_otherwise(self) -> list[tuple[Entry, str]]:
        """The settings whose stored value is not the one on the screen, each with what is stored."""
        found = []
        for entry in self.screen.leaves():
            if not all(name in self for name in entry.fields):
                continue
            stored = shape.at(self.screen.content, entry.spot)
            if stored != from_fields(entry.setting, entry.name, self):
                found.append((entry, _stored(entry.setting, stored)))
        return found


def _stored(one: Setting, stored: Any) -> str:
    if one.input is Input.WORDS and stored:
        return "\n".join(f"{code.upper()}: {stored.get(code) or '–'}" for code in LANGUAGES)
    return text_in(shown(one, stored), language())
