"""Sending can be held, and a mail that may have left twice says so"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sending_holds",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("held_by", sa.String(length=200), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by", sa.String(length=200), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_sending_holds_lifted_by_somebody")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_holds")),
    )
    with op.batch_alter_table("mails") as mails:
        mails.add_column(sa.Column("perhaps_twice", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("mails") as mails:
        mails.alter_column("perhaps_twice", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("mails") as mails:
        mails.drop_column("perhaps_twice")
    op.drop_table("sending_holds")
