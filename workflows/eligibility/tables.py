"""The table of eligibility checks."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from workflows.database import Base


class EligibilityCheck(Base):
    """The verdict on one condition (its place in the terms) of one file, and who overruled it, if anybody.

    `submission` is the number of the submission that was judged, `basis` everything else the verdict rests on, so that
    it is judged again when that changes. `seen` is what the condition looked at. `earlier` is what stood here before it
    was judged again and came out otherwise, a person's word on it included.
    """

    __tablename__ = "eligibility_checks"
    __table_args__ = (CheckConstraint("overruled_ok IS NULL OR overruled_reason <> ''", name="overruled_with_reason"),)

    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    ok: Mapped[bool | None]
    reasons: Mapped[list[Any]]
    judged_at: Mapped[datetime]
    submission: Mapped[int]
    basis: Mapped[str] = mapped_column(default="")
    seen: Mapped[list[Any]]
    earlier: Mapped[dict[str, Any] | None]
    overruled_ok: Mapped[bool | None]
    overruled_reason: Mapped[str] = mapped_column(default="")
    overruled_by: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
