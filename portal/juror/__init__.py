"""The juror's door: the files given to a juror, a desk to mark each, and a way to step back."""

from portal.guard import door
from workflows.permissions import Action

blueprint = door("juror", __name__, Action.ENTER_JURY, url_prefix="/jury")

from portal.juror import routes as routes  # the screens hang themselves on the door above
