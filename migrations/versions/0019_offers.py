"""What an association is asked about its award: another amount, and what it answers"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "offers",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("before_cents", sa.BigInteger(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("taken", sa.JSON(), nullable=False),
        sa.Column("below_floor", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("document", sa.String(length=160), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("answer IN ('','accepted','adapted','declined')", name=op.f("ck_offers_answer")),
        sa.CheckConstraint("(answer = '') = (answered_at IS NULL)", name=op.f("ck_offers_answered_has_instant")),
        sa.CheckConstraint("(sha256 IS NULL) = (document = '')", name=op.f("ck_offers_document_has_name")),
        sa.CheckConstraint("cents > 0 AND cents <= before_cents", name=op.f("ck_offers_cents")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_offers_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["persons.id"], name=op.f("fk_offers_asked_by_persons")),
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_offers_answered_by_persons")),
        sa.ForeignKeyConstraint(["sha256"], ["documents.sha256"], name=op.f("fk_offers_sha256_documents")),
        sa.PrimaryKeyConstraint("application_id", "number", name=op.f("pk_offers")),
    )


def downgrade() -> None:
    op.drop_table("offers")
