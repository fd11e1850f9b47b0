"""Messages, requests for what is missing; a screening says which submission it judged"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_messages()
    _create_requests()
    with op.batch_alter_table("eligibility_checks") as checks:
        checks.add_column(sa.Column("submission", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE eligibility_checks SET submission = coalesce((SELECT max(submissions.number) FROM submissions "
        "WHERE submissions.application_id = eligibility_checks.application_id), 1)"
    )
    with op.batch_alter_table("eligibility_checks") as checks:
        checks.alter_column("submission", existing_type=sa.Integer(), nullable=False)


def _create_messages() -> None:
    op.create_table(
        "threads",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("read_by_applicant", sa.Integer(), nullable=False),
        sa.Column("read_by_office", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_threads_application_id_applications"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_threads")),
    )  # fmt: skip
    op.create_table(
        "messages",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("once", sa.String(length=40), nullable=False),
        sa.CheckConstraint("side IN ('applicant', 'office')", name=op.f("ck_messages_side")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["threads.application_id"], name=op.f("fk_messages_application_id_threads"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["author_id"], ["persons.id"], name=op.f("fk_messages_author_id_persons")),
        sa.PrimaryKeyConstraint("application_id", "number", name=op.f("pk_messages")),
        sa.UniqueConstraint("application_id", "once", name=op.f("uq_messages_application_id_once")),
    )  # fmt: skip
    op.create_table(
        "message_documents",
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id", "number"], ["messages.application_id", "messages.number"],
            name=op.f("fk_message_documents_application_id_messages"), ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["sha256"], ["documents.sha256"], name=op.f("fk_message_documents_sha256_documents")),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_message_documents")),
    )  # fmt: skip
    op.create_index(op.f("ix_message_documents_application_id"), "message_documents", ["application_id"])


def _create_requests() -> None:
    op.create_table(
        "completion_requests",
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.String(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("of_submission", sa.Integer(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submission", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "answered_at IS NULL OR withdrawn_at IS NULL", name=op.f("ck_completion_requests_answered_or_withdrawn")
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (submission IS NULL)", name=op.f("ck_completion_requests_answer_is_a_submission")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_reason = '')",
            name=op.f("ck_completion_requests_withdrawn_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name=op.f("fk_completion_requests_application_id_applications")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["persons.id"], name=op.f("fk_completion_requests_asked_by_persons")),
        sa.PrimaryKeyConstraint("application_id", "number", name=op.f("pk_completion_requests")),
    )
    op.create_table(
        "completion_documents",
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id", "number"], ["completion_requests.application_id", "completion_requests.number"],
            name=op.f("fk_completion_documents_application_id_completion_requests"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["documents.sha256"], name=op.f("fk_completion_documents_sha256_documents")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_completion_documents")),
    )  # fmt: skip
    op.create_index(op.f("ix_completion_documents_application_id"), "completion_documents", ["application_id"])


def downgrade() -> None:
    with op.batch_alter_table("eligibility_checks") as checks:
        checks.drop_column("submission")
    for table in ("completion_documents", "completion_requests", "message_documents", "messages", "threads"):
        op.drop_table(table)
