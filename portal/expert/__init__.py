"""The expert's door (hub.brussels): the files that need a technical opinion. No jury mark passes it."""

from portal.guard import door
from workflows.permissions import Action

blueprint = door("expert", __name__, Action.ENTER_EXPERTISE, url_prefix="/expertise")

from portal.expert import routes as routes  # the screens hang themselves on the door above
