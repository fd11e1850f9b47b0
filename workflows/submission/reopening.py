"""Files that were submitted and taken back, to be submitted again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.calls.queries import call_view
from workflows.calls.rules import Stage
from workflows.lifecycle import ApplicationState
from workflows.submission.tables import Application


def reopened(application: Application) -> bool:
    """Whether a file was submitted and taken back, so that its last submission still counts."""
    return application.state == ApplicationState.DRAFT and application.received_at is not None


def unrestored(session: Session, now: datetime) -> list[str]:
    """References of files that were reopened and not submitted again before their call closed."""
    found = session.execute(
        select(Application.reference, Application.call_id)
        .where(Application.state == ApplicationState.DRAFT, Application.received_at.is_not(None), ~Application.test)
        .order_by(Application.id)
    ).all()
    open_now = {call_id: call_view(session, call_id, now).stage is Stage.OPEN for call_id in {one[1] for one in found}}
    return [reference for reference, call_id in found if not open_now[call_id]]
