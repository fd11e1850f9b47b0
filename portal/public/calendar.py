"""The dates of a call for somebody's own calendar: one event that ends when the call closes, with two alarms."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from flask import Response, current_app, url_for
from flask_babel import gettext as _

from portal.language import language
from portal.public import blueprint
from portal.public.calls import public_call
from portal.work import ask, now
from workflows.calls.queries import CallView
from workflows.language import text_in

ALARMS = (timedelta(days=7), timedelta(days=1))
LASTS = timedelta(minutes=30)
"""The event is the last half hour: it has to be seen in a day's view, and to end when the call closes."""


@blueprint.get("/calls/<call_id>/closing.ics")
def closing(call_id: str) -> Response:
    """The closing of the call; its number grows with the version of the terms, so that a calendar moves it along."""
    with ask() as session:
        found = public_call(session, call_id)
    headers = {"Content-Disposition": f'attachment; filename="{found.id}.ics"'}
    return Response(_calendar(found), mimetype="text/calendar", headers=headers)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _host() -> str:
    return urlsplit(current_app.config["SETTINGS"].base_url).hostname or "oproep"


def _calendar(call: CallView) -> bytes:
    from icalendar import Alarm, Calendar, Event  # noqa: PLC0415  # knows every time zone: a tenth of the start

    name = text_in(call.terms.name.texts(), language())
    closes, summary = call.terms.closes, _("%(call)s closes", call=name)
    event = Event()
    event.add("uid", f"closing-{call.id}@{_host()}")
    event.add("sequence", call.version)
    event.add("dtstamp", now().replace(microsecond=0))
    event.add("dtstart", _utc(closes - LASTS))
    event.add("dtend", _utc(closes))
    event.add("summary", summary)
    event.add("url", url_for("public.call", call_id=call.id, _external=True))
    event.add("transp", "TRANSPARENT")
    for before in ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", summary)
        alarm.add("trigger", -(before - LASTS))  # a trigger counts from the start, the warning from the closing
        event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//Oproep//Oproep//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
