"""A file is opened by its judge once no conflict of interest is declared"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("assignments") as assignments:
        assignments.add_column(sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True))
    # Who wrote something has read the file: their silence until now was a declaration.
    op.execute(
        "UPDATE assignments SET cleared_at = assigned_at WHERE id IN (SELECT reviews.assignment_id FROM reviews)"
    )


def downgrade() -> None:
    with op.batch_alter_table("assignments") as assignments:
        assignments.drop_column("cleared_at")
