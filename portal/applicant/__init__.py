"""The applicant's door: organisations, applications from the first answer to the receipt, and the letters."""

from portal.guard import door
from workflows.permissions import Action

blueprint = door("applicant", __name__, Action.USE_ACCOUNT, url_prefix="/applications")


from portal.applicant import amount as amount  # the screens register themselves on the blueprint
from portal.applicant import autosave as autosave
from portal.applicant import check as check
from portal.applicant import documents as documents
from portal.applicant import file as file
from portal.applicant import home as home
from portal.applicant import members as members
from portal.applicant import messages as messages
from portal.applicant import organisations as organisations
from portal.applicant import requests as requests
from portal.applicant import section as section
from portal.applicant import start as start
from portal.applicant import submissions as submissions
