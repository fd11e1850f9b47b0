"""The play itself: each step in a transaction of its own, with the clock of the story, in the order of the story."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum

from workflows import tasks
from workflows.allocation import actions as allocation
from workflows.allocation import queries as allocation_queries
from workflows.calls import actions as calls
from workflows.calls.form import QuestionKind
from workflows.calls.terms import Terms
from workflows.database import reading, transaction
from workflows.eligibility import actions as eligibility
from workflows.eligibility import queries as eligibility_queries
from workflows.letters import actions as letters
from workflows.letters import queries as letters_queries
from workflows.lifecycle import ApplicationState
from workflows.people import actions as people
from workflows.people import organisations, payment
from workflows.people import queries as people_queries
from workflows.people.actions import NewOrganisation, NewPerson
from workflows.people.payment import Certificate
from workflows.permissions import SYSTEM, Actor, Duty, Role
from workflows.problems import Problem
from workflows.replay.paper import one_page
from workflows.replay.world import ADMINISTRATOR, COLLEAGUE, Judge, PlayedApplication, World
from workflows.scoring import actions as scoring
from workflows.scoring import conflicts
from workflows.scoring import queries as scoring_queries
from workflows.scoring.actions import NewReview
from workflows.submission import actions as submission
from workflows.submission import queries as applications

DAY = timedelta(days=1)
CYCLE = (date(2017, 1, 1), date(2026, 12, 31))
"""The cycle of accreditation in which the calls of 2024 fall."""
FIRST_COUNTS = {
    "nl": "De organisatie diende twee dossiers in; het eerst ontvangen dossier telt.",
    "fr": "L’organisation a introduit deux dossiers ; le premier reçu est pris en compte.",
}


class Scene(StrEnum):
    """The stages of the play, in order."""

    PUBLICATION = "publication"
    APPLICATIONS = "applications"
    SCREENING = "screening"
    ASSIGNMENT = "assignment"
    SCORING = "scoring"
    ALLOCATION = "allocation"
    LETTERS = "letters"


Report = Callable[[Scene, int, int], None]
"""Called with the scene, steps done and steps in all."""


class Play:
    """A call played from its publication to its letters, or until a scene."""

    def __init__(self, world: World, terms: Terms, report: Report) -> None:
        self.world, self.terms, self.report = world, terms, report
        self.references: dict[int, str] = {}
        self.administrator = self.colleague = Actor()
        self.judges: dict[Duty, list[Actor]] = {}

    def run(self, until: Scene = Scene.LETTERS) -> None:
        """Play every scene up to and including `until`."""
        for scene, perform in (
            (Scene.PUBLICATION, self.publish),
            (Scene.APPLICATIONS, self.apply),
            (Scene.SCREENING, self.screen),
            (Scene.ASSIGNMENT, self.assign),
            (Scene.SCORING, self.score),
            (Scene.ALLOCATION, self.allocate),
            (Scene.LETTERS, self.answer),
        ):
            perform()
            if scene is until:
                return

    def publish(self) -> None:
        """The office, the jury and the experts get their accounts; the call is imported and published."""
        before = self.terms.opens - 7 * DAY
        office = (self._person(*one, Role.ADMINISTRATOR, before) for one in (ADMINISTRATOR, COLLEAGUE))
        self.administrator, self.colleague = office
        self.judges = {
            Duty.JURY: [self._judge(judge, Role.JUROR, before) for judge in self.world.jurors],
            Duty.EXPERT: [self._judge(judge, Role.EXPERT, before) for judge in self.world.experts],
        }
        with transaction() as session:
            calls.import_call(session, self.administrator, self.terms, now=before)
            calls.publish(session, self.administrator, self.terms.id, now=before)
            for duty, judges in self.judges.items():
                for judge in judges:
                    scoring.appoint(session, self.administrator, self.terms.id, judge.person_id or 0, duty, now=before)
        self.report(Scene.PUBLICATION, 1, 1)

    def apply(self) -> None:
        """The associations register, fill in the form, attach their documents and submit, each at its hour."""
        played = sorted(enumerate(self.world.applications), key=lambda pair: (pair[1].received, pair[0]))
        for number, (index, application) in enumerate(played, 1):
            self.references[index] = self._apply(application)
            self.report(Scene.APPLICATIONS, number, len(played))
        tasks.work_off()  # the receipts leave, as they would at once

    def screen(self, undecided: int = 0) -> None:
        """Every file was judged on the conditions as it came in; the administrator decides what a machine should not.

        The last `undecided` files are left to somebody else.
        """
        moment = self.terms.closes + DAY
        played = [(index, one) for index, one in enumerate(self.world.applications) if self._submitted(one)]
        for number, (index, application) in enumerate(sorted(played), 1):
            reference = self.references[index]
            if number <= len(played) - undecided:
                self._decide_eligibility(reference, application, moment)
            self.report(Scene.SCREENING, number, len(played))

    def assign(self) -> None:
        """The suggested jurors for every file; for each an expert, in turn, where the call wants an opinion."""
        moment = self.terms.closes + 3 * DAY
        duties = [Duty.JURY, *([Duty.EXPERT] if self.terms.scoring.opinion_required else [])]
        for duty in duties:
            with reading() as session:
                pairs = scoring.suggest(session, self.administrator, self.terms.id, duty).pairs
            with transaction() as session:
                seen = {reference: () for reference, _person in pairs}
                scoring.assign_all(session, self.administrator, pairs, duty, seen, now=moment)
            self.report(Scene.ASSIGNMENT, len(pairs), len(pairs))

    def score(self, keep_back: Callable[[Actor, int], bool] = lambda judge, number: False) -> None:
        """Jurors and experts mark their files; then the jury agrees on a remark for each.

        `keep_back(judge, number)` leaves the judge's file with that number in the queue undone.
        """
        moment = self.terms.closes + 20 * DAY
        everybody = [(duty, judge) for duty, judges in self.judges.items() for judge in judges]
        for number, (duty, judge) in enumerate(everybody, 1):
            self._score_queue(duty, judge, moment, keep_back)
            self.report(Scene.SCORING, number, len(everybody))
        for index, application in enumerate(self.world.applications):
            if application.remark and self._is_eligible(index):
                with transaction() as session:
                    scoring.record_remark(
                        session, self.administrator, self.references[index], application.remark, now=moment + DAY
                    )

    def allocate(self) -> None:
        """The administrator signs what is on the board; where two must, a colleague the next day."""
        with reading() as session:
            seen = allocation_queries.board(session, self.terms.id).fingerprint
        for days, person in ((40, self.administrator), (41, self.colleague)):
            with transaction() as session:
                if allocation.sign(session, person, self.terms.id, seen, now=self.terms.closes + days * DAY):
                    break
        self.report(Scene.ALLOCATION, 1, 1)

    def answer(self) -> None:
        """The letters are written and rendered, a person releases them, the mails leave."""
        tasks.work_off()
        with transaction() as session:
            seen = letters_queries.seen_digest(letters_queries.of_call(session, self.terms.id, held_only=True))
            letters.release(
                session, self.administrator, self.terms.id, seen, tasks.office(), now=self.terms.closes + 42 * DAY
            )
        self.report(Scene.LETTERS, 1, 2)
        tasks.work_off()
        self.report(Scene.LETTERS, 2, 2)

    def _apply(self, application: PlayedApplication) -> str:
        arrived = application.received_at
        started = max(self.terms.opens, min(arrived, self.terms.closes - DAY / 24) - 2 * DAY)
        actor, organisation = self._association(application, started)
        with transaction() as session:
            reference = submission.start(session, actor, self.terms.id, organisation, application.language, now=started)
        with transaction() as session:
            submission.save_answers(session, actor, reference, application.answers, now=started + timedelta(hours=1))
        if application.outcome == "draft":
            return reference
        wanted = [one.id for one in self.terms.questions() if one.kind is QuestionKind.DOCUMENT and one.required]
        with transaction() as session:
            for question in wanted:
                page = one_page(f"{question} — {application.organisation}")
                submission.attach(
                    session, actor, reference, question, f"{question}.pdf", page, now=started + timedelta(hours=2)
                )
        self._submit(actor, reference, arrived)
        if application.outcome == "withdrawn":
            with transaction() as session:
                submission.withdraw(session, actor, reference, "Demonstratie / démonstration", now=arrived + DAY / 2)
        return reference

    def _submit(self, actor: Actor, reference: str, arrived: datetime) -> None:
        try:
            with transaction() as session:
                submission.submit(session, actor, reference, received_at=arrived)
        except Problem as problem:
            with transaction() as session:
                submission.note_refused_submission(session, actor, reference, (problem.code,), received_at=arrived)

    def _decide_eligibility(self, reference: str, application: PlayedApplication, moment: datetime) -> None:
        with reading() as session:
            screening = eligibility_queries.screening(session, reference)
        eligible = application.outcome != "ineligible"
        with transaction() as session:
            for check in screening.checks:
                if check.ok is None:
                    reason = FIRST_COUNTS[application.language]
                    eligibility.overrule(
                        session, self.administrator, reference, check.number, eligible, reason, now=moment
                    )
        with transaction() as session:
            decide = eligibility.admit if eligible else eligibility.declare_ineligible
            decide(session, self.administrator, reference, now=moment + DAY)

    def _score_queue(self, duty: Duty, judge: Actor, moment: datetime, keep_back: Callable[[Actor, int], bool]) -> None:
        for number, (index, row) in enumerate(self._queue(duty, judge)):
            if keep_back(judge, number):
                continue
            new, reference = self._review(duty, index, row), self.references[index]
            at = moment + number * DAY / 24
            with transaction() as session:
                conflicts.declare_no_conflict(session, judge, reference, duty, now=at)
                scoring.save_review(session, judge, reference, duty, new, submit=True, now=at)

    def _queue(self, duty: Duty, judge: Actor) -> list[tuple[int, int]]:
        """The played files this judge was given, each with the judge's place among those who have it."""
        with reading() as session:
            given = {one.application.reference: one for one in scoring_queries.scored(session, self.terms.id)}
        found = []
        for index, reference in sorted(self.references.items()):
            judges = sorted(one.person_id for one in given[reference].of(duty)) if reference in given else []
            if judge.person_id in judges:
                found.append((index, judges.index(judge.person_id)))
        return found

    def _review(self, duty: Duty, index: int, row: int) -> NewReview:
        """The marks the file holds for a judge: the first of those who have it takes the first row, and so on."""
        application, criteria = self.world.applications[index], self.terms.criteria_of(duty)
        marks = application.expert_marks if duty is Duty.EXPERT else application.jury_marks[row]
        pairs = {criterion.id: mark for criterion, mark in zip(criteria, marks, strict=True)}
        return NewReview(pairs, {}, application.expert_text, application.expert_advice) if duty is Duty.EXPERT else (
            NewReview(pairs, {})
        )  # fmt: skip

    def _is_eligible(self, index: int) -> bool:
        with reading() as session:
            return applications.view(session, self.references[index]).state is ApplicationState.ELIGIBLE

    def _submitted(self, application: PlayedApplication) -> bool:
        return application.outcome not in ("withdrawn", "draft", "late")

    def _person(self, name: str, email: str, role: Role | None, now: datetime, language: str = "nl") -> Actor:
        """The account with this address, opened if need be, with the role."""
        with transaction() as session:
            known = people_queries.person_by_email(session, email)
            new = NewPerson(name, email, language)
            actor = people_queries.actor_of(session, known.id) if known else people.open_account(session, new, now=now)
            if role is not None and actor.person_id is not None:
                people.give_role(session, actor.person_id, role, actor=SYSTEM, now=now)
                return people_queries.actor_of(session, actor.person_id)
        return actor

    def _judge(self, judge: Judge, role: Role, now: datetime) -> Actor:
        actor = self._person(judge.name, judge.email, role, now)
        with transaction() as session:
            people.speaks(session, actor.person_id or 0, frozenset(judge.languages))
        return actor

    def _association(self, application: PlayedApplication, now: datetime) -> tuple[Actor, int]:
        """The contact person and the organisation, registered if they are not known yet."""
        actor = self._person(application.contact, application.email, None, now, application.language)
        with transaction() as session:
            known = people_queries.organisation_by_number(session, application.enterprise_number)
            if known is not None:
                return actor, known.id
            organisation = people.found_organisation(
                session, actor,
                NewOrganisation(
                    application.enterprise_number, application.organisation, application.legal_form,
                    application.street, application.postal_code, application.city,
                    contact_name=application.contact, contact_email=application.email,
                ),
                now=now,
            )  # fmt: skip
            certificate = Certificate("rekeninghouder.pdf", one_page(f"{application.organisation}: {application.iban}"))
            account = payment.give_account(session, actor, organisation, application.iban, certificate, now=now)
            if self._submitted(application):
                payment.look_at_account(session, SYSTEM, account, now=now)
                payment.confirm_account(session, SYSTEM, account, now=now)
            if application.accredited:
                stated = organisations.state_accreditation(session, actor, organisation, *CYCLE, now=now)
                organisations.confirm_accreditation(session, SYSTEM, stated, *CYCLE, now=now)
        return actor, organisation
