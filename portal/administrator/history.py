"""The history of a call: every entry of its chain, readable, and whether the chain is whole."""

from typing import Any

from flask import request

from portal.addresses import row_number
from portal.administrator import blueprint
from portal.administrator.frame import open_decision, show
from portal.administrator.timeline import timeline
from portal.work import ask, now
from workflows.calls.queries import call_view
from workflows.history import chain_entries, first_broken

PAGE = 100


@blueprint.get("/calls/<call_id>/history")
def history(call_id: str) -> Any:
    before = row_number(request.args.get("before"))
    with ask() as session:
        call = call_view(session, call_id, now())
        open_decision(session, call_id)
        broken = first_broken(session, f"call:{call_id}")
        broken_at = broken.position if broken else None
        found = chain_entries(session, f"call:{call_id}", before=before, limit=PAGE)
        length = next(iter(chain_entries(session, f"call:{call_id}", limit=1))).position if found else 0
        shown = timeline(found, named=True)
    older = found[-1].position if found and found[-1].position > 1 else None
    return show("history", call, happened=shown, broken_at=broken_at, older=older, before=before, length=length)
