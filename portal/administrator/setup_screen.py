"""One screen of the preparation: its settings shown, kept, and the parts of its lists added, moved and removed."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext as _
from markupsafe import Markup

from portal import errors
from portal.administrator import blueprint, words
from portal.administrator.frame import show
from portal.administrator.setup_form import MARK, WHAT, Screen, SettingsForm, title_of
from portal.administrator.setup_parts import (
    has_own_screen,
    names,
    read_spot,
    screen_address,
    screen_of,
    title,
    write_spot,
)  # fmt: skip
from portal.work import Session, actor, ask, now, work
from workflows import tasks
from workflows.calls import preparing, readiness, shape
from workflows.calls.queries import CallView, CopyView, call_view, prefixes_of_others, working_copy
from workflows.calls.rules import LETTER_FACTS
from workflows.calls.shape import Content, Spot
from workflows.calls.terms import LetterText
from workflows.language import OFFICIAL
from workflows.letters.example import letter
from workflows.letters.page import to_html
from workflows.letters.rules import LetterKind
from workflows.problems import NotThere, Problem

NEVER = -1
"""A row version nothing ever has."""


@dataclass(frozen=True)
class Where:
    """Which screen of which call."""

    call: CallView
    copy: CopyView
    part: str
    spot: Spot
    taken: dict[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The settings on it: those of the part, or every one of what stands at the spot."""
        return names(self.part) if not self.spot else tuple(shape.model_at(self.spot).model_fields)

    def screen(self) -> Screen:
        return Screen(self.copy.content, self.spot, self.names)


@blueprint.route("/calls/<call_id>/setup/<part>", methods=["GET", "POST"])
@blueprint.route("/calls/<call_id>/setup/<part>/<spot>", methods=["GET", "POST"])
def setup_part(call_id: str, part: str, spot: str = "") -> Any:
    """Show a screen, or keep what was sent of it and do what its button says."""
    with ask() as session:
        where = _where(session, call_id, part, spot)
    if request.method == "GET":
        return _page(where, SettingsForm(where.screen(), None), 200)
    form = SettingsForm(where.screen(), request.form)
    form.validate()
    conflict = False
    to = ""
    try:
        with work() as session:
            to = _keep(session, form, _where(session, call_id, part, spot))
    except Problem as problem:
        errors.tell(problem)
        conflict = problem.code == "working-copy-changed"
    if to and not form.errors:
        flash(_("Kept. It holds once the preparation is taken over."), "success")
        return redirect(to)
    with ask() as session:
        where = _where(session, call_id, part, spot)
    form.refresh(where.screen())
    return _page(where, form, 409 if conflict else 422, conflict=conflict)


def _where(session: Session, call_id: str, part: str, text: str) -> Where:
    """The screen an address names. Raises NotThere."""
    spot = read_spot(text) if text else ("letters",) if part == "letters" else ()
    allowed = names(part)
    copy = working_copy(session, call_id)
    if spot and (spot[0] not in allowed or not isinstance(shape.at(copy.content, spot), dict)):
        raise NotThere
    if spot and spot != ("letters",) and screen_of((*spot, next(iter(shape.model_at(spot).model_fields))))[1] != spot:
        raise NotThere
    return Where(call_view(session, call_id, now()), copy, part, spot, prefixes_of_others(session, call_id))


def _keep(session: Session, form: SettingsForm, where: Where) -> str:
    """Keep what can be kept; returns where to go on. Raises Problem `working-copy-changed` where somebody else
    changed this very screen; a change of another screen is none."""
    screen = where.screen()
    unchanged = form[MARK].data == screen.mark()
    seen = where.copy.row_version if unchanged else NEVER
    form.screen = screen if unchanged else form.screen
    content, to = form.content(), screen_address(where.call.id, where.part, where.spot)
    if unchanged and not form.errors:
        content, to = _press(content, where, to)
    preparing.keep(
        session, actor(), where.call.id, content, seen=seen, part=".".join((where.part, *map(str, where.spot))),
        now=now(),
    )  # fmt: skip
    return to


def _press(content: Content, where: Where, to: str) -> tuple[Content, str]:
    """What the pressed button does to a list or a group, such as `up:zones:1`."""
    verb, _colon, rest = request.form.get(WHAT, "").partition(":")
    if verb not in ("add", "drop", "remove", "up", "down", "copy"):
        return content, to
    name, _colon, number = rest.partition(":")
    spot = (*where.spot, *read_spot(name))
    one = shape.setting(shape.model_at(spot[:-1]), str(spot[-1]))
    if one.of is None:
        raise NotThere
    if one.input is shape.Input.GROUP:
        return shape.put(content, spot, shape.blank(one.of, []) if verb == "add" else None), f"{to}#{name}"
    parts = list(shape.at(content, spot) or ())
    at = int(number) if number.isdecimal() and int(number) < len(parts) else -1
    if verb != "add" and at < 0:
        raise NotThere
    beside = parts if one.name != "questions" else [q for section in content["sections"] for q in section["questions"]]
    new = None
    match verb:
        case "add":
            parts.append(shape.blank(one.of, beside))
            new = len(parts) - 1
        case "copy":
            parts.insert(at + 1, shape.copied(one.of, parts[at], beside))
            new = at + 1
        case "remove":
            flash(_("Removed: %(title)s.", title=title_of(parts.pop(at))), "info")
        case "up" | "down":
            other = max(0, at - 1) if verb == "up" else min(len(parts) - 1, at + 1)
            parts[at], parts[other] = parts[other], parts[at]
    content = shape.put(content, spot, parts)
    if new is not None and has_own_screen(one.of):
        return content, screen_address(where.call.id, where.part, (*spot, new))
    return content, f"{to}#{name}"


def _page(where: Where, form: SettingsForm, status: int, *, conflict: bool = False) -> Any:
    found = readiness.problems_before_opening(where.copy.content, now(), where.taken)
    here = [one for one in found if screen_of(one.spot)[:2] == (where.part, where.spot)]
    kind = where.spot[-1] if where.spot and shape.model_at(where.spot) is LetterText else None
    return show(
        "setup_part", where.call, status=status, form=form, where=where, entries=form.screen.entries,
        heading=_heading(where),
        findings=[(one, screen_of(one.spot)[2]) for one in here], above=_above(where), write_spot=write_spot,
        stored=form.stored_otherwise() if conflict else (), conflict=conflict, screen_address=screen_address,
        letters=_letters(where, LetterKind(str(kind))) if kind else (),
        placeholders=sorted(LETTER_FACTS) if kind else (), placeholder_words=words.placeholder,
    )  # fmt: skip


def _heading(where: Where) -> str:
    if not where.spot or where.spot == ("letters",):
        return title(where.part)
    return _title_at(where, where.spot)


def _title_at(where: Where, spot: Spot) -> str:
    if shape.model_at(spot) is LetterText:
        screen = Screen(where.copy.content, spot[:-1], (str(spot[-1]),))
        return screen.entries[0].label
    return title_of(shape.at(where.copy.content, spot))


def _above(where: Where) -> list[tuple[str, str]]:
    """The way down to this screen: the part, and each part of a list that has a screen of its own."""
    way = [(title(where.part), screen_address(where.call.id, where.part, ()))] if where.spot else []
    for number in range(2, len(where.spot)):
        if isinstance(where.spot[number - 1], int):
            spot = where.spot[:number]
            way.append((_title_at(where, spot), screen_address(where.call.id, where.part, spot)))
    return [] if where.spot == ("letters",) else way


def _letters(where: Where, kind: LetterKind) -> list[tuple[str, Markup]]:
    """The letter about a made-up file, in Dutch and in French; none while the call does not hang together."""
    try:
        terms = readiness.read(where.copy.content)
    except Problem:
        return []
    head = tasks.office().head
    return [
        (language, Markup(to_html(letter(terms, kind, language, head, now()))))  # noqa: S704  # it escapes every text
        for language in OFFICIAL
    ]
