"""Asking about eligibility."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session

from workflows.eligibility.rules import Facts, overall
from workflows.eligibility.tables import EligibilityCheck
from workflows.lifecycle import ApplicationState
from workflows.people.queries import applicant_standing_at
from workflows.problems import Reason
from workflows.submission.queries import ApplicationView, view
from workflows.submission.rules import Draft
from workflows.submission.tables import Application, Submission


@dataclass(frozen=True)
class CheckView:
    """One condition and what was found. `ok` is what counts: a person's word where there is one."""

    number: int
    name: Mapping[str, str]
    automatic: bool | None
    reasons: tuple[Reason, ...]
    overruled_reason: str
    ok: bool | None


@dataclass(frozen=True)
class Screening:
    """A file with its checks; `verdict` over all of them."""

    application: ApplicationView
    checks: tuple[CheckView, ...]

    @property
    def verdict(self) -> bool | None:
        return overall({check.number: check.ok for check in self.checks})

    @property
    def failures(self) -> tuple[CheckView, ...]:
        return tuple(check for check in self.checks if check.ok is False)


def screening(session: Session, reference: str) -> Screening:
    """The checks of one file, in the order of the terms."""
    return of(session, view(session, reference))


def of(session: Session, application: ApplicationView) -> Screening:
    """The checks of this file."""
    rows = session.scalars(
        select(EligibilityCheck).where(EligibilityCheck.application_id == application.id)
        .order_by(EligibilityCheck.number)
    )  # fmt: skip
    conditions = application.terms.conditions
    return Screening(
        application,
        tuple(
            CheckView(
                row.number, conditions[row.number].name.texts(), row.ok,
                tuple(Reason(reason["code"], reason["facts"]) for reason in row.reasons), row.overruled_reason,
                row.ok if row.overruled_ok is None else row.overruled_ok,
            )
            for row in rows
        ),
    )  # fmt: skip


def facts_of(session: Session, application: ApplicationView, received_at: datetime) -> Facts:
    """What the conditions look at in this file."""
    others = session.scalars(
        select(Application.reference)
        .where(
            Application.call_id == application.call_id,
            Application.organisation_id == application.organisation.id,
            Application.id != application.id,
            ~Application.test,
            Application.received_at.is_not(None),  # a reopened file counts as it was submitted
            Application.state != ApplicationState.WITHDRAWN,
        )
        .order_by(Application.number)
    )
    draft = Draft(application.answers, application.attachments, application.type)
    standing = applicant_standing_at(
        session, application.organisation.id, application.terms.reference_date, stated_by=received_at
    )
    return Facts(
        application.terms, draft, received_at, application.organisation.legal_form, tuple(others), standing.confirmed
    )  # fmt: skip


def last_submission() -> ScalarSelect[int]:
    """The number of the last submission of an application."""
    numbers = select(func.max(Submission.number)).where(Submission.application_id == Application.id)
    return numbers.correlate(Application).scalar_subquery()


def unscreened(session: Session, now: datetime) -> list[str]:
    """References of submitted files whose last submission, an answer to a request included, was not screened."""
    return list(
        session.scalars(
            select(Application.reference)
            .where(
                Application.state == ApplicationState.SUBMITTED,
                ~Application.test,
                ~select(EligibilityCheck)
                .where(
                    EligibilityCheck.application_id == Application.id,
                    EligibilityCheck.submission == last_submission(),
                )
                .exists(),
            )
            .order_by(Application.id)
        )
    )


def as_json(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    """Reasons as they are kept in a row or in the history."""
    return [{"code": reason.code, "facts": dict(reason.facts)} for reason in reasons]
