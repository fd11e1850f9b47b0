"""Scenarios: a setting of the allocation kept under a name, looked at again, and laid beside another one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.allocation.queries import Board, tried
from workflows.allocation.tables import Scenario
from workflows.allocation.what_if import Setting
from workflows.calls.actions import locked
from workflows.history import record
from workflows.lifecycle import Event
from workflows.people.tables import Person
from workflows.permissions import Action, Actor, require
from workflows.problems import NotThere, Problem
from workflows.submission.queries import ApplicationView, call_relation


@dataclass(frozen=True)
class ScenarioView:
    """A scenario as the office sees it; `id` 0 is the call as it stands."""

    id: int
    name: str
    setting: Setting
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Outcome:
    """What a scenario comes to: cents, projects, the sum of their scores in 1/100 point, overtakings."""

    scenario: ScenarioView
    board: Board

    @property
    def points(self) -> int:
        return sum(line.score for line in self.board.lines if line.award)

    @property
    def overtakings(self) -> int:
        return len(self.board.result.overtakings)


@dataclass(frozen=True)
class Difference:
    """A file that gets another award in the second scenario than in the first; cents, 0 for none."""

    application: ApplicationView
    score: int
    first: int
    second: int


def scenarios(session: Session, call_id: str) -> tuple[ScenarioView, ...]:
    """The scenarios of a call by name."""
    found = session.execute(
        select(Scenario, Person.name).outerjoin(Person, Person.id == Scenario.saved_by)
        .where(Scenario.call_id == call_id).order_by(Scenario.name)
    )  # fmt: skip
    return tuple(
        ScenarioView(one.id, one.name, Setting.of_data(one.setting), name or "", one.saved_at) for one, name in found
    )


def save(session: Session, actor: Actor, call_id: str, name: str, setting: Setting, *, now: datetime) -> int:
    """Keep a setting under a name of its own; returns its id. Raises Problem `scenario-needs-name`; two with one name
    are refused as `scenario-named`."""
    require(actor, Action.ALLOCATE, call_relation(session, actor, call_id))
    call = locked(session, call_id)
    if not name.strip():
        raise Problem("scenario-needs-name", field="name")
    kept = Scenario(
        call_id=call_id, name=name.strip(), setting=setting.to_data(), saved_by=actor.person_id, saved_at=now
    )
    session.add(kept)
    session.flush()
    record(session, call, Event.SAVE_SCENARIO, actor=actor, now=now, facts={"name": kept.name, **kept.setting})
    return kept.id


def drop(session: Session, actor: Actor, call_id: str, scenario_id: int, *, now: datetime) -> None:
    """Throw a scenario away. Raises NotThere."""
    require(actor, Action.ALLOCATE, call_relation(session, actor, call_id))
    call, found = locked(session, call_id), session.get(Scenario, scenario_id)
    if found is None or found.call_id != call_id:
        raise NotThere
    session.delete(found)
    record(session, call, Event.DROP_SCENARIO, actor=actor, now=now, facts={"name": found.name})


def outcome(board: Board, scenario: ScenarioView) -> Outcome:
    """What a scenario comes to over the files as they stand now. Raises Problem `fixed-awards-exceed`."""
    return Outcome(scenario, tried(board, scenario.setting.of(board.terms)))


def differences(first: Outcome, second: Outcome) -> tuple[Difference, ...]:
    """The files whose award is not the same in both, by their rank in the first."""
    other = second.board.result.awards
    return tuple(
        Difference(line.application, line.score, line.award, other.get(line.application.reference, 0))
        for line in first.board.lines if line.award != other.get(line.application.reference, 0)
    )  # fmt: skip
