"""The tables as they began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import huying.store.db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "area",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("parent_code", sa.String(length=32), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("grid_type", sa.String(length=32), nullable=False),
        sa.CheckConstraint(
            "level IN ('city', 'district', 'street', 'community', 'grid')", name=op.f("ck_area_level")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_area")),
    )
    op.create_index(op.f("ix_area_parent_code"), "area", ["parent_code"], unique=False)
    op.create_table(
        "deposit_run",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("made_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_deposit_run")),
    )
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("file_sha256", sa.String(length=64), nullable=False),
        sa.Column("at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_run")),
    )
    op.create_table(
        "log_checkpoint",
        sa.Column(
            "size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_entry",
        sa.Column(
            "idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("idx", name=op.f("pk_log_entry")),
    )
    op.create_table(
        "log_node",
        sa.Column("level", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column(
            "idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "idx", name=op.f("pk_log_node")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=False),
        sa.Column("template", sa.String(length=64), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("leased_until", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("settled_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'unknown')", name=op.f("ck_outbox_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("purpose", "subject", "round", name=op.f("uq_outbox_purpose_subject_round")),
    )
    op.create_table(
        "department",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=True),
        sa.Column("accept_hours", sa.Integer(), nullable=False),
        sa.Column("resolve_hours", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_department_area_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_department")),
    )
    op.create_table(
        "poster",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("dial_code", sa.String(length=7), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("issued_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("posted_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("retired_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("retired_reason", sa.String(length=40), nullable=True),
        sa.Column("replaced_by", sa.String(length=8), nullable=True),
        sa.ForeignKeyConstraint(["grid_code"], ["area.code"], name=op.f("fk_poster_grid_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poster")),
        sa.UniqueConstraint("code", name=op.f("uq_poster_code")),
        sa.UniqueConstraint("dial_code", name=op.f("uq_poster_dial_code")),
        sa.UniqueConstraint("once", name=op.f("uq_poster_once")),
    )
    op.create_index(op.f("ix_poster_grid_code"), "poster", ["grid_code"], unique=False)
    op.create_table(
        "worker",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_worker_area_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_worker")),
    )
    op.create_index(op.f("ix_worker_area_code"), "worker", ["area_code"], unique=False)
    op.create_table(
        "account",
        sa.Column("area_code", sa.String(length=32), nullable=True),
        sa.Column("worker_code", sa.String(length=32), nullable=True),
        sa.Column("department_code", sa.String(length=32), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('administrator', 'coordinator', 'department_officer', 'grid_leader', 'grid_office', 'operator', 'poster_keeper', 'reviewer', 'worker')",
            name=op.f("ck_account_role"),
        ),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_account_area_code")),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_account_department_code")
        ),
        sa.ForeignKeyConstraint(["worker_code"], ["worker.code"], name=op.f("fk_account_worker_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_code", sa.String(length=32), nullable=True),
        sa.Column("office_name", sa.String(length=80), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("hours_from", sa.Time(), nullable=True),
        sa.Column("hours_to", sa.Time(), nullable=True),
        sa.Column("verified_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("expires_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("failed_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('mobile', 'landline', 'relay')", name=op.f("ck_contact_kind")),
        sa.CheckConstraint(
            "(worker_code IS NULL) <> (office_name IS NULL)", name=op.f("ck_contact_one_owner")
        ),
        sa.ForeignKeyConstraint(["worker_code"], ["worker.code"], name=op.f("fk_contact_worker_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    op.create_index(op.f("ix_contact_blind_index"), "contact", ["blind_index"], unique=False)
    op.create_index(op.f("ix_contact_worker_code"), "contact", ["worker_code"], unique=False)
    op.create_table(
        "duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("worker_code", sa.String(length=32), nullable=False),
        sa.Column("layer", sa.Integer(), nullable=False),
        sa.Column("valid_from", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("valid_to", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=64), nullable=False),
        sa.Column("retracted_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint("layer BETWEEN 0 AND 3", name=op.f("ck_duty_layer")),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name=op.f("ck_duty_order")),
        sa.ForeignKeyConstraint(["grid_code"], ["area.code"], name=op.f("fk_duty_grid_code")),
        sa.ForeignKeyConstraint(["worker_code"], ["worker.code"], name=op.f("fk_duty_worker_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty")),
    )
    op.create_index(op.f("ix_duty_grid_code"), "duty", ["grid_code"], unique=False)
    op.create_index(op.f("ix_duty_worker_code"), "duty", ["worker_code"], unique=False)
    op.create_table(
        "help_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("receipt_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("source_name", sa.String(length=32), nullable=True),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=True),
        sa.Column("poster_id", sa.Integer(), nullable=True),
        sa.Column("grid_code", sa.String(length=32), nullable=True),
        sa.Column("worker_code", sa.String(length=32), nullable=True),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("detail", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("urgency", sa.String(length=16), nullable=False),
        sa.Column("contact_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("contact_index", sa.LargeBinary(length=16), nullable=True),
        sa.Column("flags", sa.String(length=80), nullable=False),
        sa.Column("opened_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("declared_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("due_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=48), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "source IN ('poster', 'voice', 'operator', 'staff', 'import')", name=op.f("ck_help_case_source")
        ),
        sa.ForeignKeyConstraint(["grid_code"], ["area.code"], name=op.f("fk_help_case_grid_code")),
        sa.ForeignKeyConstraint(["poster_id"], ["poster.id"], name=op.f("fk_help_case_poster_id")),
        sa.ForeignKeyConstraint(["worker_code"], ["worker.code"], name=op.f("fk_help_case_worker_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_case")),
        sa.UniqueConstraint("code", name=op.f("uq_help_case_code")),
        sa.UniqueConstraint("once", name=op.f("uq_help_case_once")),
        sa.UniqueConstraint("receipt_hash", name=op.f("uq_help_case_receipt_hash")),
        sa.UniqueConstraint("source_name", "external_id", name=op.f("uq_help_case_source_name_external_id")),
    )
    op.create_index(op.f("ix_help_case_contact_index"), "help_case", ["contact_index"], unique=False)
    op.create_index(op.f("ix_help_case_grid_code"), "help_case", ["grid_code"], unique=False)
    op.create_index(op.f("ix_help_case_holder"), "help_case", ["holder"], unique=False)
    op.create_index(op.f("ix_help_case_opened_at"), "help_case", ["opened_at"], unique=False)
    op.create_index(op.f("ix_help_case_state"), "help_case", ["state"], unique=False)
    op.create_index(op.f("ix_help_case_worker_code"), "help_case", ["worker_code"], unique=False)
    op.create_table(
        "worker_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_code", sa.String(length=32), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("handed_in_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["worker_code"], ["worker.code"], name=op.f("fk_worker_list_worker_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_list")),
        sa.UniqueConstraint("once", name=op.f("uq_worker_list_once")),
    )
    op.create_index(op.f("ix_worker_list_worker_code"), "worker_list", ["worker_code"], unique=False)
    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("actor", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("holder", sa.String(length=48), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_case_step_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_step")),
    )
    op.create_index(op.f("ix_case_step_case_id"), "case_step", ["case_id"], unique=False)
    op.create_table(
        "fallback",
        sa.Column("area_code", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_code"], ["area.code"], name=op.f("fk_fallback_area_code")),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], name=op.f("fk_fallback_contact_id")),
        sa.PrimaryKeyConstraint("area_code", "position", name=op.f("pk_fallback")),
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("conduct_of", sa.String(length=32), nullable=True),
        sa.Column("result_of", sa.String(length=48), nullable=False),
        sa.Column("issued_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("expires_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("solved", sa.String(length=16), nullable=True),
        sa.Column("conduct", sa.Integer(), nullable=True),
        sa.Column("result", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "solved IS NULL OR solved IN ('solved', 'not_solved', 'unsure')", name=op.f("ck_rating_solved")
        ),
        sa.CheckConstraint("conduct IS NULL OR conduct BETWEEN 1 AND 5", name=op.f("ck_rating_conduct")),
        sa.CheckConstraint("result IS NULL OR result BETWEEN 1 AND 5", name=op.f("ck_rating_result")),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_rating_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("case_id", "round", name=op.f("uq_rating_case_id_round")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_rating_token_hash")),
    )
    op.create_index(op.f("ix_rating_case_id"), "rating", ["case_id"], unique=False)
    op.create_table(
        "whistle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("department_code", sa.String(length=32), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("sounded_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("accept_due", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("due_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("answered_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('sounded', 'accepted', 'done', 'refused', 'handed_back', 'escalated')",
            name=op.f("ck_whistle_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["help_case.id"], name=op.f("fk_whistle_case_id")),
        sa.ForeignKeyConstraint(
            ["department_code"], ["department.code"], name=op.f("fk_whistle_department_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_whistle")),
    )
    op.create_index(op.f("ix_whistle_case_id"), "whistle", ["case_id"], unique=False)
    op.create_index(op.f("ix_whistle_department_code"), "whistle", ["department_code"], unique=False)
    op.create_table(
        "worker_list_row",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("sealed_number", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["worker_list.id"], name=op.f("fk_worker_list_row_list_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_worker_list_row")),
    )
    op.create_index(op.f("ix_worker_list_row_list_id"), "worker_list_row", ["list_id"], unique=False)
