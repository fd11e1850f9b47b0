"""What a person can be told: a reason with its facts, a verdict made of reasons, a problem that stops an action."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Reason:
    """A sentence to be: its code in `workflows/sentences/*.toml` and the facts it mentions."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """The outcome of a rule: True passed, False failed, None a person must look; with the reasons that say why."""

    ok: bool | None
    reasons: tuple[Reason, ...] = ()


class Problem(Exception):
    """An action refused, with the reasons a person is told. `field` names the answer it is about, if one.

    Only `portal/errors.py` turns it into an answer of the web.
    """

    def __init__(self, code: str, *, field: str | None = None, **facts: Any) -> None:
        super().__init__(code)
        self.reason = Reason(code, facts)
        self.field = field

    @property
    def code(self) -> str:
        return self.reason.code


class NotThere(Exception):
    """The thing does not exist, or is not this actor's to know of: the two answers are the same."""


class Problems(Problem):
    """Several problems at once, such as every missing answer of an application."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("several-problems", count=len(problems))
        self.problems = problems
