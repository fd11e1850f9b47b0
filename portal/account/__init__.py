"""The door to one's own account, whoever one is: name, address, password, browsers that are signed in."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_login import current_user

from portal.guard import door
from workflows.permissions import Action

blueprint = door("account", __name__, Action.USE_ACCOUNT, url_prefix="/account")


@blueprint.app_context_processor
def account() -> dict[str, Any]:
    """What stands under somebody's name on every page, and whether their address is still to be confirmed."""
    if not current_user.is_authenticated:
        return {}
    links = [
        {"href": url_for("applicant.home"), "text": _("My applications")},
        {"href": url_for("account.home"), "text": _("My account")},
    ]
    return {"account_links": links, "address_unconfirmed": not current_user.person.confirmed}


from portal.account import home as home  # the screens register themselves on the blueprint
from portal.account import sessions as sessions
