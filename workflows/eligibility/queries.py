"""Asking about eligibility."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from workflows.calls.queries import terms_named
from workflows.calls.tables import Call, CallVersion
from workflows.canonical import fingerprint
from workflows.eligibility.facts import Facts, Seen, basis
from workflows.eligibility.rules import overall
from workflows.eligibility.tables import EligibilityCheck
from workflows.lifecycle import ApplicationState
from workflows.people.standings import standings
from workflows.problems import Reason
from workflows.submission.queries import ApplicationView, view
from workflows.submission.rules import Draft
from workflows.submission.tables import Application, Submission


@dataclass(frozen=True)
class Earlier:
    """What stood at a condition before it was judged again: the verdict that counted, and a person's word on it."""

    submission: int
    ok: bool | None
    remark: str
    seen: tuple[Seen, ...]


@dataclass(frozen=True)
class CheckView:
    """One condition and what was found. `ok` is what counts: a person's word where there is one."""

    number: int
    name: Mapping[str, str]
    automatic: bool | None
    reasons: tuple[Reason, ...]
    overruled_reason: str
    ok: bool | None
    seen: tuple[Seen, ...] = ()
    earlier: Earlier | None = None
    article: Mapping[str, str] | None = None

    @property
    def questions(self) -> tuple[str, ...]:
        """The questions it looked at."""
        return tuple(one.question for one in self.seen if one.question)


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

    @property
    def digest(self) -> str:
        """SHA-256 over what somebody who looks at this sees: the file as it stands, each condition with its verdict."""
        application = self.application
        return fingerprint({
            "file": application.reference, "state": application.state, "version": application.row_version,
            "received": str(application.received_at), "terms": application.call[1],
            "checks": [
                [one.number, one.name, one.ok, one.overruled_reason, as_json(one.reasons), seen_as_json(one.seen)]
                for one in self.checks
            ],
        })  # fmt: skip


def screening(session: Session, reference: str) -> Screening:
    """The checks of one file, in the order of the terms."""
    return of(session, view(session, reference))


def of(session: Session, application: ApplicationView) -> Screening:
    """The checks of this file."""
    return of_all(session, [application])[0]


def of_all(session: Session, applications: Iterable[ApplicationView]) -> tuple[Screening, ...]:
    """The checks of each of these files, in one statement."""
    files = tuple(applications)
    checks: dict[int, list[EligibilityCheck]] = {one.id: [] for one in files}
    rows = session.scalars(
        select(EligibilityCheck).where(EligibilityCheck.application_id.in_(checks))
        .order_by(EligibilityCheck.application_id, EligibilityCheck.number)
    )  # fmt: skip
    for row in rows:
        checks[row.application_id].append(row)
    return tuple(Screening(one, _checks(one, checks[one.id])) for one in files)


def _checks(application: ApplicationView, rows: list[EligibilityCheck]) -> tuple[CheckView, ...]:
    """Views of checks; until a file is screened under changed terms it may have more checks than conditions."""
    conditions = application.terms.conditions
    return tuple(
        CheckView(
            row.number, conditions[row.number].name.texts(), row.ok,
            tuple(Reason(reason["code"], reason["facts"]) for reason in row.reasons), row.overruled_reason,
            row.ok if row.overruled_ok is None else row.overruled_ok, _seen(row.seen), _earlier(row.earlier),
            article.texts() if (article := conditions[row.number].article) else None,
        )
        for row in rows if row.number < len(conditions)
    )  # fmt: skip


def _seen(kept: list[Any]) -> tuple[Seen, ...]:
    return tuple(Seen(one["label"], one["shown"], one["question"]) for one in kept)


def _earlier(kept: dict[str, Any] | None) -> Earlier | None:
    return Earlier(kept["submission"], kept["ok"], kept["remark"], _seen(kept["seen"])) if kept else None


def facts_of(session: Session, application: ApplicationView, received_at: datetime) -> Facts:
    """What the conditions look at in this file."""
    others = session.scalars(
        select(Application.reference)
        .where(
            _counts(),
            Application.call_id == application.call_id,
            Application.organisation_id == application.organisation.id,
            Application.id != application.id,
        )
        .order_by(Application.number)
    )
    organisation = application.organisation
    standing = standings(session, [organisation.id]).at(organisation.id, application.terms.reference_date, received_at)
    return Facts(
        application.terms, Draft(application.answers, application.attachments, application.type), received_at,
        organisation.legal_form, tuple(others), standing.confirmed, organisation.country, organisation.signatory_name,
    )  # fmt: skip


def stale(session: Session, application: ApplicationView, received_at: datetime) -> bool:
    """Whether the verdicts on a file rest on what changed since, so that it is to be screened again."""
    facts = facts_of(session, application, received_at)
    judged = session.scalars(select(EligibilityCheck.basis).where(EligibilityCheck.application_id == application.id))
    return any(one != basis(application.call[1], *facts.basis) for one in judged)


def _counts() -> ColumnElement[bool]:
    """An application that counts as one of its organisation; a reopened one counts as it was submitted."""
    return ~Application.test & Application.received_at.is_not(None) & (Application.state != ApplicationState.WITHDRAWN)


def last_submission() -> ScalarSelect[int]:
    """The number of the last submission of an application."""
    numbers = select(func.max(Submission.number)).where(Submission.application_id == Application.id)
    return numbers.correlate(Application).scalar_subquery()


def unscreened(session: Session, now: datetime) -> list[str]:
    """References of submitted files that were not screened, or whose verdict rests on what changed since: the last
    submission, the terms, the accreditation, the other files of the organisation. As many statements however many."""
    files = session.execute(
        select(
            Application.reference, Application.call_id, Application.organisation_id, Application.received_at,
            last_submission(), Call.version, CallVersion.fingerprint, func.min(EligibilityCheck.submission),
            func.min(EligibilityCheck.basis),
        )
        .join(Call, Call.id == Application.call_id)
        .join(CallVersion, (CallVersion.call_id == Call.id) & (CallVersion.number == Call.version))
        .outerjoin(EligibilityCheck, EligibilityCheck.application_id == Application.id)
        .where(Application.state == ApplicationState.SUBMITTED, ~Application.test)
        .group_by(Application.id, Call.version, CallVersion.fingerprint)
        .order_by(Application.id)
    ).all()  # fmt: skip
    known = standings(session, {one[2] for one in files})
    per_call = select(Application.call_id, Application.organisation_id, Application.reference).where(
        _counts(), Application.call_id.in_({one[1] for one in files})
    )
    others: dict[tuple[str, int], list[str]] = {}
    for call_id, organisation_id, reference in session.execute(per_call.order_by(Application.number)):
        others.setdefault((call_id, organisation_id), []).append(reference)
    found = []
    for reference, call_id, organisation, received_at, last, version, name, submission, judged in files:
        terms = terms_named(session, call_id, version, name)
        standing = known.at(organisation, terms.reference_date, received_at)
        beside = [one for one in others[call_id, organisation] if one != reference]
        if submission != last or judged != basis(version, standing, beside):
            found.append(reference)
    return found


def as_json(reasons: tuple[Reason, ...]) -> list[dict[str, Any]]:
    """Reasons as they are kept in a row or in the history."""
    return [{"code": reason.code, "facts": dict(reason.facts)} for reason in reasons]


def seen_as_json(seen: tuple[Seen, ...]) -> list[dict[str, Any]]:
    """What was looked at, as it is kept in a row or in the history."""
    return [{"label": dict(one.label), "shown": dict(one.shown), "question": one.question} for one in seen]
