"""How one setting of a call is put in: its fields, what is stored as they show it, and back."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextArea, GovTextInput
from wtforms import StringField, TextAreaField

from portal.forms import (
    MIDNIGHT,
    AmountField,
    CountField,
    DayField,
    HourField,
    OneOf,
    Pick,
    SeveralOf,
    choices,
    tidy,
)  # fmt: skip
from portal.language import language
from portal.received import AtMost, Form
from workflows.calls import labels
from workflows.calls.form import QuestionKind
from workflows.calls.sdg import GOALS
from workflows.calls.shape import Content, Input, Setting
from workflows.language import BRUSSELS, LANGUAGES, NAMES, text_in

LONG = ("summary", "guidance", "help", "opening", "closing", "why", "reasons_notice", "remedies_notice")
"""Texts of more than a line."""
LONGEST_TEXT = 10_000
LONGEST_LINE = 300


def offers(one: Setting, content: Content, part: Content) -> list[tuple[str, str]] | None:
    """What can be chosen where the choice depends on the rest of the call; None where it does not."""
    if one.name == "question" and one.input is Input.LINE:
        named = [(str(asked["id"]), _title(asked["label"])) for asked in _questions(content)]
        return _with_strangers(named, [part[one.name]])
    if one.name in ("accepted", "answers") and one.input is Input.LINES:
        asked = next((asked for asked in _questions(content) if asked["id"] == part.get("question")), {})
        return _with_strangers(_answers_to(asked, content), part[one.name])
    if one.name == "groups":
        zones = [(str(zone["code"]).lower(), _title(zone["name"])) for zone in content["zones"]]
        types = [str(rule["type"]) for rule in content["applicants"] if rule.get("type") not in (None, "any")]
        named = [(type, text_in(labels.value("ApplicantType", type), language())) for type in types]
        return _with_strangers([("*", _("All projects")), *zones, *named], part[one.name])
    return None


def _answers_to(asked: Content, content: Content) -> list[tuple[str, str]]:
    """The codes that answer a question, each as it is called; none where its answers are no codes."""
    match asked.get("kind"):
        case QuestionKind.YES_NO:
            return [("yes", _("Yes")), ("no", _("No"))]
        case QuestionKind.SDG:
            return [(number, text_in(goal.texts(), language())) for number, goal in GOALS.items()]
        case QuestionKind.ZONE:
            named = content["zones"]
        case QuestionKind.PLACES:
            named = [place for zone in content["zones"] for place in zone["places"]]
        case _:
            return [(str(choice["code"]), _title(choice["label"])) for choice in asked.get("choices") or ()]
    return [(str(one["code"]), _title(one["name"])) for one in named]


def _with_strangers(named: list[tuple[str, str]], stored: list[Any]) -> list[tuple[str, str]]:
    """The choices, and what is stored and is none of them any more: it is shown, or it would be lost unseen."""
    known = {code for code, _words in named}
    return [*named, *((str(code), str(code)) for code in stored if code and code not in known)]


def _questions(content: Content) -> Iterator[Content]:
    for section in content["sections"]:
        yield from section["questions"]


def _title(words: Any) -> str:
    return text_in(words or {}, language()) or "…"


def fields_of(one: Setting, name: str, offered: list[tuple[str, str]] | None) -> dict[str, Any]:
    """The unbound fields of a setting, by name."""
    label = text_in(labels.label(one.model, one.name), language())
    told = {"label": label, "description": text_in(labels.help_text(one.model, one.name), language())}
    named = [(code, text_in(labels.value(one.vocabulary, code), language())) for code in one.codes]
    match one.input:
        case Input.WORDS:
            return {f"{name}.{code}": _text(NAMES[code], one.name in LONG) for code in LANGUAGES}
        case Input.AMOUNT | Input.SCORE:
            return {name: AmountField(**told)}
        case Input.COUNT:
            return {name: CountField(**told)}
        case Input.YES_NO:
            yes_no = choices([("yes", _("Yes")), ("no", _("No"))])
            return {name: OneOf(**told, choices=yes_no, widget=GovRadioInput())}
        case Input.ONE_OF:
            return {name: _pick(told, named)}
        case Input.SEVERAL_OF:
            return {name: SeveralOf(**told, choices=choices(named), widget=GovCheckboxesInput())}
        case Input.RANKED:
            ranks = [_("What decides first"), *(_("And then") for _rank in one.codes[1:])]
            return {f"{name}.{rank}": _pick({"label": text}, named) for rank, text in enumerate(ranks)}
        case Input.DAY:
            return {name: DayField(**told)}
        case Input.MOMENT:
            return {name: DayField(**told), f"{name}.time": HourField(_("Time of the day"))}
        case Input.LINES if offered is not None:
            return {name: SeveralOf(**told, choices=choices(offered), widget=GovCheckboxesInput())}
        case Input.LINES:
            return {name: TextAreaField(**told, filters=[tidy], widget=GovTextArea())}
        case Input.LINE if offered is not None:
            return {name: _pick(told, offered)}
    limit = [AtMost(LONGEST_LINE)]
    return {name: StringField(**told, filters=[tidy], validators=limit, widget=GovTextInput())}


def _text(label: str, long: bool) -> Any:
    if long:
        return TextAreaField(label, filters=[tidy], validators=[AtMost(LONGEST_TEXT)], widget=GovTextArea())
    return StringField(label, filters=[tidy], validators=[AtMost(LONGEST_LINE)], widget=GovTextInput())


def _pick(told: dict[str, str], named: list[tuple[str, str]]) -> Any:
    return Pick(**told, choices=choices([("", "–"), *named]), validate_choice=False)


def to_fields(one: Setting, name: str, stored: Any, *, ticked: bool = False) -> dict[str, Any]:
    """What the fields show of what is stored; `ticked` where lines are chosen among what is offered."""
    match one.input:
        case Input.WORDS:
            return {f"{name}.{code}": (stored or {}).get(code, "") for code in LANGUAGES}
        case Input.YES_NO:
            return {name: None if stored is None else "yes" if stored else "no"}
        case Input.RANKED:
            given = dict(enumerate(stored or ()))
            return {f"{name}.{rank}": given.get(rank, "") for rank in range(len(one.codes))}
        case Input.DAY:
            return {name: date.fromisoformat(stored) if stored else None}
        case Input.MOMENT:
            wall = _wall_clock(stored) if stored else None
            hour = wall.time().isoformat("seconds" if wall.second else "minutes") if wall else ""
            return {name: wall.date() if wall else None, f"{name}.time": hour}
        case Input.LINES:
            return {name: list(stored or ()) if ticked else "\n".join(stored or ())}
    return {name: stored}


def from_fields(one: Setting, name: str, form: Form) -> Any:
    """What is stored of what the fields hold; an emptied one is nothing."""
    match one.input:
        case Input.WORDS:
            words = {code: form[f"{name}.{code}"].data or "" for code in LANGUAGES}
            return words if any(words.values()) or not one.optional else None
        case Input.RANKED:
            picked = [form[f"{name}.{rank}"].data for rank in range(len(one.codes))]
            return list(dict.fromkeys(code for code in picked if code))
    field = form[name]
    match one.input:
        case Input.YES_NO:
            return field.data == "yes" if field.data else None
        case Input.DAY:
            return field.data.isoformat() if field.data else None
        case Input.MOMENT:
            return f"{field.data.isoformat()}T{form[f'{name}.time'].data or MIDNIGHT}" if field.data else None
        case Input.SEVERAL_OF:
            return list(field.data or ())
        case Input.LINES:
            lines = field.data if isinstance(field.data, list) else (field.data or "").split("\n")
            return [line.strip() for line in lines if line.strip()]
        case Input.LINE:
            return field.data or (None if one.optional else "")
        case Input.ONE_OF:
            return field.data or None
    return field.data


def _wall_clock(stored: str) -> datetime:
    moment = datetime.fromisoformat(stored)
    return moment.astimezone(BRUSSELS).replace(tzinfo=None) if moment.tzinfo else moment
