"""Reading one's own files for the screens."""

from collections.abc import Sequence

from portal import previews
from portal.applicant.standing import File
from portal.work import Session, actor, now
from workflows.awards.queries import OfferView, offers
from workflows.calls.queries import as_seen
from workflows.letters.queries import released
from workflows.lifecycle import ApplicationState
from workflows.people.queries import OrganisationView, organisations_of
from workflows.permissions import Action, MemberRole, require
from workflows.reminders.queries import NOTHING_WAITS, Waiting, waiting
from workflows.submission.queries import ApplicationView, of_organisations, own
from workflows.submission.rules import Progress, progress


def load(session: Session, reference: str, action: Action = Action.READ_OWN_APPLICATION) -> File:
    """One file of one's own organisation, or the made-up one of a preview. Raises NotThere for everybody else."""
    if reference.startswith(previews.PREFIX):
        return _preview(session, reference.removeprefix(previews.PREFIX))
    application = own(session, actor(), reference, action)
    return _file(session, application, application.role, offer=_offers(session, [application]).get(application.id))


def mine(session: Session) -> tuple[tuple[OrganisationView, ...], list[File]]:
    """One's organisations and all their files, the last touched first."""
    organisations = organisations_of(session, actor().person_id)
    found = of_organisations(session, tuple(organisation.id for organisation in organisations))
    roles = {organisation.id: organisation.role for organisation in organisations}
    waits = waiting(session, [application.id for application in found], now())
    asked = _offers(session, found)
    return organisations, [
        _file(session, one, roles[one.organisation.id], waits[one.id], asked.get(one.id)) for one in found
    ]


def done(application: ApplicationView) -> Progress:
    """How many sections are complete."""
    sections = application.sections
    complete = sum(progress(section, application.draft).complete for section in sections)
    return Progress(complete, len(sections))


def _offers(session: Session, found: Sequence[ApplicationView]) -> dict[int, OfferView]:
    """The amounts put to organisations; nothing is asked where none of the files can have one."""
    ids = [one.id for one in found if one.state in (ApplicationState.AWARDED, ApplicationState.WITHDRAWN)]
    return offers(session, ids) if ids else {}


def _file(
    session: Session, application: ApplicationView, role: MemberRole | None, waits: Waiting = NOTHING_WAITS,
    offer: OfferView | None = None,
) -> File:  # fmt: skip
    call = as_seen(application.call_id, *application.call, application.terms, now())
    return File(
        application,
        call,
        released(session, application),
        MemberRole.OWNER if application.test else role,
        now(),
        waits=waits,
        offer=offer,
    )


def _preview(session: Session, call_id: str) -> File:
    """A made-up file of a call in preparation, for the office to look at: nothing can be sent from its screens."""
    require(actor(), Action.PREVIEW_CALL)
    call = previews.prepared(session, call_id)
    return File(previews.made_up(call), call, (), MemberRole.OWNER, now(), preview=True)
