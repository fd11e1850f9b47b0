"""How templates write money, days, scores and sentences, and what every page knows."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app, request, url_for
from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_login import current_user

from config.settings import Settings
from portal import hints
from portal.answers import answer_of, size
from portal.guard import may
from portal.language import colon, language
from portal.rows import empty
from portal.work import now
from workflows.language import say, show_amount, show_day, show_moment, show_score, text_in
from workflows.people.rules import show_enterprise_number
from workflows.problems import Reason


def install(app: Flask) -> None:
    app.jinja_env.filters.update(
        money=lambda cents: show_amount(cents, language()),
        day=lambda value: show_day(value, language()),
        moment=lambda value: show_moment(value, language()),
        score=lambda hundredths: show_score(hundredths, language()),
        say=lambda reason: say(reason, language()),
        t=_text,
        relative=relative,
        enterprise_number=show_enterprise_number,
    )
    app.add_template_global(colon)
    app.add_template_global(answer_of)
    app.add_template_global(size, "size_of")
    app.jinja_env.globals.update(
        left=hints.left, bounds=hints.bounds, documents=hints.documents, budget_bounds=hints.budget_bounds,
        cap_of=hints.cap_of, is_empty=empty,
    )  # fmt: skip
    app.context_processor(_page)


def relative(moment: datetime) -> str:
    """`in 3 days`, `2 hours ago`."""
    span: timedelta = moment - now()
    return str(format_timedelta(span, add_direction=True, threshold=1.2))


def _text(words: Any) -> str:
    """A text of a call, a mapping by language or Words, in the language of the page."""
    return text_in(words if isinstance(words, (str, Mapping)) else words.texts(), language())


def _page() -> dict[str, Any]:
    settings: Settings = current_app.config["SETTINGS"]
    notices = [_("Demonstration: invented data, except the awards of 2024.")] if settings.mode == "development" else []
    return {
        "site": {"name": "Oproep", "office": settings.office, "home": url_for("public.home"),
                 "contact": settings.office_mail},
        "navigation": list(_navigation()),
        "notices": notices,
        "sign_in_url": url_for("public.sign_in"),
        "sign_out_url": url_for("public.sign_out"),
        "development": settings.mode == "development",
        "Reason": Reason,
    }  # fmt: skip


def _navigation() -> Any:
    """The doors this person may open."""
    doors = [("see-public", "public.home", _("Calls"))]
    if current_user.is_authenticated:
        doors += [
            ("use-account", "applicant.home", _("My applications")),
            ("enter-jury", "juror.home", _("Jury")),
            ("enter-expertise", "expert.home", _("Expertise")),
            ("administer", "administrator.home", _("Administration")),
        ]
    for action, endpoint, text in doors:
        if may(action):
            here = (request.endpoint or "").split(".")[0] == endpoint.split(".")[0]
            yield {"href": url_for(endpoint), "text": text, "current": here}
