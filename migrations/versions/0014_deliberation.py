"""The jury deliberates: its meeting, what it agrees on, and the closing of the panel"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "panel_meetings",
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("present", sa.JSON(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_panel_meetings_call_id_calls")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_panel_meetings")),
    )
    op.create_table(
        "deliberations",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.String(), nullable=False),
        sa.Column("left", sa.JSON(), nullable=False),
        sa.Column("agreed", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_deliberations_application_id_applications")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_deliberations")),
    )
    op.create_table(
        "panel_closings",
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reopened_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(reopened_at IS NULL) = (reopened_reason = '')", name=op.f("ck_panel_closings_reopened_with_reason")
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_panel_closings_call_id_calls")),
        sa.ForeignKeyConstraint(["closed_by"], ["persons.id"], name=op.f("fk_panel_closings_closed_by_persons")),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_panel_closings")),
    )


def downgrade() -> None:
    for table in ("panel_closings", "deliberations", "panel_meetings"):
        op.drop_table(table)
