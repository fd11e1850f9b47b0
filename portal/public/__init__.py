"""The public's door: calls, results, signing in, and what everybody may read about this portal."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.guard import door
from workflows.permissions import Action

blueprint = door("public", __name__, Action.SEE_PUBLIC)


@blueprint.app_context_processor
def footer() -> dict[str, Any]:
    """The links at the foot of every page."""
    return {
        "footer_links": [
            {"href": url_for("public.verify"), "text": _("Check a receipt")},
            {"href": url_for("public.accessibility"), "text": _("Accessibility")},
            {"href": url_for("public.privacy"), "text": _("Privacy")},
        ]
    }


from portal.public import account as account  # the screens register themselves on the blueprint
from portal.public import calendar as calendar
from portal.public import calls as calls
from portal.public import link as link
from portal.public import mailbox as mailbox
from portal.public import may_apply as may_apply
from portal.public import printed as printed
from portal.public import verify as verify
