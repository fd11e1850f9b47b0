"""The administrator's door: a call from its terms to its letters, one module per screen."""

from portal.guard import door
from workflows.permissions import Action

blueprint = door("administrator", __name__, Action.ADMINISTER, url_prefix="/administration")

from portal.administrator import (  # noqa: F401  the screens hang themselves on the door above
    allocation,
    arrivals,
    assignment,
    awards,
    budget,
    calls,
    cutting,
    deliberation,
    files,
    fixing,
    history,
    home,
    importing,
    letters,
    mails,
    messages,
    organisations,
    panel,
    people,
    recusal,
    requests,
    reserve,
    scenarios,
    scoring,
    screening,
    setup,
    setup_extension,
    setup_new,
    setup_screen,
    statistics,
)
