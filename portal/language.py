"""Dutch, French, English: which one a request is in; catalogues are compiled when stale."""

import os
from pathlib import Path
from urllib.parse import urlencode

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, g, request, session
from flask_babel import Babel
from flask_login import current_user

from workflows.language import LANGUAGES, NAMES

TRANSLATIONS = Path(__file__).parent / "translations"


def install(app: Flask) -> None:
    compile_catalogues()
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app, locale_selector=language, timezone_selector=lambda: "Europe/Brussels")
    app.before_request(_choose)
    app.context_processor(
        lambda: {"language": language(), "languages": tuple(NAMES.items()), "in_language": in_language}
    )  # fmt: skip


def language() -> str:
    """The language of this request: chosen with `?language=`, kept in the session, the person's, the browser's."""
    if "language" not in g:
        g.language = _find()
    return str(g.language)


def _find() -> str:
    if session.get("language") in LANGUAGES:
        return str(session["language"])
    if current_user and current_user.is_authenticated:
        return str(current_user.person.language)
    return request.accept_languages.best_match(LANGUAGES) or "fr"


def _choose() -> None:
    wanted = request.args.get("language")
    if wanted in LANGUAGES:
        session["language"] = wanted
        g.language = wanted


def in_language(code: str) -> str:
    """The query of this page in another language; what else it asks stays, each value of it."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "language"]
    return urlencode([*kept, ("language", code)])


def compile_catalogues() -> None:
    """Compile each .po whose .mo is missing or older; a fresh clone has none."""
    for source in TRANSLATIONS.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as text:
            catalogue = read_po(text, locale=source.parent.parent.name)
        temporary = target.with_suffix(f".{os.getpid()}")  # two processes may start at once
        with temporary.open("wb") as compiled:
            write_mo(compiled, catalogue)
        temporary.replace(target)


def colon(mark: str = ":") -> str:
    """The mark with the space French puts before it."""
    return f"\u00a0{mark}" if language() == "fr" else mark
