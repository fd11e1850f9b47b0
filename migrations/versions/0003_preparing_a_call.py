"""Preparing a call: the copy in work, and applications that are a test"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "working_copies",
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_working_copies_call_id_calls")),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_working_copies")),
    )
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("test", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.drop_constraint(op.f("uq_applications_call_id_number"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_applications_call_id_test_number"), ["call_id", "test", "number"])
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.alter_column("test", server_default=None)


def downgrade() -> None:
    op.execute("DELETE FROM attachments WHERE application_id IN (SELECT id FROM applications WHERE test)")
    op.execute("DELETE FROM submissions WHERE application_id IN (SELECT id FROM applications WHERE test)")
    op.execute("DELETE FROM applications WHERE test")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("uq_applications_call_id_test_number"), type_="unique")
        batch_op.create_unique_constraint(op.f("uq_applications_call_id_number"), ["call_id", "number"])
        batch_op.drop_column("test")
    op.drop_table("working_copies")
