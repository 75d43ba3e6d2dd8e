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
        "access_record",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("unit", sa.String(length=32), nullable=False),
        sa.Column("what", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_record")),
    )
    op.create_table(
        "account",
        sa.Column("code", sa.String(length=16), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "role IN ('administrator', 'assessor', 'auditor', 'draw_officer', 'interviewer', 'registrar', 'supervisor')",
            name=op.f("ck_account_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("code", name=op.f("uq_account_code")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
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
        "deposit",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("origin", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("accepted_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("checkpoint", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("period", name=op.f("pk_deposit")),
        sa.UniqueConstraint("sha256", name=op.f("uq_deposit_sha256")),
    )
    op.create_table(
        "household",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("row_hash", sa.String(length=64), nullable=False),
        sa.Column("changed_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("left_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_household")),
    )
    op.create_index(op.f("ix_household_grid_code"), "household", ["grid_code"], unique=False)
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
        "wave",
        sa.Column("label", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("frame_root", sa.String(length=64), nullable=False),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("design_sha256", sa.String(length=64), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("frame_secret", sa.LargeBinary(length=32), nullable=True),
        sa.Column("beacon_source", sa.String(length=200), nullable=False),
        sa.Column("beacon_value", sa.String(length=200), nullable=True),
        sa.Column("beacon_after", sa.Integer(), nullable=True),
        sa.Column("draw_key", sa.String(length=64), nullable=True),
        sa.Column("field_ends_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("frozen_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("drawn_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("closed_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("first_entry", sa.Integer(), nullable=False),
        sa.Column("last_entry", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('frozen', 'called', 'drawn', 'closed', 'void')", name=op.f("ck_wave_state")
        ),
        sa.PrimaryKeyConstraint("label", name=op.f("pk_wave")),
    )
    op.create_table(
        "deposited_case",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=False),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["period"], ["deposit.period"], name=op.f("fk_deposited_case_period")),
        sa.PrimaryKeyConstraint("period", "code", name=op.f("pk_deposited_case")),
    )
    op.create_index(op.f("ix_deposited_case_area_code"), "deposited_case", ["area_code"], unique=False)
    op.create_table(
        "deposited_list_row",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("staff_code", sa.String(length=32), nullable=False),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("sealed_contact", sa.Text(), nullable=False),
        sa.Column("sealed_address", sa.Text(), nullable=False),
        sa.Column("handed_in_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["period"], ["deposit.period"], name=op.f("fk_deposited_list_row_period")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_deposited_list_row")),
    )
    op.create_index(
        op.f("ix_deposited_list_row_grid_code"), "deposited_list_row", ["grid_code"], unique=False
    )
    op.create_index(op.f("ix_deposited_list_row_period"), "deposited_list_row", ["period"], unique=False)
    op.create_index(
        op.f("ix_deposited_list_row_staff_code"), "deposited_list_row", ["staff_code"], unique=False
    )
    op.create_table(
        "deposited_post",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("grid_code", sa.String(length=32), nullable=False),
        sa.Column("staff_code", sa.String(length=32), nullable=False),
        sa.Column("valid_from", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("valid_to", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("sealed_contact", sa.Text(), nullable=False),
        sa.Column("stale_hours", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["period"], ["deposit.period"], name=op.f("fk_deposited_post_period")),
        sa.PrimaryKeyConstraint("period", "code", name=op.f("pk_deposited_post")),
    )
    op.create_index(op.f("ix_deposited_post_grid_code"), "deposited_post", ["grid_code"], unique=False)
    op.create_index(op.f("ix_deposited_post_staff_code"), "deposited_post", ["staff_code"], unique=False)
    op.create_table(
        "deposited_rating_count",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("area_code", sa.String(length=32), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period"], ["deposit.period"], name=op.f("fk_deposited_rating_count_period")
        ),
        sa.PrimaryKeyConstraint("period", "code", name=op.f("pk_deposited_rating_count")),
    )
    op.create_table(
        "frame_unit",
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("stratum", sa.String(length=32), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("household_code", sa.String(length=32), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_frame_unit_household_code")
        ),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_frame_unit_wave_label")),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_frame_unit")),
        sa.UniqueConstraint(
            "wave_label", "household_code", name=op.f("uq_frame_unit_wave_label_household_code")
        ),
    )
    op.create_index(op.f("ix_frame_unit_household_code"), "frame_unit", ["household_code"], unique=False)
    op.create_index(op.f("ix_frame_unit_stratum"), "frame_unit", ["stratum"], unique=False)
    op.create_index(op.f("ix_frame_unit_wave_label"), "frame_unit", ["wave_label"], unique=False)
    op.create_table(
        "household_adult",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_code", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_household_adult_household_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_adult")),
        sa.UniqueConstraint(
            "household_code", "position", name=op.f("uq_household_adult_household_code_position")
        ),
    )
    op.create_index(op.f("ix_household_adult_blind_index"), "household_adult", ["blind_index"], unique=False)
    op.create_index(
        op.f("ix_household_adult_household_code"), "household_adult", ["household_code"], unique=False
    )
    op.create_table(
        "household_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_code", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(length=16), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_date", sa.Date(), nullable=True),
        sa.Column("source_by", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_code"], ["household.code"], name=op.f("fk_household_number_household_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_number")),
        sa.UniqueConstraint(
            "household_code", "position", name=op.f("uq_household_number_household_code_position")
        ),
    )
    op.create_index(
        op.f("ix_household_number_blind_index"), "household_number", ["blind_index"], unique=False
    )
    op.create_index(
        op.f("ix_household_number_household_code"), "household_number", ["household_code"], unique=False
    )
    op.create_table(
        "offer",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["interviewer_id"], ["account.id"], name=op.f("fk_offer_interviewer_id")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_offer")),
    )
    op.create_index(op.f("ix_offer_unit"), "offer", ["unit"], unique=False)
    op.create_table(
        "score_release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("made_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("inputs_sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_score_release_wave_label")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_release")),
        sa.UniqueConstraint("wave_label", name=op.f("uq_score_release_wave_label")),
    )
    op.create_table(
        "wave_party",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("party", sa.String(length=64), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_wave_party_wave_label")),
        sa.PrimaryKeyConstraint("wave_label", "party", name=op.f("pk_wave_party")),
    )
    op.create_table(
        "wave_stratum",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("stratum", sa.String(length=32), nullable=False),
        sa.Column("frame_size", sa.Integer(), nullable=False),
        sa.Column("sample_size", sa.Integer(), nullable=False),
        sa.Column("replicate_size", sa.Integer(), nullable=False),
        sa.Column("released", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_wave_stratum_wave_label")),
        sa.PrimaryKeyConstraint("wave_label", "stratum", name=op.f("pk_wave_stratum")),
    )
    op.create_table(
        "sample_unit",
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("stratum", sa.String(length=32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("ticket", sa.String(length=64), nullable=False),
        sa.Column("replicate", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["frame_unit.unit"], name=op.f("fk_sample_unit_unit")),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_sample_unit_wave_label")),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_sample_unit")),
        sa.UniqueConstraint(
            "wave_label", "stratum", "rank", name=op.f("uq_sample_unit_wave_label_stratum_rank")
        ),
    )
    op.create_index(op.f("ix_sample_unit_wave_label"), "sample_unit", ["wave_label"], unique=False)
    op.create_table(
        "wave_list_match",
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("staff_code", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["frame_unit.unit"], name=op.f("fk_wave_list_match_unit")),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_wave_list_match_wave_label")),
        sa.PrimaryKeyConstraint("wave_label", "unit", "staff_code", name=op.f("pk_wave_list_match")),
    )
    op.create_table(
        "sampled_case",
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("stratum", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("lease_until", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("tab", sa.String(length=32), nullable=False),
        sa.Column("next_due", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("final_code", sa.String(length=32), nullable=True),
        sa.CheckConstraint(
            "state IN ('released', 'queued', 'resting', 'held', 'talking', 'interviewing', 'coding', 'closed')",
            name=op.f("ck_sampled_case_state"),
        ),
        sa.CheckConstraint("(holder_id IS NULL) = (lease_until IS NULL)", name=op.f("ck_sampled_case_lease")),
        sa.ForeignKeyConstraint(["holder_id"], ["account.id"], name=op.f("fk_sampled_case_holder_id")),
        sa.ForeignKeyConstraint(["unit"], ["sample_unit.unit"], name=op.f("fk_sampled_case_unit")),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_sampled_case_wave_label")),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_sampled_case")),
        sa.UniqueConstraint("holder_id", name=op.f("uq_sampled_case_holder_id")),
    )
    op.create_index(
        "ix_sampled_case_next", "sampled_case", ["state", "priority", "counted", "rank"], unique=False
    )
    op.create_index(op.f("ix_sampled_case_wave_label"), "sampled_case", ["wave_label"], unique=False)
    op.create_table(
        "answer_commitment",
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.Column("wave_label", sa.String(length=32), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("stratum", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("answer", sa.Integer(), nullable=False),
        sa.Column("logged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["sampled_case.unit"], name=op.f("fk_answer_commitment_unit")),
        sa.ForeignKeyConstraint(["wave_label"], ["wave.label"], name=op.f("fk_answer_commitment_wave_label")),
        sa.PrimaryKeyConstraint("commitment", name=op.f("pk_answer_commitment")),
        sa.UniqueConstraint("unit", name=op.f("uq_answer_commitment_unit")),
    )
    op.create_index(
        op.f("ix_answer_commitment_wave_label"), "answer_commitment", ["wave_label"], unique=False
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=False),
        sa.Column("started_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("dialled_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=16), nullable=True),
        sa.Column("window", sa.String(length=4), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("set_by", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["interviewer_id"], ["account.id"], name=op.f("fk_attempt_interviewer_id")),
        sa.ForeignKeyConstraint(["unit"], ["sampled_case.unit"], name=op.f("fk_attempt_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("unit", "n", name=op.f("uq_attempt_unit_n")),
    )
    op.create_index(op.f("ix_attempt_interviewer_id"), "attempt", ["interviewer_id"], unique=False)
    op.create_index(op.f("ix_attempt_unit"), "attempt", ["unit"], unique=False)
    op.create_table(
        "interview",
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("wording_hash", sa.String(length=64), nullable=False),
        sa.Column("orders", sa.Text(), nullable=False),
        sa.Column("started_at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("finished_at", huying.store.db.UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["unit"], ["sampled_case.unit"], name=op.f("fk_interview_unit")),
        sa.PrimaryKeyConstraint("unit", name=op.f("pk_interview")),
    )
    op.create_table(
        "outcome",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["unit"], ["sampled_case.unit"], name=op.f("fk_outcome_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome")),
    )
    op.create_index(op.f("ix_outcome_unit"), "outcome", ["unit"], unique=False)
    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=14), nullable=False),
        sa.Column("item", sa.String(length=16), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", huying.store.db.UtcDateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_answer_by_id")),
        sa.ForeignKeyConstraint(["unit"], ["interview.unit"], name=op.f("fk_answer_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
        sa.UniqueConstraint("unit", "item", "rev", name=op.f("uq_answer_unit_item_rev")),
    )
    op.create_index(op.f("ix_answer_unit"), "answer", ["unit"], unique=False)
