"""The reserve list after the decision: what is free, whom the rule reaches with it, and promoting them."""

from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext

from portal.administrator import blueprint, words
from portal.administrator.frame import open_decision, show
from portal.saving import pressed
from portal.work import Session, actor, ask, now
from workflows.awards import promoting
from workflows.calls.queries import call_view
from workflows.problems import NotThere


@blueprint.get("/calls/<call_id>/reserve")
def reserve(call_id: str) -> Any:
    """A preview: every award that stands is frozen, and nothing is written."""
    with ask() as session:
        open_decision(session, call_id)
        call = call_view(session, call_id, now())
        found = promoting.again(session, call_id)
        made = promoting.promotions(session, call_id)
    first = next((one for one in made if one.decided_at is None), None)
    return show(
        "reserve", call, found=found, made=[one for one in made if one.decided_at], words=words, first=first,
        holds=first is not None and first.fingerprint == found.fingerprint,
        own=first is not None and first.signed_id == actor().person_id,
    )  # fmt: skip


@blueprint.post("/calls/<call_id>/reserve")
def promote(call_id: str) -> Any:
    """Sign the promotion that was seen; the second name decides it."""
    with ask() as session:
        open_decision(session, call_id)
    seen = request.form.get("fingerprint", "")

    def act(session: Session) -> None:
        promoting.sign(session, actor(), call_id, seen, now=now())

    told = gettext("Your signature stands. Where two are needed, the second one decides; then the letters are written.")
    return pressed(act, told, url_for("administrator.reserve", call_id=call_id))


@blueprint.get("/calls/<call_id>/reserve/<int:number>.json")
def promotion_record(call_id: str, number: int) -> Response:
    """The record of a promotion, from which `oproep allocate` comes to the same."""
    with ask() as session:
        open_decision(session, call_id)
        made = promoting.promotions(session, call_id)
    found = next((one for one in made if one.number == number and one.decided_at), None)
    if found is None:
        raise NotThere
    disposition = {"Content-Disposition": f'attachment; filename="promotion-{call_id}-{number}.json"'}
    return Response(found.record.encode(), mimetype="application/json", headers=disposition)
