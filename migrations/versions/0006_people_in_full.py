"""People in full: organisations, judged accreditations, accounts with a certificate, invitations, sessions"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TEXTS = {
    "website": 200, "contact_name": 200, "contact_email": 254, "contact_phone": 40, "signatory_name": 200,
    "signatory_function": 200,
}  # fmt: skip


def upgrade() -> None:
    with op.batch_alter_table("organisations") as organisations:
        organisations.add_column(sa.Column("country", sa.String(length=2), nullable=False, server_default="BE"))
        for name, length in TEXTS.items():
            organisations.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
        organisations.add_column(sa.Column("row_version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("organisations") as organisations:
        for name in ("country", "row_version", *TEXTS):
            organisations.alter_column(name, server_default=None)
    _judge_accreditations()
    _keep_every_account()
    _invite()
    with op.batch_alter_table("sign_in_sessions") as sessions:
        sessions.add_column(sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
        sessions.add_column(sa.Column("browser", sa.String(length=60), nullable=False, server_default=""))
    with op.batch_alter_table("sign_in_sessions") as sessions:
        sessions.alter_column("browser", server_default=None)


def _invite() -> None:
    """Links know what they replace and where they lead on; places offered, and asked for."""
    with op.batch_alter_table("links") as links:
        links.add_column(sa.Column("replaces", sa.String(length=254), nullable=False, server_default=""))
        links.add_column(sa.Column("leads_to", sa.String(length=300), nullable=False, server_default=""))
    with op.batch_alter_table("links") as links:
        links.alter_column("replaces", server_default=None)
        links.alter_column("leads_to", server_default=None)
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("member_role", sa.String(length=10), nullable=True),
        sa.Column("role", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Integer(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(organisation_id IS NULL) = (member_role IS NULL)",
            name=op.f("ck_invitations_organisation_has_member_role"),
        ),
        sa.CheckConstraint(
            "(organisation_id IS NULL) <> (role IS NULL)", name=op.f("ck_invitations_one_kind_of_place")
        ),
        sa.CheckConstraint("accepted_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invitations_one_outcome")),
        sa.ForeignKeyConstraint(["link_id"], ["links.id"], name=op.f("fk_invitations_link_id_links")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_invitations_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["invited_by"], ["persons.id"], name=op.f("fk_invitations_invited_by_persons")),
        sa.ForeignKeyConstraint(["accepted_by"], ["persons.id"], name=op.f("fk_invitations_accepted_by_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("link_id", name=op.f("uq_invitations_link_id")),
    )
    op.create_index(op.f("ix_invitations_organisation_id"), "invitations", ["organisation_id"])
    op.create_table(
        "join_requests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_join_requests_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_join_requests_person_id_persons")),
        sa.ForeignKeyConstraint(["answered_by"], ["persons.id"], name=op.f("fk_join_requests_answered_by_persons")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_requests")),
    )
    op.create_index(op.f("ix_join_requests_organisation_id"), "join_requests", ["organisation_id"])
    op.create_index(op.f("ix_join_requests_person_id"), "join_requests", ["person_id"])


def _judge_accreditations() -> None:
    """What was stated before is stated still: nobody of the office has looked at it."""
    with op.batch_alter_table("accreditations") as accreditations:
        accreditations.add_column(sa.Column("stated_at", sa.DateTime(timezone=True), nullable=True))
        accreditations.add_column(sa.Column("status", sa.String(length=10), nullable=False, server_default="stated"))
        accreditations.add_column(sa.Column("judged_at", sa.DateTime(timezone=True), nullable=True))
        accreditations.add_column(sa.Column("judged_by", sa.Integer(), nullable=True))
        accreditations.add_column(sa.Column("reason", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE accreditations SET stated_at = "
        "(SELECT created_at FROM organisations WHERE organisations.id = accreditations.organisation_id)"
    )
    with op.batch_alter_table("accreditations") as accreditations:
        accreditations.alter_column("stated_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        accreditations.alter_column("status", server_default=None)
        accreditations.alter_column("reason", server_default=None)
        accreditations.create_foreign_key(op.f("fk_accreditations_judged_by_persons"), "persons", ["judged_by"], ["id"])
        accreditations.create_check_constraint(
            op.f("ck_accreditations_status"), "status IN ('stated','confirmed','refused')"
        )
        accreditations.create_check_constraint(
            op.f("ck_accreditations_days_in_order"), "ends IS NULL OR ends >= starts"
        )


def _keep_every_account() -> None:
    """An organisation has a row per account it ever gave; the old table had room for one."""
    op.rename_table("bank_accounts", "bank_accounts_before")
    if op.get_bind().dialect.name == "postgresql":  # the names of its constraints are the new table's
        op.execute("ALTER TABLE bank_accounts_before RENAME CONSTRAINT pk_bank_accounts TO pk_bank_accounts_before")
    op.create_table(
        "bank_accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("certificate", sa.String(length=64), nullable=True),
        sa.Column("certificate_name", sa.String(length=160), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_by", sa.Integer(), nullable=True),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looked_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_by", sa.Integer(), nullable=True),
        sa.Column("refusal", sa.String(), nullable=False),
        sa.CheckConstraint(
            "confirmed_at IS NULL OR (looked_at IS NOT NULL AND certificate IS NOT NULL)",
            name=op.f("ck_bank_accounts_confirmed_after_look"),
        ),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> looked_by", name=op.f("ck_bank_accounts_four_eyes")
        ),
        sa.CheckConstraint("confirmed_at IS NULL OR refused_at IS NULL", name=op.f("ck_bank_accounts_one_outcome")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_bank_accounts_organisation_id_organisations")
        ),
        sa.ForeignKeyConstraint(
            ["certificate"], ["documents.sha256"], name=op.f("fk_bank_accounts_certificate_documents")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["persons.id"], name=op.f(f"fk_bank_accounts_{name}_persons"))
            for name in ("given_by", "looked_by", "confirmed_by", "refused_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_accounts")),
    )
    op.execute(
        "INSERT INTO bank_accounts (organisation_id, iban, certificate_name, since, refusal) "
        "SELECT organisation_id, iban, '', since, '' FROM bank_accounts_before"
    )
    op.drop_table("bank_accounts_before")
    op.create_index(op.f("ix_bank_accounts_organisation_id"), "bank_accounts", ["organisation_id"])


def downgrade() -> None:
    """Places offered are lost, and the old table has room for one account: the newest that was not refused."""
    op.drop_table("join_requests")
    op.drop_table("invitations")
    with op.batch_alter_table("links") as links:
        links.drop_column("leads_to")
        links.drop_column("replaces")
    with op.batch_alter_table("sign_in_sessions") as sessions:
        sessions.drop_column("browser")
        sessions.drop_column("last_seen_at")
    op.create_table(
        "bank_accounts_before",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
    op.execute(
        "INSERT INTO bank_accounts_before (organisation_id, iban, since) "
        "SELECT organisation_id, iban, since FROM bank_accounts WHERE id IN "
        "(SELECT MAX(id) FROM bank_accounts WHERE refused_at IS NULL GROUP BY organisation_id)"
    )
    op.drop_index(op.f("ix_bank_accounts_organisation_id"), table_name="bank_accounts")
    op.drop_table("bank_accounts")
    op.create_table(
        "bank_accounts",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisations.id"], name=op.f("fk_bank_accounts_organisation_id_organisations")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_bank_accounts")),
    )
    op.execute(
        "INSERT INTO bank_accounts (organisation_id, iban, since) "
        "SELECT organisation_id, iban, since FROM bank_accounts_before"
    )
    op.drop_table("bank_accounts_before")
    with op.batch_alter_table("accreditations") as accreditations:
        accreditations.drop_constraint(op.f("ck_accreditations_days_in_order"), type_="check")
        accreditations.drop_constraint(op.f("ck_accreditations_status"), type_="check")
        accreditations.drop_constraint(op.f("fk_accreditations_judged_by_persons"), type_="foreignkey")
        for name in ("stated_at", "status", "judged_at", "judged_by", "reason"):
            accreditations.drop_column(name)
    with op.batch_alter_table("organisations") as organisations:
        for name in ("country", "row_version", *TEXTS):
            organisations.drop_column(name)
