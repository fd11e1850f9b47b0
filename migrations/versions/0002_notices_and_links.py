"""Notices: mails that carry no letter; single-use links; confirmed addresses"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("persons") as persons:
        persons.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE persons SET confirmed_at = created_at")  # they have received letters there
    op.create_table(
        "links",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=30), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_links_person_id_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
    )
    op.create_index(op.f("ix_links_person_id"), "links", ["person_id"])
    op.create_table(
        "noticed",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["history.id"], name=op.f("fk_noticed_entry_id_history")),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_noticed")),
    )
    with op.batch_alter_table("mails") as mails:
        mails.add_column(sa.Column("entry_id", sa.Integer(), nullable=True))
        mails.add_column(sa.Column("kind", sa.String(length=30), nullable=False, server_default="letter"))
        mails.add_column(sa.Column("link_id", sa.Integer(), nullable=True))
    op.execute("UPDATE mails SET entry_id = (SELECT entry_id FROM letters WHERE letters.id = mails.letter_id)")
    with op.batch_alter_table("mails") as mails:
        mails.drop_constraint(op.f("uq_mails_letter_id_person_id"), type_="unique")
        mails.drop_constraint(op.f("fk_mails_person_id_persons"), type_="foreignkey")
        mails.drop_column("person_id")
        mails.alter_column("entry_id", existing_type=sa.Integer(), nullable=False)
        mails.alter_column("kind", existing_type=sa.String(length=30), server_default=None)
        mails.alter_column("letter_id", existing_type=sa.Integer(), nullable=True)
        mails.create_foreign_key(op.f("fk_mails_entry_id_history"), "history", ["entry_id"], ["id"])
        mails.create_foreign_key(op.f("fk_mails_link_id_links"), "links", ["link_id"], ["id"])
        mails.create_unique_constraint(op.f("uq_mails_entry_id_kind_address"), ["entry_id", "kind", "address"])
        mails.create_check_constraint(op.f("ck_mails_letter_or_notice"), "(kind = 'letter') = (letter_id IS NOT NULL)")
        mails.create_index(op.f("ix_mails_entry_id"), ["entry_id"])


def downgrade() -> None:
    """Notices have no letter to hang on: they are lost on the way back."""
    op.execute("DELETE FROM mails WHERE letter_id IS NULL")
    with op.batch_alter_table("mails") as mails:
        mails.drop_index(op.f("ix_mails_entry_id"))
        mails.drop_constraint(op.f("ck_mails_letter_or_notice"), type_="check")
        mails.drop_constraint(op.f("uq_mails_entry_id_kind_address"), type_="unique")
        mails.drop_constraint(op.f("fk_mails_link_id_links"), type_="foreignkey")
        mails.drop_constraint(op.f("fk_mails_entry_id_history"), type_="foreignkey")
        mails.add_column(sa.Column("person_id", sa.Integer(), nullable=True))
        mails.drop_column("link_id")
        mails.drop_column("kind")
        mails.drop_column("entry_id")
        mails.alter_column("letter_id", existing_type=sa.Integer(), nullable=False)
    op.execute("UPDATE mails SET person_id = (SELECT id FROM persons WHERE persons.email = mails.address)")
    with op.batch_alter_table("mails") as mails:
        mails.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
        mails.create_foreign_key(op.f("fk_mails_person_id_persons"), "persons", ["person_id"], ["id"])
        mails.create_unique_constraint(op.f("uq_mails_letter_id_person_id"), ["letter_id", "person_id"])
    op.drop_table("noticed")
    op.drop_index(op.f("ix_links_person_id"), table_name="links")
    op.drop_table("links")
    with op.batch_alter_table("persons") as persons:
        persons.drop_column("confirmed_at")
