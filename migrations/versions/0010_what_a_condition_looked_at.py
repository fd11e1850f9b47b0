"""What a condition looked at, what its verdict rests on, and what stood there before"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The basis of what was judged before is not known: files that wait for a decision are judged once more."""
    with op.batch_alter_table("eligibility_checks") as checks:
        checks.add_column(sa.Column("basis", sa.String(), nullable=True))
        checks.add_column(sa.Column("seen", sa.JSON(), nullable=True))
        checks.add_column(sa.Column("earlier", sa.JSON(), nullable=True))
    op.execute("UPDATE eligibility_checks SET basis = '', seen = '[]'")
    with op.batch_alter_table("eligibility_checks") as checks:
        checks.alter_column("basis", existing_type=sa.String(), nullable=False)
        checks.alter_column("seen", existing_type=sa.JSON(), nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("eligibility_checks") as checks:
        checks.drop_column("earlier")
        checks.drop_column("seen")
        checks.drop_column("basis")
