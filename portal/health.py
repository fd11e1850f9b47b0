"""Whether the process lives and whether it can work."""

from flask import Response, jsonify

from portal.guard import door
from workflows.database import ping
from workflows.permissions import Action

blueprint = door("health", __name__, Action.SEE_PUBLIC, url_prefix="/health")


@blueprint.get("/live")
def live() -> Response:
    return jsonify(status="alive")


@blueprint.get("/ready")
def ready() -> Response:
    ping()
    return jsonify(status="ready")
