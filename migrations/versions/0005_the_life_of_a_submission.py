"""The life of a submission"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.add_column(sa.Column("set_aside", sa.JSON(), nullable=True))
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("draft_version", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("pdf", sa.String(length=64), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_submissions_pdf_documents"), "documents", ["pdf"], ["sha256"])


def downgrade() -> None:
    with op.batch_alter_table("submissions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_submissions_pdf_documents"), type_="foreignkey")
        batch_op.drop_column("pdf")
        batch_op.drop_column("draft_version")
    with op.batch_alter_table("applications", schema=None) as batch_op:
        batch_op.drop_column("set_aside")
