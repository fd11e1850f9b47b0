"""Named scenarios of an allocation, and awards that a person fixes with a reason"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scenarios",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("setting", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_scenarios_call_id_calls")),
        sa.ForeignKeyConstraint(["saved_by"], ["persons.id"], name=op.f("fk_scenarios_saved_by_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scenarios")),
        sa.UniqueConstraint("call_id", "name", name=op.f("uq_scenarios_call_id_name")),
    )
    op.create_table(
        "fixed_awards",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("fixed_by", sa.Integer(), nullable=True),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_fixed_awards_cents")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_fixed_awards_reason")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_fixed_awards_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["fixed_by"], ["persons.id"], name=op.f("fk_fixed_awards_fixed_by_persons")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_fixed_awards")),
    )


def downgrade() -> None:
    for table in ("fixed_awards", "scenarios"):
        op.drop_table(table)
