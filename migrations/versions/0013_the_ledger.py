"""Budget lines, the ledger nobody can overspend or rewrite, caretaker periods, the acts of awards"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

EXCEEDED = """(SELECT SUM(commitment_cents) FROM ledger WHERE line_id = NEW.line_id) < 0 OR
(SELECT SUM(liquidation_cents) FROM ledger WHERE line_id = NEW.line_id) < 0"""
OVERPAID = """NEW.subject <> '' AND NOT COALESCE((SELECT SUM(commitment_cents) <= SUM(liquidation_cents)
AND SUM(liquidation_cents) <= 0 FROM ledger WHERE subject = NEW.subject), TRUE)"""

SQLITE = (
    f"""CREATE TRIGGER ledger_within_credits AFTER INSERT ON ledger BEGIN
SELECT RAISE(ABORT, 'credit exceeded') WHERE {EXCEEDED};
SELECT RAISE(ABORT, 'paid beyond what is committed') WHERE {OVERPAID}; END""",
    """CREATE TRIGGER ledger_never_changes BEFORE UPDATE ON ledger BEGIN
SELECT RAISE(ABORT, 'the ledger only grows'); END""",
    """CREATE TRIGGER ledger_never_forgets BEFORE DELETE ON ledger BEGIN
SELECT RAISE(ABORT, 'the ledger only grows'); END""",
)
POSTGRESQL = (
    f"""CREATE FUNCTION ledger_within_credits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM budget_lines WHERE id = NEW.line_id FOR UPDATE;
    IF NEW.subject <> '' THEN PERFORM pg_advisory_xact_lock(hashtext('money:' || NEW.subject)); END IF;
    IF {EXCEEDED} THEN RAISE EXCEPTION 'credit exceeded' USING ERRCODE = 'check_violation'; END IF;
    IF {OVERPAID}
    THEN RAISE EXCEPTION 'paid beyond what is committed' USING ERRCODE = 'check_violation'; END IF;
    RETURN NULL;
END $$""",
    """CREATE TRIGGER ledger_within_credits AFTER INSERT ON ledger
FOR EACH ROW EXECUTE FUNCTION ledger_within_credits()""",
    """CREATE FUNCTION ledger_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the ledger only grows' USING ERRCODE = 'check_violation'; END $$""",
    """CREATE TRIGGER ledger_only_grows BEFORE UPDATE OR DELETE ON ledger
FOR EACH ROW EXECUTE FUNCTION ledger_only_grows()""",
    """CREATE TRIGGER ledger_is_never_emptied BEFORE TRUNCATE ON ledger
FOR EACH STATEMENT EXECUTE FUNCTION ledger_only_grows()""",
)


def upgrade() -> None:
    _create_tables()
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def _create_tables() -> None:
    op.create_table(
        "budget_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.CheckConstraint("year BETWEEN 2013 AND 2100", name=op.f("ck_budget_lines_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_budget_lines")),
        sa.UniqueConstraint("year", "code", name=op.f("uq_budget_lines_year_code")),
    )
    op.create_table(
        "caretaker_periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.CheckConstraint("ends IS NULL OR ends > starts", name=op.f("ck_caretaker_periods_ends_later")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caretaker_periods")),
    )
    op.create_table(
        "ledger",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("commitment_cents", sa.BigInteger(), nullable=False),
        sa.Column("liquidation_cents", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "kind <> 'commitment' OR (commitment_cents < 0 AND liquidation_cents = 0 AND subject <> '')",
            name=op.f("ck_ledger_commitment_takes"),
        ),
        sa.CheckConstraint("kind <> 'correction' OR reason <> ''", name=op.f("ck_ledger_correction_says_why")),
        sa.CheckConstraint(
            "kind <> 'credit' OR (commitment_cents >= 0 AND liquidation_cents >= 0 AND subject = '')",
            name=op.f("ck_ledger_credit_adds"),
        ),
        sa.CheckConstraint(
            "kind <> 'decommitment' OR (commitment_cents > 0 AND liquidation_cents = 0 AND subject <> '')",
            name=op.f("ck_ledger_decommitment_gives_back"),
        ),
        sa.CheckConstraint(
            "kind <> 'liquidation' OR (commitment_cents = 0 AND liquidation_cents < 0 AND subject <> '')",
            name=op.f("ck_ledger_liquidation_takes"),
        ),
        sa.CheckConstraint(
            "kind IN ('credit','commitment','decommitment','liquidation','correction')", name=op.f("ck_ledger_kind")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["budget_lines.id"], name=op.f("fk_ledger_line_id_budget_lines")),
        sa.PrimaryKeyConstraint("line_id", "position", name=op.f("pk_ledger")),
    )
    op.create_index("ix_ledger_subject", "ledger", ["subject"], unique=False)
    op.create_table(
        "act_steps",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("document", sa.String(length=160), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(sha256 IS NULL) = (document = '')", name=op.f("ck_act_steps_document_has_name")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_act_steps_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["sha256"], ["documents.sha256"], name=op.f("fk_act_steps_sha256_documents")),
        sa.PrimaryKeyConstraint("application_id", "step", name=op.f("pk_act_steps")),
    )
    op.create_table(
        "acts",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_acts_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["recorded_by"], ["persons.id"], name=op.f("fk_acts_recorded_by_persons")),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_acts")),
    )


def downgrade() -> None:
    for table in ("act_steps", "acts", "caretaker_periods", "ledger", "budget_lines"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_within_credits")
        op.execute("DROP FUNCTION ledger_only_grows")
