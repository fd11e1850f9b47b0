"""Who signed the decision of a call"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signatures",
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_signatures_place")),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_signatures_call_id_calls")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_signatures_person_id_persons")),
        sa.PrimaryKeyConstraint("call_id", "place", name=op.f("pk_signatures")),
        sa.UniqueConstraint("call_id", "person_id", name=op.f("uq_signatures_call_id_person_id")),
    )


def downgrade() -> None:
    op.drop_table("signatures")
