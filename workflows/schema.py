"""Every table, imported once, so that `metadata` is whole."""

from workflows import history, troubles
from workflows.allocation import tables as allocation
from workflows.awards import tables as awards
from workflows.budget import tables as budget
from workflows.calls import tables as calls
from workflows.completion import tables as completion
from workflows.database import Base
from workflows.eligibility import tables as eligibility
from workflows.files import tables as files
from workflows.letters import tables as letters
from workflows.messages import tables as messages
from workflows.people import tables as people
from workflows.scoring import tables as scoring
from workflows.submission import tables as submission

STAGES = (
    history, people, files, budget, calls, submission, messages, completion, eligibility, scoring, allocation, awards,
    letters, troubles,
)  # fmt: skip

metadata = Base.metadata
