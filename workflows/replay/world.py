"""What a replay plays: the people, the files, their marks. Strict data from `config/demo/*.toml`."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from workflows.calls.strict import Strict
from workflows.language import BRUSSELS
from workflows.scoring.rules import Advice

COLLEAGUE = ("Adil Administrateur", "tweede.administratie@oproep.example")
ADMINISTRATOR = ("Ine Administrateur", "administratie@oproep.example")


class Judge(Strict):
    name: str
    email: str
    languages: tuple[str, ...]


class PlayedApplication(Strict):
    """One file: who hands it in and when (Brussels wall clock), what it says, what the judges give it."""

    invented: bool
    organisation: str
    enterprise_number: str
    legal_form: str
    accredited: bool
    street: str
    postal_code: str
    city: str
    iban: str
    contact: str
    email: str
    language: Literal["nl", "fr"]
    received: datetime
    outcome: Literal["awarded", "reserve", "refused", "ineligible", "withdrawn", "draft", "late"]
    answers: dict[str, Any]
    jury_marks: tuple[tuple[int, ...], ...] = ()
    expert_marks: tuple[int, ...] = ()
    expert_advice: Advice | None = None
    expert_text: str = ""
    remark: str = ""

    @property
    def received_at(self) -> datetime:
        return self.received.replace(tzinfo=BRUSSELS)


class World(Strict):
    """Everything a replay needs besides the terms of the call."""

    call: str
    jurors: tuple[Judge, ...]
    experts: tuple[Judge, ...] = ()
    applications: tuple[PlayedApplication, ...]

    def shifted(self, by: timedelta, call: str, most: int) -> "World":
        """The invented files of this world (at most so many), later in time, for another call."""
        invented = [one for one in self.applications if one.invented][:most]
        return self.model_copy(update={
            "call": call,
            "applications": tuple(
                one.model_copy(update={"received": one.received + by, "answers": _later(one.answers, by)})
                for one in invented
            ),
        })  # fmt: skip


def read_world(path: Path) -> World:
    """The world in a file. Raises pydantic.ValidationError."""
    return World.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


def _later(answers: dict[str, Any], by: timedelta) -> dict[str, Any]:
    """The answers with each day moved."""
    return {key: _moved(value, by) for key, value in answers.items()}


def _moved(value: Any, by: timedelta) -> Any:
    if isinstance(value, str) and len(value) == 10:
        try:
            return (datetime.fromisoformat(value) + by).date().isoformat()
        except ValueError:
            return value
    return value
