"""A release keeps its figures unrounded, for auditors.

Revision ID: 0030
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0020"


def upgrade() -> None:
    """Change the schema."""
    op.add_column("score_release", sa.Column("detail", sa.Text(), nullable=True))
