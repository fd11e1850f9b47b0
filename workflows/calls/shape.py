"""The terms of a call as a person edits them: a walk over the models that says of each field how it is put in. Pure.

Content is what `Terms.model_dump(mode="json")` gives, or will once it is put right; a place in it is a row of keys and
numbers, such as `("sections", 0, "questions", 2)`.
"""

import types
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from workflows.calls.strict import PlaceCode, Spot, Strict, Words
from workflows.calls.terms import Terms
from workflows.problems import NotThere

Content = dict[str, Any]
BLANK_WORDS = {"nl": "", "fr": "", "en": ""}


class Input(StrEnum):
    """How a setting is put in."""

    WORDS = "words"  # three texts side by side
    LINE = "line"
    LINES = "lines"  # one text per line
    AMOUNT = "amount"  # cents
    SCORE = "score"  # 1/100 point
    COUNT = "count"
    YES_NO = "yes-no"
    ONE_OF = "one-of"
    SEVERAL_OF = "several-of"
    RANKED = "ranked"  # several of, in an order that matters
    DAY = "day"
    MOMENT = "moment"  # Brussels wall-clock time
    GROUP = "group"  # the settings of a part
    MANY = "many"  # a list of parts


@dataclass(frozen=True)
class Setting:
    """One field of a model. `of`: the model of a group or of each part of a list. `codes`: what can be chosen, with
    `vocabulary`, the name under which `labels.toml` says them."""

    model: type[Strict]
    name: str
    input: Input
    optional: bool = False
    of: type[Strict] | None = None
    codes: tuple[str, ...] = ()
    vocabulary: str = ""


def settings(model: type[Strict]) -> tuple[Setting, ...]:
    """Every field of a model. Raises TypeError on a type that nobody taught this module to put in."""
    return tuple(_setting(model, name) for name in model.model_fields)


def setting(model: type[Strict], name: str) -> Setting:
    """One field of a model. Raises NotThere."""
    if name not in model.model_fields:
        raise NotThere
    return _setting(model, name)


def _setting(model: type[Strict], name: str) -> Setting:
    kind, optional = _bare(model.model_fields[name].annotation)
    if get_origin(kind) is tuple:
        return _list(model, name, get_args(kind)[0])
    if get_origin(kind) is Literal:
        return Setting(model, name, Input.ONE_OF, optional, codes=get_args(kind), vocabulary=name)
    if issubclass(kind, StrEnum):
        return Setting(model, name, Input.ONE_OF, optional, codes=tuple(map(str, kind)), vocabulary=kind.__name__)
    if kind is Words:
        return Setting(model, name, Input.WORDS, optional)
    if issubclass(kind, Strict):
        return Setting(model, name, Input.GROUP, optional, of=kind)
    if kind is int:
        endings = {"_cents": Input.AMOUNT, "_hundredths": Input.SCORE}
        found = next((given for ending, given in endings.items() if name.endswith(ending)), Input.COUNT)
        return Setting(model, name, found, optional)
    plain = {bool: Input.YES_NO, str: Input.LINE, datetime: Input.MOMENT, date: Input.DAY}
    if kind not in plain:
        raise TypeError(f"{model.__name__}.{name}: no input is known for {kind}")
    return Setting(model, name, plain[kind], optional)


def _list(model: type[Strict], name: str, of: Any) -> Setting:
    inner, _ = _bare(of)
    if get_origin(inner) is Literal:
        return Setting(model, name, Input.RANKED, codes=get_args(inner), vocabulary=name)
    if issubclass(inner, StrEnum):
        codes = tuple(str(code) for code in inner)
        return Setting(model, name, Input.SEVERAL_OF, codes=codes, vocabulary=inner.__name__)
    if issubclass(inner, Strict):
        return Setting(model, name, Input.MANY, of=inner)
    if inner is str:
        return Setting(model, name, Input.LINES)
    raise TypeError(f"{model.__name__}.{name}: no input is known for a list of {inner}")


def _bare(annotation: Any) -> tuple[Any, bool]:
    """The type itself, and whether it may be absent."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        (kind,) = (one for one in get_args(annotation) if one is not type(None))
        return _bare(kind)[0], True
    return annotation, False


def is_small(model: type[Strict]) -> bool:
    """Whether the parts of a list are put in beside each other: few settings and nothing nested."""
    found = settings(model)
    return len(found) <= 4 and all(one.input not in (Input.GROUP, Input.MANY) for one in found)


def models(root: type[Strict] = Terms) -> Iterator[type[Strict]]:
    """Every model the terms are made of, each once."""
    seen: list[type[Strict]] = [root]
    for model in seen:
        yield model
        for one in settings(model):
            if one.of and one.of not in seen:
                seen.append(one.of)


def model_at(place: Spot) -> type[Strict]:
    """The model of the part at a place. Raises NotThere."""
    model: type[Strict] = Terms
    for key in place:
        if isinstance(key, str):
            found = setting(model, key)
            if found.of is None:
                raise NotThere
            model = found.of
    return model


def at(content: Mapping[str, Any], place: Spot) -> Any:
    """What stands at a place. Raises NotThere."""
    found: Any = content
    for key in place:
        try:
            found = found[key]
        except (KeyError, IndexError, TypeError):
            raise NotThere from None
    return found


def put(content: Content, place: Spot, value: Any) -> Content:
    """The content with this value at a place. Raises NotThere where the place is not there."""
    changed = deepcopy(content)
    at(changed, place[:-1])[place[-1]] = value
    return changed


def names_in(parts: list[Any]) -> list[str]:
    """What tells the parts of a list apart."""
    return [str(next((part[key] for key in ("id", "code", "step") if part.get(key)), "")) for part in parts]


def blank(model: type[Strict], beside: list[Any]) -> Content:
    """A new part to fill in: defaults where there are any, a free code, and the rest empty."""
    found: Content = {}
    for one in settings(model):
        default = model.model_fields[one.name].get_default(call_default_factory=True)
        match one.input:
            case Input.WORDS:
                found[one.name] = None if one.optional else dict(BLANK_WORDS)
            case Input.MANY | Input.LINES | Input.SEVERAL_OF | Input.RANKED:
                given = default if isinstance(default, tuple) else ()
                found[one.name] = [str(code) for code in given]
            case Input.GROUP:
                found[one.name] = None if one.optional or one.of is None else blank(one.of, [])
            case Input.LINE if one.name in ("id", "code", "step"):
                found[one.name] = _free_code(model, one.name, model.__name__.lower(), beside)
            case Input.LINE:
                found[one.name] = None if one.optional else ""
            case _:
                found[one.name] = default if isinstance(default, (int, str)) else None
    return found


def copied(model: type[Strict], part: Content, beside: list[Any]) -> Content:
    """A second one of a part, under a code of its own; what may stand only once is left out of it."""
    found = deepcopy(part)
    for name in ("id", "code", "step"):
        if name in found:
            found[name] = _free_code(model, name, str(found[name]).lower(), beside)
    if "means" in found:
        found["means"] = None
    if isinstance(found.get("questions"), list):
        taken = [*beside]
        for number, question in enumerate(found["questions"]):
            others = [*_questions_of(taken), *found["questions"][:number]]
            question["id"] = _free_code(model, "id", str(question["id"]).lower(), others)
            question["means"] = None
    return found


def _questions_of(sections: list[Any]) -> list[Any]:
    return [question for section in sections for question in section.get("questions", ())]


def _free_code(model: type[Strict], name: str, stem: str, beside: list[Any]) -> str:
    """The first of stem-2, stem-3 … that is not taken; in capitals where the code is written so."""
    taken = {str(part.get(name, "")).lower() for part in beside}
    number = 2 if stem in taken else 1
    while f"{stem}-{number}" in taken:
        number += 1
    found = f"{stem}-{number}"[-60:]
    field = model.model_fields.get(name)
    capitals = field is not None and any(one in field.metadata for one in get_args(PlaceCode)[1:])
    return found.upper()[-20:] if capitals else found
