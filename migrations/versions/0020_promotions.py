"""The money that came free is divided again over the reserve list, signed by two"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "promotions",
        sa.Column("call_id", sa.String(length=60), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("record", sa.String(), nullable=False),
        sa.Column("record_sha256", sa.String(length=64), nullable=False),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("fk_promotions_call_id_calls")),
        sa.ForeignKeyConstraint(["signed_by"], ["persons.id"], name=op.f("fk_promotions_signed_by_persons")),
        sa.ForeignKeyConstraint(["decided_by"], ["persons.id"], name=op.f("fk_promotions_decided_by_persons")),
        sa.PrimaryKeyConstraint("call_id", "number", name=op.f("pk_promotions")),
    )


def downgrade() -> None:
    op.drop_table("promotions")
